/** People by login, with what an administrator asks first: disabled, locked, signed in. */
import { type Database, type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { People, Person } from './identity.ts'
import { localInstant } from './local-instant.ts'
import type { IdentitySettings } from './settings.ts'
import { loginHash } from './sign-in-attempts.ts'

type Parts = {
  readonly database: Database
  readonly runtime: Runtime
  readonly settings: Required<IdentitySettings>
}
type Row = Omit<Person, 'lockedUntil'>

export async function listPeople(
  { database, runtime, settings }: Parts,
  tenant: TenantId,
  { text, role, after, limit }: Parameters<People['list']>[1],
): Promise<readonly Person[]> {
  const pattern = text ? `%${text.replace(/[\\%_]/g, '\\$&')}%` : undefined
  const rows = await database.query(sql<Row>`
    select id, login, display, roles, created, password_set as "passwordSet", last_sign_in as "lastSignIn", disabled,
      must_change_password as "mustChangePassword",
      (select count(*) from identity.session where account = account.id and ends > ${runtime.now()}::timestamptz)::int
        as sessions
    from identity.account
    where tenant = ${tenant}
    and (${pattern}::text is null or login ilike ${pattern} or display ilike ${pattern})
    and (${role}::text is null or ${role} = any (roles))
    and lower(login) > lower(${after ?? ''})
    order by lower(login)
    limit ${limit}`)
  const locks = await lockEnds(
    { database, runtime, settings },
    rows.map((row) => row.login),
  )
  const zone = runtime.timeZone
  return rows.map((row) => ({
    ...row,
    created: localInstant(row.created, zone) ?? row.created,
    passwordSet: localInstant(row.passwordSet, zone) ?? row.passwordSet,
    lastSignIn: localInstant(row.lastSignIn, zone),
    disabled: localInstant(row.disabled, zone),
    lockedUntil: locks(row.login),
  }))
}

type LockParts = Omit<Parts, 'database'> & { readonly database: Queryable }

/** Until when logins are locked after wrong passwords; undefined for one that is not. */
export async function lockEnds(
  { database, runtime, settings }: LockParts,
  logins: readonly string[],
): Promise<(login: string) => Instant | undefined> {
  const rows = await database.query(sql<{ hash: Buffer; since: string }>`
    select login_hash as hash, since
    from identity.sign_in_attempt
    where login_hash = any (${logins.map(loginHash)}::bytea[])
    and failures >= ${settings.failuresToLock}`)
  const locks = new Map(rows.map(({ hash, since }) => [hash.toString('hex'), since]))
  return (login) => lockedUntil(locks.get(loginHash(login).toString('hex')), { runtime, settings })
}

function lockedUntil(since: string | undefined, { runtime, settings }: Omit<Parts, 'database'>) {
  if (since === undefined) return undefined
  const untilMs = epochMs(since) + settings.lockMs
  return untilMs > epochMs(runtime.now()) ? instantOf(untilMs, runtime.timeZone) : undefined
}
