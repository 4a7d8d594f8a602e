/** People by login, with what an administrator asks first: disabled, locked, signed in. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, instantOf } from '@xinglin/fhir'
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
  const locks = await locksOf(
    database,
    settings,
    rows.map((row) => row.login),
  )
  const zone = runtime.timeZone
  return rows.map((row) => ({
    ...row,
    created: localInstant(row.created, zone) ?? row.created,
    passwordSet: localInstant(row.passwordSet, zone) ?? row.passwordSet,
    lastSignIn: localInstant(row.lastSignIn, zone),
    disabled: localInstant(row.disabled, zone),
    lockedUntil: lockedUntil(locks.get(loginHash(row.login).toString('hex')), { runtime, settings }),
  }))
}

async function locksOf(
  database: Database,
  settings: Required<IdentitySettings>,
  logins: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query(sql<{ hash: Buffer; since: string }>`
    select login_hash as hash, since
    from identity.sign_in_attempt
    where login_hash = any (${logins.map(loginHash)}::bytea[])
    and failures >= ${settings.failuresToLock}`)
  return new Map(rows.map(({ hash, since }) => [hash.toString('hex'), since]))
}

function lockedUntil(since: string | undefined, { runtime, settings }: Omit<Parts, 'database'>) {
  if (since === undefined) return undefined
  const untilMs = epochMs(since) + settings.lockMs
  return untilMs > epochMs(runtime.now()) ? instantOf(untilMs, runtime.timeZone) : undefined
}
