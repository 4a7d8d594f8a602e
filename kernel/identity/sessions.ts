/** Sessions of people: an opaque token in the cookie, its SHA-256 in the table, its life in memory between two writes. */
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { FactorMethod } from './factors/factors.ts'
import type { Actor, SessionToken } from './identity.ts'
import type { RoleBook } from './roles.ts'
import { digest, newSecret } from './secrets.ts'
import { believedMs, cachedCredentials, type IdentitySettings, seenWriteMs } from './settings.ts'
import { type StaffColumns, staffColumns, staffOf } from './staff/actor-columns.ts'

export interface SessionStore {
  open(
    transaction: Transaction,
    session: { account: AccountOfSession; address?: string; shown?: Shown },
  ): Promise<OpenedSession>
  /** The actor of a live session; undefined where it is unknown or over. */
  actor(token: string): Promise<Actor | undefined>
  close(token: string): Promise<Actor | undefined>
  /** Ends an account's sessions, all but `except` (a session id), and what apps may do by them. */
  closeAll(transaction: Transaction, account: string, except?: string): Promise<void>
  /** Ends one session by its id, and what apps may do by it. */
  closeOne(transaction: Transaction, session: string): Promise<void>
  /** A new token for a session, used from now on; the former one opens nothing. */
  renew(transaction: Transaction, session: string): Promise<SessionToken>
  /** Looks every session up again at its next request. */
  forget(): void
}

export type AccountOfSession = {
  readonly id: string
  readonly tenant: TenantId
  readonly display: string
  readonly roles: readonly string[]
  readonly mustChangePassword: boolean
}
/** What somebody showed beside a password or in its place; badge and PIN are two things together. */
export type Shown = FactorMethod | 'badge'
export type OpenedSession = { readonly token: SessionToken; readonly actor: Actor }

/** Mutable on purpose: `seenMs` moves with each request without a write. */
type Held = {
  readonly actor: Actor
  readonly endsMs: number
  /** Shorter at the shared terminal of a ward. */
  readonly idleMs: number
  loadedMs: number
  seenMs: number
  writtenMs: number
}

type Options = {
  readonly database: Database
  readonly runtime: Runtime
  readonly roles: RoleBook
  readonly settings: Required<IdentitySettings>
  /** Whether the house demands a second factor of somebody. */
  readonly isFactorDemanded: (person: { tenant: TenantId; roles: readonly string[] }) => boolean
}

export function createSessionStore(options: Options): SessionStore {
  const { database, runtime, roles, settings, isFactorDemanded } = options
  const held = new Map<string, Held>()
  const nowMs = () => epochMs(runtime.now())

  const load = async (tokenHash: Buffer, key: string): Promise<Held | undefined> => {
    const before = held.get(key)
    held.delete(key)
    const [row] = await database.query(liveSession(tokenHash, runtime.now()))
    if (!row) return undefined
    await roles.refresh(row.tenant)
    const writtenMs = epochMs(row.seen)
    const seenMs = Math.max(writtenMs, before?.seenMs ?? 0)
    const session = {
      actor: sessionActor(row, isFactorDemanded(row)),
      endsMs: epochMs(row.ends),
      idleMs: row.idleSeconds === null ? settings.sessionIdleMs : row.idleSeconds * 1_000,
      loadedMs: nowMs(),
      seenMs,
      writtenMs,
    }
    if (held.size >= cachedCredentials) held.delete(held.keys().next().value ?? '')
    held.set(key, session)
    return session
  }

  const isOver = (session: Held, at: number) => at >= session.endsMs || at - session.seenMs >= session.idleMs

  const touch = async (session: Held, tokenHash: Buffer, at: number) => {
    session.seenMs = Math.max(session.seenMs, at)
    // Another process must not think a session idle that is in use here.
    if (at - session.writtenMs < Math.min(seenWriteMs, session.idleMs / 4)) return
    session.writtenMs = at
    await database.query(sql`
      update identity.session
      set seen = ${runtime.now()}::timestamptz
      where token_hash = ${tokenHash}`)
  }

  const forget = () => {
    for (const session of held.values()) session.loadedMs = Number.NEGATIVE_INFINITY
  }

  return {
    async open(transaction, { account, address, shown }) {
      const token = newSecret() as SessionToken
      const id = runtime.newId()
      const at = runtime.now()
      const ends = instantOf(epochMs(at) + settings.sessionLifeMs, runtime.timeZone)
      await transaction.query(sql`
        with over as (delete from identity.session where ends < ${at}::timestamptz)
        insert into identity.session (token_hash, id, tenant, account, address, created, seen, ends, by_badge)
        values (${digest(token)}, ${id}, ${account.tenant}, ${account.id}, ${address}, ${at}, ${at}, ${ends},
          ${shown === 'badge'})`)
      const ended = await transaction.query(sql`
        delete from identity.session
        where account = ${account.id} and token_hash not in (
          select token_hash
          from identity.session
          where account = ${account.id}
          order by created desc, id = ${id} desc
          limit ${settings.sessionsAtOnce})
        returning id`)
      if (ended.length > 0) transaction.afterCommit(forget)
      const owes = shown === undefined && isFactorDemanded(account) ? owing : {}
      return { token, actor: { ...actorOf({ ...account, session: id }), ...owes, address } }
    },
    async actor(token) {
      const tokenHash = digest(token)
      const key = tokenHash.toString('base64url')
      const at = nowMs()
      const known = held.get(key)
      const isBelieved = known && Math.abs(at - known.loadedMs) <= believedMs
      const session = isBelieved ? known : await load(tokenHash, key)
      if (!session || isOver(session, at)) return undefined
      await touch(session, tokenHash, at)
      return session.actor
    },
    async close(token) {
      const actor = await this.actor(token)
      const tokenHash = digest(token)
      held.delete(tokenHash.toString('base64url'))
      await database.query(sql`delete from identity.session where token_hash = ${tokenHash}`)
      return actor
    },
    async closeAll(transaction, account, except) {
      await transaction.query(sql`
        delete from identity.session
        where account = ${account}
        and (${except}::text is null or id <> ${except}::text)`)
      // What apps may do for the person followed from those sessions, also where it would outlive them.
      await transaction.query(sql`
        with ended as (
          delete from oauth.access
          where account = ${account}
          and (${except}::text is null or session <> ${except}::text)
          returning id
        )
        delete from oauth.artifact
        using ended
        where artifact.access = ended.id`)
      transaction.afterCommit(forget)
    },
    async closeOne(transaction, session) {
      await transaction.query(sql`
        with ended as (
          delete from oauth.access
          where session = ${session}
          returning id
        )
        delete from oauth.artifact
        using ended
        where artifact.access = ended.id`)
      await transaction.query(sql`delete from identity.session where id = ${session}`)
      transaction.afterCommit(forget)
    },
    async renew(transaction, session) {
      const token = newSecret() as SessionToken
      await transaction.query(sql`
        update identity.session
        set token_hash = ${digest(token)}, seen = ${runtime.now()}::timestamptz
        where id = ${session}`)
      transaction.afterCommit(forget)
      return token
    },
    forget,
  }
}

type SessionRow = AccountOfSession &
  StaffColumns & {
    readonly session: string
    readonly seen: string
    readonly ends: string
    /** Of the terminal at which it stands. */
    readonly idleSeconds: number | null
    readonly method: FactorMethod | null
    readonly provedAt: string | null
    readonly byBadge: boolean
  }

const liveSession = (tokenHash: Buffer, at: string) => sql<SessionRow>`
  select account.id, account.tenant, account.display, account.roles,
    account.must_change_password as "mustChangePassword", session.id as session, session.seen, session.ends,
    proof.method, proof.at as "provedAt", session.by_badge as "byBadge", terminal.idle_seconds as "idleSeconds", ${staffColumns(at)}
  from identity.session
  join identity.account on account.id = session.account
  left join signin.proof on proof.session = session.id
  left join staff.terminal_session as standing on standing.session = session.id
  left join staff.terminal on terminal.id = standing.terminal
  where session.token_hash = ${tokenHash}
  and session.ends > ${at}::timestamptz
  and standing.locked is null
  and account.disabled is null`

const owing = { mustShowFactor: true } as const

function sessionActor({ method, provedAt, byBadge, ...account }: SessionRow, isDemanded: boolean): Actor {
  const actor = { ...actorOf(account), ...staffOf(account) }
  if (!method || !provedAt) return isDemanded && !byBadge ? { ...actor, ...owing } : actor
  return { ...actor, secondFactor: { method, at: instantOf(epochMs(provedAt), 'UTC') } }
}

function actorOf(account: AccountOfSession & { readonly session: string }): Actor {
  return {
    kind: 'user',
    id: account.id,
    reference: `user/${account.id}`,
    tenant: account.tenant,
    roles: account.roles,
    scopes: [],
    display: account.display,
    session: account.session,
    ...(account.mustChangePassword ? { mustChangePassword: true } : {}),
  }
}
