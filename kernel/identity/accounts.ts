/** Signing people in and out, and their own passwords. A login that is not known behaves as a wrong password does. */
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import { epochMs, forbidden, instantOf, invalid, unauthenticated } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Audit } from './audit/audit.ts'
import type { Awaiting } from './factors/factors.ts'
import type { Tickets } from './factors/tickets.ts'
import type { Accounts, Actor, OwnAccount } from './identity.ts'
import { refuseWeakPassword } from './password-rules.ts'
import type { Passwords } from './passwords.ts'
import type { RoleBook } from './roles.ts'
import { listSessions, noSession } from './session-administration.ts'
import type { AccountOfSession, OpenedSession, SessionStore, Shown } from './sessions.ts'
import type { IdentitySettings } from './settings.ts'
import { forgetDevices, knownDevice, refuseApps } from './sign-in/devices.ts'
import type { FormerPasswords, SignInHistory } from './sign-in/sign-in.ts'
import type { Counted, SignInAttempts } from './sign-in-attempts.ts'
import { refuseLocalPassword } from './upstream/local-passwords.ts'
import { followProvider } from './upstream/sessions.ts'

/** Longer texts are wrong without being hashed: no password rule lets them be set. */
const maxGivenCharacters = 512
/** More than anybody is allowed at once by XINGLIN_SESSIONS. */
const mostSessionsShown = 100

export type AccountParts = {
  readonly database: Database
  readonly events: EventLog
  readonly runtime: Runtime
  readonly audit: Audit
  readonly passwords: Passwords
  readonly sessions: SessionStore
  readonly attempts: SignInAttempts
  readonly roles: RoleBook
  readonly formerPasswords: FormerPasswords
  readonly signIns: SignInHistory
  readonly tickets: Tickets
  readonly settings: Required<IdentitySettings>
}

export function createAccounts(parts: AccountParts): Accounts {
  const { sessions, audit } = parts
  return {
    begin: (credentials) => begin(parts, credentials),
    async signIn(credentials) {
      const answer = await begin(parts, credentials)
      if ('token' in answer) return answer
      throw unauthenticated('this account asks for a second factor as well', {
        code: 'identity.second-factor',
      })
    },
    sessionActor: (token) => sessions.actor(token),
    async signOut(token) {
      const actor = await sessions.close(token)
      if (actor) audit.note(actor, { action: 'sign-out', outcome: 'allowed' })
    },
    async renewSession({ session }) {
      if (session === undefined)
        throw forbidden('only people have sessions', { code: 'identity.no-password' })
      return parts.database.transaction((transaction) => sessions.renew(transaction, session))
    },
    changePassword: (actor, change) => changePassword(parts, actor, change),
    own: (actor) => ownAccount(parts, actor),
    async openSessions(actor) {
      refuseApps(actor)
      const found = await listSessions(parts, actor, { account: actor.id, limit: mostSessionsShown })
      return found.map((session) => ({ ...session, isThis: session.id === actor.session }))
    },
    endSession: (actor, id) => endSession(parts, actor, id),
    async endOtherSessions(actor) {
      refuseApps(actor)
      await parts.database.transaction(async (transaction) => {
        await sessions.closeAll(transaction, actor.id, actor.session)
        audit.write(transaction, actor, [
          { action: 'sign-out', outcome: 'allowed', detail: 'other sessions' },
        ])
      })
    },
  }
}

async function begin(
  parts: AccountParts,
  { login, password, address, device: secret }: Parameters<Accounts['begin']>[0],
): Promise<OpenedSession | Awaiting> {
  const { database, audit, passwords, attempts, roles, signIns, tickets } = parts
  const account = await findAccount(database, login)
  const actor = { ...(account ? actorOf(account) : unknownPerson), address }
  const device = account && (await knownDevice(parts, { account: account.id, secret }))
  const counted: Counted = device === undefined ? login : { of: 'device', id: device }
  const attempt = await attempts.begin(counted).catch(async (error: unknown) => {
    audit.note(actor, { action: 'sign-in', outcome: 'refused', detail: 'locked' })
    if (account) await signIns.note(database, account.id, { address, outcome: 'locked' })
    throw error
  })
  const given = password.length > maxGivenCharacters ? '' : password
  if (!(await passwords.verify(account?.passwordHash, given)) || !account) {
    await leaveFailure(parts, { ...actor, address }, { locks: attempt.isLast, device })
    throw unauthenticated('the login or the password is wrong', { code: 'identity.wrong-password' })
  }
  await refuseLocalPassword(database, account)
  await roles.refresh(account.tenant)
  const awaited = await tickets.awaited(account)
  return database.transaction(async (transaction) => {
    await attempts.clear(transaction, counted)
    const mustChangePassword = account.mustChangePassword || isOld(parts, account)
    if (mustChangePassword !== account.mustChangePassword)
      await transaction.query(sql`
        update identity.account
        set must_change_password = true
        where id = ${account.id}`)
    if (!awaited) return enter(parts, transaction, { account: { ...account, mustChangePassword }, address })
    audit.write(transaction, actor, [{ action: 'sign-in', outcome: 'allowed', detail: 'password' }])
    const issued = { account: account.id, ...(address ? { address } : {}) }
    return { ...awaited, ticket: await tickets.issue(transaction, issued) }
  })
}

type EnterParts = Pick<AccountParts, 'audit' | 'sessions' | 'signIns' | 'runtime'>

/** Opens the session of somebody who has shown all that was asked for. */
export async function enter(
  { audit, sessions, signIns, runtime }: EnterParts,
  transaction: Transaction,
  entering: {
    account: AccountOfSession
    address?: string | undefined
    shown?: Shown
    /** The ticket that becomes this session. */
    ticket?: string
  },
): Promise<OpenedSession> {
  const { account, address, shown, ticket } = entering
  const method = shown === 'badge' ? undefined : shown
  const at = runtime.now()
  await transaction.query(sql`
    update identity.account
    set last_sign_in = ${at}::timestamptz
    where id = ${account.id}`)
  await signIns.note(transaction, account.id, { ...(address ? { address } : {}), outcome: 'allowed' })
  const detail = method ? { detail: method } : {}
  const actor = { ...actorOf(account), ...(address ? { address } : {}) }
  audit.write(transaction, actor, [{ action: 'sign-in', outcome: 'allowed', ...detail }])
  const from = address ? { address } : {}
  const opened = await sessions.open(transaction, { account, ...from, ...(shown ? { shown } : {}) })
  if (ticket !== undefined) await followProvider(transaction, { ticket, session: opened.actor.session })
  if (!method) return opened
  await transaction.query(sql`
    insert into signin.proof (session, method, at)
    values (${opened.actor.session}, ${method}, ${at}::timestamptz)`)
  return { ...opened, actor: { ...opened.actor, secondFactor: { method, at } } }
}

function isOld({ settings, runtime }: AccountParts, { passwordSet }: Account): boolean {
  const { passwordLifeMs } = settings
  return passwordLifeMs > 0 && epochMs(runtime.now()) - epochMs(passwordSet) > passwordLifeMs
}

/** What a person sees of his own account; nobody else does. */
async function ownAccount(parts: AccountParts, actor: Actor): Promise<OwnAccount> {
  const { database, signIns, settings, runtime } = parts
  refuseApps(actor)
  const account = await findAccountById(database, actor.id)
  if (!account) throw forbidden('only people have accounts', { code: 'identity.no-password' })
  const { passwordLifeMs } = settings
  const passwordSetMs = epochMs(account.passwordSet)
  return {
    login: account.login,
    passwordSet: instantOf(passwordSetMs, runtime.timeZone),
    ...(passwordLifeMs > 0
      ? { passwordEnds: instantOf(passwordSetMs + passwordLifeMs, runtime.timeZone) }
      : {}),
    signIns: await signIns.list(account.id),
  }
}

async function endSession(
  { database, sessions, audit }: AccountParts,
  actor: Actor,
  id: string,
): Promise<void> {
  refuseApps(actor)
  await database.transaction(async (transaction) => {
    const own = await transaction.query(sql`
      select id
      from identity.session
      where id = ${id} and account = ${actor.id}
      for update`)
    if (own.length === 0) throw noSession(id)
    await sessions.closeOne(transaction, id)
    audit.write(transaction, actor, [
      { action: 'sign-out', outcome: 'allowed', resourceType: 'Session', resourceId: id },
    ])
  })
}

async function leaveFailure(
  { database, events, audit, signIns }: AccountParts,
  actor: Actor,
  { locks, device }: { readonly locks: boolean; readonly device: string | undefined },
): Promise<void> {
  const end = device === undefined ? 'the login is locked' : 'the browser is known no more'
  const detail = locks ? `wrong password; ${end}` : 'wrong password'
  const isKnown = actor.id !== unknownPerson.id
  await database.transaction(async (transaction) => {
    audit.write(transaction, actor, [{ action: 'sign-in', outcome: 'refused', detail }])
    if (isKnown) await signIns.note(transaction, actor.id, { address: actor.address, outcome: 'refused' })
    if (!locks || !isKnown) return
    // Who stole the browser's cookie gets these guesses and no others.
    if (device !== undefined) return forgetDevices(transaction, actor.id, device)
    const author = { tenant: actor.tenant, actor: actor.reference }
    events.append(transaction, author, [{ kind: 'identity.login-locked', data: { account: actor.id } }])
  })
}

async function changePassword(
  parts: AccountParts,
  actor: Actor,
  { current, next }: { current: string; next: string },
): Promise<void> {
  const { database, events, audit, passwords, attempts, sessions, runtime, formerPasswords } = parts
  refuseApps(actor)
  const account = await findAccountById(database, actor.id)
  if (!account) throw unauthenticated('this account is disabled', { code: 'identity.wrong-password' })
  // Apart from the login: whom strangers have locked out may still change it where he is signed in.
  const counted = { of: 'own-password', id: account.id } as const
  await attempts.begin(counted)
  if (!(await passwords.verify(account.passwordHash, current.slice(0, maxGivenCharacters)))) {
    audit.note(actor, { action: 'password-change', outcome: 'refused' })
    throw invalid('the present password is wrong', { code: 'identity.wrong-password', at: 'current' })
  }
  await attempts.clear(database, counted)
  refuseWeakPassword(next, account)
  await formerPasswords.refuse(account, next)
  const passwordHash = await passwords.hash(next)
  await database.transaction(async (transaction) => {
    formerPasswords.keep(transaction, account.id)
    await transaction.query(sql`
      update identity.account
      set password_hash = ${passwordHash}, must_change_password = false, password_set = ${runtime.now()}::timestamptz
      where id = ${account.id}`)
    await sessions.closeAll(transaction, account.id, actor.session)
    audit.write(transaction, actor, [{ action: 'password-change', outcome: 'allowed' }])
    const author = { tenant: actor.tenant, actor: actor.reference }
    events.append(transaction, author, [{ kind: 'identity.password-changed', data: { account: account.id } }])
  })
}

type Account = AccountOfSession & {
  readonly login: string
  readonly passwordHash: string
  readonly passwordSet: string
}

const accountColumns = sql`
  select id, tenant, login, display, roles, password_hash as "passwordHash",
    must_change_password as "mustChangePassword", password_set as "passwordSet"
  from identity.account`

async function findAccount(database: Database, login: string): Promise<Account | undefined> {
  const sought = login.normalize('NFC').trim()
  const [row] = await database.query(sql<Account>`${accountColumns}
    where lower(login) = lower(${sought})
    and disabled is null`)
  return row
}

async function findAccountById(database: Database, id: string): Promise<Account | undefined> {
  const [row] = await database.query(sql<Account>`${accountColumns}
    where id = ${id}
    and disabled is null`)
  return row
}

function actorOf({ id, tenant, roles, display }: AccountOfSession): Actor {
  return { kind: 'user', id, reference: `user/${id}`, tenant, roles, scopes: [], display }
}

/** What was typed as a login is not kept: it may be a password. */
const unknownPerson: Actor = {
  kind: 'user',
  id: 'unknown',
  reference: 'user/unknown',
  tenant: 1 as TenantId,
  roles: [],
  scopes: [],
  display: 'unknown login',
}
