/** Adding, showing and removing second factors; a ticket becomes a session by the first one that is shown. */
import { type Database, type Queryable, sql, type Transaction } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import { conflict, epochMs, forbidden, instantOf, notFound, unauthenticated } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { enter } from '../accounts.ts'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../identity.ts'
import type { RoleBook } from '../roles.ts'
import type { OpenedSession, SessionStore } from '../sessions.ts'
import { forgetDevices } from '../sign-in/devices.ts'
import type { SignInHistory } from '../sign-in/sign-in.ts'
import type { SignInAttempts } from '../sign-in-attempts.ts'
import { createAuthenticators } from './authenticator.ts'
import type { IsFactorDemanded } from './demand.ts'
import type { Added, FactorHolder, FactorMethod, Factors, OwnFactors } from './factors.ts'
import { createPasskeys } from './passkeys.ts'
import { renewCodes, takeCode } from './recovery-codes.ts'
import { demandStepUp } from './step-up.ts'
import type { Tickets } from './tickets.ts'

export type FactorParts = {
  readonly database: Database
  readonly events: EventLog
  readonly runtime: Runtime
  readonly audit: Audit
  readonly roles: RoleBook
  readonly sessions: SessionStore
  readonly attempts: SignInAttempts
  readonly signIns: SignInHistory
  readonly tickets: Tickets
  readonly isFactorDemanded: IsFactorDemanded
  readonly keys: Keys | undefined
}

/** Whoever adds or shows a factor, looked up. */
type Held = {
  readonly account: Account
  /** Under which a question to a passkey is kept. */
  readonly place: string
  readonly session?: string
  readonly ticket?: string
  readonly address?: string
}
type Account = {
  readonly id: string
  readonly tenant: TenantId
  readonly login: string
  readonly display: string
  readonly roles: readonly string[]
  readonly mustChangePassword: boolean
}

export function createFactors(parts: FactorParts): Factors {
  const { database, runtime, attempts } = parts
  const authenticators = createAuthenticators(parts)
  const passkeys = createPasskeys(parts)

  const add = (held: Held, method: 'totp' | 'passkey', write: (transaction: Transaction) => Promise<void>) =>
    database.transaction(async (transaction): Promise<Added> => {
      const isFirst = !(await hasFactor(transaction, held.account.id))
      await write(transaction)
      const recoveryCodes = isFirst ? await renewCodes(transaction, held.account.id) : undefined
      note(parts, transaction, held, { action: 'factor-add', kind: 'identity.factor-added', method })
      await prove(parts, transaction, held, method)
      // Whoever had only the password before keeps no session that knows of no second factor.
      if (isFirst) await parts.sessions.closeAll(transaction, held.account.id, held.session)
      return recoveryCodes ? { recoveryCodes } : {}
    })

  return {
    own: (actor) => ownFactors(parts, actor),
    async beginAuthenticator(actor) {
      const { account } = await adding(parts, actor)
      const id = runtime.newId()
      const { sealed, ...given } = await authenticators.make({ id, login: account.login })
      await database.query(sql`
        with unused as (delete from signin.factor where account = ${account.id} and confirmed is null)
        insert into signin.factor (id, account, kind, label, created, secret)
        values (${id}, ${account.id}, 'totp', 'TOTP', ${runtime.now()}::timestamptz, ${sealed})`)
      return { id, ...given }
    },
    async confirmAuthenticator(actor, { id, code }) {
      const held = await adding(parts, actor)
      await attempts.begin(factorLogin(held.account.id))
      const [factor] = await database.query(sql<{ id: string; secret: string }>`
        select id, secret
        from signin.factor
        where id = ${id} and account = ${held.account.id} and confirmed is null and secret is not null`)
      if (!factor || !(await authenticators.take(factor, code))) throw await wrongCode(parts, held)
      return add(held, 'totp', async (transaction) => {
        await transaction.query(sql`
          update signin.factor
          set confirmed = ${runtime.now()}::timestamptz
          where id = ${id}`)
      })
    },
    async beginPasskey(actor, site) {
      const { account, place } = await adding(parts, actor)
      return passkeys.registration(place, account, site)
    },
    async confirmPasskey(actor, { site, answer, label }) {
      const held = await adding(parts, actor)
      const { credential, publicKey, counter } = await passkeys.registered(held.place, site, answer)
      return add(held, 'passkey', async (transaction) => {
        const at = runtime.now()
        await transaction.query(sql`
          insert into signin.factor
            (id, account, kind, label, created, confirmed, credential, public_key, counter)
          values (${runtime.newId()}, ${held.account.id}, 'passkey', ${label.trim().slice(0, 60) || 'passkey'},
            ${at}::timestamptz, ${at}::timestamptz, ${credential}, ${publicKey}, ${counter})`)
      })
    },
    remove: (actor, id) => remove(parts, actor, id),
    async renewRecoveryCodes(actor) {
      const held = await adding(parts, actor)
      return database.transaction(async (transaction) => {
        if (!(await hasFactor(transaction, actor.id))) throw noFactor()
        note(parts, transaction, held, {
          ...{ action: 'factor-add', kind: 'identity.factor-added', method: 'recovery-code' },
        })
        return renewCodes(transaction, actor.id)
      })
    },
    async proveByCode(holder, code) {
      const held = await heldOf(parts, holder)
      await attempts.begin(factorLogin(held.account.id))
      const method = await methodOf(code.replaceAll(/\s/g, ''))
      if (!method) throw await wrongCode(parts, held)
      return database.transaction((transaction) => prove(parts, transaction, held, method))

      async function methodOf(given: string): Promise<FactorMethod | undefined> {
        const account = held.account.id
        if (!/^\d{6}$/.test(given))
          return (await takeCode(database, { account, code: given, runtime })) ? 'recovery-code' : undefined
        const factors = await database.query(sql<{ id: string; secret: string }>`
          select id, secret
          from signin.factor
          where account = ${account} and kind = 'totp' and confirmed is not null`)
        for (const factor of factors) if (await authenticators.take(factor, given)) return 'totp'
        return undefined
      }
    },
    async challenge(holder, site) {
      if (!holder) {
        const id = `passkey/${runtime.newId()}`
        return { id, options: await passkeys.question(id, site) }
      }
      const { account, place } = await heldOf(parts, holder)
      return { id: place, options: await passkeys.question(place, site, account.id) }
    },
    async proveByPasskey(holder, { site, answer }) {
      const held = await heldOf(parts, holder)
      const { account } = await passkeys.answered(held.place, site, { response: answer, alone: false })
      if (account !== held.account.id) throw await wrongCode(parts, held)
      return database.transaction((transaction) => prove(parts, transaction, held, 'passkey'))
    },
    async signInByPasskey({ id, site, answer, address }) {
      if (!id.startsWith('passkey/')) throw noFactor()
      const answered = await passkeys.answered(id, site, { response: answer, alone: true })
      const account = await accountById(database, answered.account)
      await parts.roles.refresh(account.tenant)
      return database.transaction((transaction) =>
        enter(parts, transaction, { account, address, shown: 'passkey' }),
      )
    },
  }
}

/** Where failures of the second factor are counted: apart from passwords, which a right password clears. */
const factorLogin = (id: string) => ({ of: 'second-factor', id }) as const

async function heldOf({ database, tickets }: FactorParts, holder: FactorHolder): Promise<Held> {
  if ('ticket' in holder) {
    const { ticket } = holder
    const { account, address } = await tickets.holder(ticket)
    const found = await accountById(database, account)
    return {
      ...{ account: found, place: `ticket/${account}`, ticket },
      ...(address ? { address } : {}),
    }
  }
  const { session, address } = holder
  if (holder.kind !== 'user' || session === undefined || holder.client !== undefined)
    throw forbidden('only a person who is signed in here has second factors', {
      code: 'identity.no-password',
    })
  const account = await accountById(database, holder.id)
  return { account, place: `session/${session}`, session, ...(address ? { address } : {}) }
}

/** A password alone adds the first factor; after that only who shows one adds another. */
async function adding(parts: FactorParts, actor: Actor): Promise<Held> {
  const held = await heldOf(parts, actor)
  if (!actor.secondFactor && (await hasFactor(parts.database, actor.id)))
    throw forbidden('show your second factor first', { code: 'identity.second-factor' })
  demandStepUp(actor, parts.runtime)
  return held
}

async function prove(
  parts: FactorParts,
  transaction: Transaction,
  held: Held,
  method: FactorMethod,
): Promise<OpenedSession | undefined> {
  const { attempts, tickets, runtime, sessions } = parts
  await attempts.clear(transaction, factorLogin(held.account.id))
  if (held.ticket !== undefined) {
    await tickets.spend(transaction, held.ticket)
    await parts.roles.refresh(held.account.tenant)
    const { account, address, ticket } = held
    return enter(parts, transaction, { account, address, shown: method, ticket })
  }
  await transaction.query(sql`
    insert into signin.proof (session, method, at)
    values (${held.session}, ${method}, ${runtime.now()}::timestamptz)
    on conflict (session) do update set method = excluded.method, at = excluded.at`)
  parts.audit.write(transaction, actorOf(held), [{ action: 'step-up', outcome: 'allowed', detail: method }])
  transaction.afterCommit(sessions.forget)
  return undefined
}

async function remove(parts: FactorParts, actor: Actor, id: string): Promise<void> {
  const held = await adding(parts, actor)
  await parts.database.transaction(async (transaction) => {
    const gone = await transaction.query(sql`
      delete from signin.factor
      where id = ${id} and account = ${actor.id}
      returning id`)
    if (gone.length === 0)
      throw notFound('you have no such second factor', { code: 'identity.no-factor', at: 'id' })
    if (!(await hasFactor(transaction, actor.id))) {
      if (parts.isFactorDemanded(actor))
        throw conflict('this house demands a second factor of you: add another one first', {
          code: 'identity.last-factor',
        })
      await transaction.query(sql`delete from signin.recovery_code where account = ${actor.id}`)
      await forgetDevices(transaction, actor.id)
      await transaction.query(sql`
        delete from signin.proof
        where session in (select id from identity.session where account = ${actor.id})`)
      transaction.afterCommit(parts.sessions.forget)
    }
    note(parts, transaction, held, { action: 'factor-remove', kind: 'identity.factor-removed' })
  })
}

async function ownFactors(
  { database, runtime, isFactorDemanded }: FactorParts,
  actor: Actor,
): Promise<OwnFactors> {
  const factors = await database.query(sql<
    Omit<OwnFactors['factors'][number], 'lastUsed'> & { readonly lastUsed: string | null }
  >`
    select id, kind, label, created, last_used as "lastUsed"
    from signin.factor
    where account = ${actor.id} and confirmed is not null
    order by created, id`)
  const [codes] = await database.query(sql<{ left: number }>`
    select count(*)::int as left
    from signin.recovery_code
    where account = ${actor.id} and used is null`)
  const local = (stored: string) => instantOf(epochMs(stored), runtime.timeZone)
  return {
    factors: factors.map(({ lastUsed, ...factor }) => ({
      ...factor,
      created: local(factor.created),
      ...(lastUsed === null ? {} : { lastUsed: local(lastUsed) }),
    })),
    recoveryCodesLeft: codes?.left ?? 0,
    isDemanded: isFactorDemanded(actor),
  }
}

async function hasFactor(queryable: Queryable, account: string): Promise<boolean> {
  const found = await queryable.query(sql`
    select id
    from signin.factor
    where account = ${account} and confirmed is not null
    limit 1`)
  return found.length > 0
}

/** Throws `unauthenticated` where it is disabled by now. */
async function accountById(database: Database, id: string): Promise<Account> {
  const [account] = await database.query(sql<Account>`
    select id, tenant, login, display, roles, must_change_password as "mustChangePassword"
    from identity.account
    where id = ${id} and disabled is null`)
  if (account) return account
  throw unauthenticated('this account is disabled', { code: 'identity.wrong-password' })
}

function note(
  { audit, events }: FactorParts,
  transaction: Transaction,
  held: Held,
  { action, kind, method }: { action: string; kind: `identity.${string}`; method?: string },
): void {
  const actor = actorOf(held)
  audit.write(transaction, actor, [{ action, outcome: 'allowed', ...(method ? { detail: method } : {}) }])
  events.append(transaction, { tenant: actor.tenant, actor: actor.reference }, [
    { kind, data: { account: actor.id, ...(method ? { method } : {}) } },
  ])
}

async function wrongCode({ audit, signIns, database }: FactorParts, held: Held) {
  audit.note(actorOf(held), { action: 'second-factor', outcome: 'refused' })
  const { address } = held
  await signIns.note(database, held.account.id, { ...(address ? { address } : {}), outcome: 'refused' })
  return unauthenticated('the code is wrong, or was used before', { code: 'identity.wrong-code' })
}

function noFactor() {
  return conflict('there is no second factor on this account yet', { code: 'identity.no-factor' })
}

function actorOf({ account, session, address }: Held): Actor {
  const { id, tenant, display, roles } = account
  return {
    ...{ kind: 'user', id, reference: `user/${id}`, tenant, roles, scopes: [], display },
    ...(session ? { session } : {}),
    ...(address ? { address } : {}),
  }
}
