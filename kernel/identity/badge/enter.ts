/** Changing places at a terminal by badge and PIN; what is wrong looks the same, whatever it was. */
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, forbidden, OutcomeError, unauthenticated } from '@xinglin/fhir'
import { enter as openSession } from '../accounts.ts'
import type { Actor } from '../identity.ts'
import { digest } from '../secrets.ts'
import type { AccountOfSession, OpenedSession } from '../sessions.ts'
import type { Badges } from './badge.ts'
import type { HashNumber } from './numbers.ts'
import { refuseAdministrators } from './own-badge.ts'
import type { BadgeParts } from './parts.ts'
import { leaveTerminal, standingAt, takePlace } from './standing.ts'

type Place = { readonly id: string; readonly tenant: TenantId }
type Holder = AccountOfSession & {
  readonly login: string
  readonly pinHash: string
  readonly passwordSet: string
}

export function createEntering(
  parts: BadgeParts,
  hashNumber: HashNumber,
): Pick<Badges, 'enter' | 'stand' | 'lock'> {
  return {
    enter: (secret, shown) => enter(parts, hashNumber, { secret, ...shown }),
    stand: (secret, actor) => stand(parts, secret, actor),
    lock: (actor) => lock(parts, actor),
  }
}

/** A terminal in use, by its secret; its row is held until the transaction ends, so that changes follow one another. */
async function terminalOf(queryable: Pick<Transaction, 'query'>, secret: string): Promise<Place | undefined> {
  const [terminal] = await queryable.query(sql<Place>`
    select id, tenant
    from staff.terminal
    where secret_hash = ${digest(secret)} and ended is null
    for update`)
  return terminal
}

type Shown = {
  readonly secret: string
  readonly number: string
  readonly pin: string
  readonly address?: string
}

async function enter(parts: BadgeParts, hashNumber: HashNumber, shown: Shown): Promise<OpenedSession> {
  const { attempts, database, passwords, roles } = parts
  const terminal = await terminalOf(database, shown.secret)
  if (!terminal) throw noTerminal()
  const numberHash = await hashNumber(terminal.tenant, shown.number.trim().toUpperCase())
  const holder = await holderOf(parts, terminal, numberHash)
  const actor = { ...actorOf(holder, terminal), ...(shown.address ? { address: shown.address } : {}) }
  // A badge has its own count, so that passwords guessed elsewhere lock nobody out of a ward.
  const counted = holder
    ? ({ of: 'badge', id: holder.id } as const)
    : ({ of: 'badge-number', id: numberHash.toString('hex') } as const)
  const attempt = await attempts.begin(counted).catch((error: unknown) => {
    noteRefusal(parts, actor, terminal, 'locked')
    throw error
  })
  if (!(await passwords.verify(holder?.pinHash, shown.pin.slice(0, maxPinCharacters))) || !holder) {
    await leaveFailure(parts, { actor, terminal, holder, isLast: attempt.isLast })
    if (holder) await countPassword(parts, holder.login)
    throw unauthenticated('the badge or the PIN is wrong', { code: 'badge.wrong' })
  }
  await roles.refresh(terminal.tenant)
  refuseAdministrators(parts, holder)
  refusePasswordDue(parts, holder)
  return database.transaction(async (transaction) => {
    if (!(await terminalOf(transaction, shown.secret))) throw noTerminal()
    await attempts.clear(transaction, counted)
    await transaction.query(sql`
      update staff.badge
      set last_used = ${parts.runtime.now()}::timestamptz
      where account = ${holder.id}`)
    return changePlaces(parts, transaction, { terminal, holder, actor })
  })
}

const maxPinCharacters = 12

/** A wrong PIN counts as a wrong password too: whoever holds a badge gets no guesses at both. */
async function countPassword({ attempts }: BadgeParts, login: string): Promise<void> {
  await attempts.begin(login).catch((error: unknown) => {
    // Locked already.
    if (!(error instanceof OutcomeError)) throw error
  })
}

type Change = { readonly terminal: Place; readonly holder: Holder; readonly actor: Actor }

/** One's own session goes on under a new token; anybody else's ends. */
async function changePlaces(
  parts: BadgeParts,
  transaction: Transaction,
  { terminal, holder, actor }: Change,
): Promise<OpenedSession> {
  const { audit, sessions } = parts
  const place = { terminal: terminal.id, tenant: terminal.tenant, actor: actor.reference }
  const standing = await standingAt(parts, transaction, terminal.id)
  const entry = { outcome: 'allowed', resourceType: 'Terminal', resourceId: terminal.id } as const
  if (standing && standing.account === holder.id && !standing.isOver) {
    await transaction.query(sql`
      update staff.terminal_session set locked = null where terminal = ${terminal.id}`)
    const token = await sessions.renew(transaction, standing.session)
    audit.write(transaction, actor, [{ ...entry, action: 'terminal-unlocked' }])
    return { token, actor: { ...actor, session: standing.session } }
  }
  await leaveTerminal(parts, transaction, place)
  const address = actor.address ? { address: actor.address } : {}
  const opened = await openSession(parts, transaction, { account: holder, ...address, shown: 'badge' })
  await takePlace(parts, transaction, { ...place, session: opened.actor.session ?? '', account: holder.id })
  audit.write(transaction, opened.actor, [{ ...entry, action: 'terminal-entered' }])
  return opened
}

async function stand(parts: BadgeParts, secret: string, actor: Actor): Promise<void> {
  const { session } = actor
  if (session === undefined) return
  await parts.database.transaction(async (transaction) => {
    const terminal = await terminalOf(transaction, secret)
    if (!terminal || terminal.tenant !== actor.tenant) return
    const place = { terminal: terminal.id, tenant: terminal.tenant, actor: actor.reference }
    if ((await standingAt(parts, transaction, terminal.id))?.session === session) return
    await leaveTerminal(parts, transaction, place)
    await takePlace(parts, transaction, { ...place, session, account: actor.id })
    const entry = { resourceType: 'Terminal', resourceId: terminal.id, outcome: 'allowed' } as const
    parts.audit.write(transaction, actor, [{ ...entry, action: 'terminal-entered', detail: 'password' }])
  })
}

async function lock({ database, runtime, audit, events, sessions }: BadgeParts, actor: Actor): Promise<void> {
  if (actor.session === undefined) return
  await database.transaction(async (transaction) => {
    const [locked] = await transaction.query(sql<{ terminal: string }>`
      update staff.terminal_session
      set locked = ${runtime.now()}::timestamptz
      where session = ${actor.session} and locked is null
      returning terminal`)
    if (!locked) return
    const { terminal } = locked
    const entry = { resourceType: 'Terminal', resourceId: terminal, outcome: 'allowed' } as const
    audit.write(transaction, actor, [{ ...entry, action: 'terminal-locked' }])
    events.append(transaction, { tenant: actor.tenant, actor: actor.reference }, [
      { kind: 'identity.terminal-locked', data: { subject: actor.id, terminal } },
    ])
    transaction.afterCommit(sessions.forget)
  })
}

async function holderOf(
  { database }: BadgeParts,
  { tenant }: Place,
  numberHash: Buffer,
): Promise<Holder | undefined> {
  const [holder] = await database.query(sql<Holder>`
    select account.id, account.tenant, account.login, account.display, account.roles,
      account.must_change_password as "mustChangePassword", account.password_set as "passwordSet",
      badge.pin_hash as "pinHash"
    from staff.badge
    join identity.account on account.id = badge.account and account.tenant = badge.tenant
    where badge.number_hash = ${numberHash} and badge.tenant = ${tenant} and account.disabled is null`)
  return holder
}

function refusePasswordDue(
  { settings, runtime }: BadgeParts,
  { mustChangePassword, passwordSet }: Holder,
): void {
  const { passwordLifeMs } = settings
  const isOld = passwordLifeMs > 0 && epochMs(runtime.now()) - epochMs(passwordSet) > passwordLifeMs
  if (!mustChangePassword && !isOld) return
  throw forbidden('the password must be changed first: sign in by name and password', {
    code: 'badge.password-due',
  })
}

type Failing = {
  readonly actor: Actor
  readonly terminal: Place
  readonly holder: Holder | undefined
  readonly isLast: boolean
}

async function leaveFailure(
  { database, events, audit, signIns }: BadgeParts,
  { actor, terminal, holder, isLast }: Failing,
): Promise<void> {
  const entry = { action: 'sign-in', resourceType: 'Terminal', resourceId: terminal.id } as const
  const detail = isLast ? 'wrong badge or PIN; the login is locked' : 'wrong badge or PIN'
  await database.transaction(async (transaction) => {
    audit.write(transaction, actor, [{ ...entry, outcome: 'refused', detail }])
    if (!holder) return
    await signIns.note(transaction, holder.id, {
      ...(actor.address ? { address: actor.address } : {}),
      outcome: 'refused',
    })
    if (!isLast) return
    const author = { tenant: actor.tenant, actor: actor.reference }
    events.append(transaction, author, [{ kind: 'identity.login-locked', data: { account: holder.id } }])
  })
}

function noteRefusal({ audit }: BadgeParts, actor: Actor, { id }: Place, detail: string): void {
  audit.note(actor, {
    ...{ action: 'sign-in', outcome: 'refused', detail, resourceType: 'Terminal', resourceId: id },
  })
}

function actorOf(holder: Holder | undefined, { tenant }: Place): Actor {
  const { id, roles, display } = holder ?? { id: 'unknown', roles: [], display: 'unknown badge' }
  return { kind: 'user', id, reference: `user/${id}`, tenant, roles, scopes: [], display }
}

function noTerminal() {
  return unauthenticated('this is no terminal in use: an administrator registers it', {
    code: 'badge.no-terminal',
  })
}
