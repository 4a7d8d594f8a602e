/**
 * The evidence of the board, gathered while it is asked for: settings, keys, the catalogue of PostgreSQL and counts.
 * It reads tables of the kernel, which no filter may hide from an assessment, and gives figures alone, never a row.
 */
import type { Kernel } from '@xinglin/app'
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { KeyState } from '@xinglin/keys'
import { boardPath } from '../contract.ts'
import { type Conduct, conductOf } from './conduct.ts'

export type Facts = {
  readonly settings: Readonly<Record<string, unknown>>
  readonly suite: string
  readonly masterKeySource: string
  readonly keys: readonly KeyState[]
  readonly people: People
  readonly trail: Trail
  readonly database: DatabaseFacts
  readonly sealing: SealingFacts
  readonly policies: number
  readonly labelled: number
  /** Active administrators, and those of them without a second factor that they have shown. */
  readonly administrators: Administrators
  /** Broken glass that was not judged within 24 hours. */
  readonly glassOverdue: number
  readonly sessionsEnded: number
  readonly probes: Probes
  readonly conduct: Conduct
}
/** The newest choice of sealed fields, and how many of the newest patients stand in the clear against it. */
type SealingFacts = {
  readonly isOn: boolean
  readonly isDone: boolean
  readonly fields: number
  readonly clear: number
}
/** HTTP statuses that the platform itself answered just now. */
type Probes = { readonly anonymous: number; readonly deep: number; readonly prototype: number }
type People = {
  readonly active: number
  readonly stale: number
  readonly oldPasswords: number
  readonly oneTime: number
  readonly isDefaultActive: boolean
  readonly systemAdministrators: number
  readonly securityAdministrators: number
  readonly auditAdministrators: number
  /** Active accounts that hold two of the three, or the role that may do everything. */
  readonly mixed: number
}
type Administrators = { readonly all: number; readonly withoutFactor: number }
type Trail = {
  readonly lastDay: number
  readonly columns: number
  readonly refusals: number
  readonly sealed: number
  readonly signed: number
  readonly oldestDays: number
}
type DatabaseFacts = {
  readonly isEncrypted: boolean
  /** Over a socket of the same machine. */
  readonly isLocal: boolean
  readonly isArchiving: boolean
  readonly standbys: number
}

/** Everything that the board judges by, of one institution and its installation. */
export async function gatherFacts(kernel: Kernel, tenant: TenantId): Promise<Facts> {
  const { database, keys, settings = {} } = kernel
  const asked = { tenant, at: kernel.runtime.now() }
  const one = async <Row>(statement: Sql<Row>) => firstOf(await database.query(statement))
  const has = await relationsOf(database)
  return {
    settings,
    suite: keys.suite,
    masterKeySource: keys.masterKey.source,
    keys: await keys.states(),
    people: await one(people(asked)),
    trail: { ...(await one(trail(asked))), ...(has.has('trail.seal') ? await one(seals(asked)) : noSeals) },
    database: await one(databaseFacts),
    sealing: await sealingFacts(kernel, tenant),
    policies: has.has('access.policy') ? (await one(policies(tenant))).count : 0,
    labelled: (await one(labelled(tenant))).count,
    administrators: await one(administrators(asked)),
    glassOverdue: has.has('consent.break_glass') ? (await one(overdue(asked))).count : 0,
    probes: await probe(kernel),
    conduct: await conductOf(database, asked),
    sessionsEnded: (await one(endedSessions(asked))).count,
  }
}

async function sealingFacts({ records, database }: Kernel, tenant: TenantId): Promise<SealingFacts> {
  const [newest] = await records.sealing.statuses(tenant)
  if (!newest?.isOn) return { isOn: false, isDone: false, fields: 0, clear: 0 }
  const { elements, systems, phase } = newest
  const isChosen = elements.includes('Patient.telecom')
  const { count } = isChosen ? firstOf(await database.query(clearPatients(tenant))) : { count: 0 }
  return { isOn: true, isDone: phase === 'done', fields: elements.length + systems.length, clear: count }
}

/** Requests of an attacker to our own server: without credentials, and with bodies that do harm where they are taken. */
async function probe({ web: { http } }: Kernel): Promise<Probes> {
  const signIn = async (payload: string) => {
    const headers = { 'content-type': 'application/json' }
    return (await http.inject({ method: 'POST', url: '/api/session', headers, payload })).statusCode
  }
  return {
    anonymous: (await http.inject({ url: boardPath })).statusCode,
    deep: await signIn(`${'['.repeat(10_000)}${']'.repeat(10_000)}`),
    prototype: await signIn('{"login":"a","password":"b","__proto__":{"isAdministrator":true}}'),
  }
}

type Count = { count: number }
type Asked = { readonly tenant: TenantId; readonly at: Instant }
const noSeals = { sealed: 0, signed: 0 }

/** Rows of an aggregate: there always is one. */
function firstOf<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  if (row === undefined) throw new RangeError('an aggregate answered no row')
  return row
}

async function relationsOf(database: Queryable): Promise<ReadonlySet<string>> {
  const rows = await database.query(sql<{ name: string }>`
    select schemaname || '.' || tablename as name
    from pg_tables
    where schemaname in ('trail', 'access', 'consent')`)
  return new Set(rows.map(({ name }) => name))
}

const people = ({ tenant, at }: Asked) => sql<People>`
  select
    count(*)::int as active,
    count(*) filter (where coalesce(last_sign_in, created) < ${at}::timestamptz - interval '90 days')::int as stale,
    count(*) filter (where password_set < ${at}::timestamptz - interval '90 days')::int as "oldPasswords",
    count(*) filter (where must_change_password)::int as "oneTime",
    coalesce(bool_or(lower(login) = 'admin'), false) as "isDefaultActive",
    count(*) filter (where 'system-administrator' = any(roles))::int as "systemAdministrators",
    count(*) filter (where 'security-administrator' = any(roles))::int as "securityAdministrators",
    count(*) filter (where 'audit-administrator' = any(roles))::int as "auditAdministrators",
    count(*) filter (where 'administrator' = any(roles)
      or cardinality(array(
        select unnest(roles)
        intersect
        select unnest(array['system-administrator', 'security-administrator', 'audit-administrator']))) > 1)::int as mixed
  from identity.account
  where tenant = ${tenant} and disabled is null`

const administrators = ({ tenant }: Asked) => sql<Administrators>`
  select
    count(*)::int as all,
    count(*) filter (where not exists (
      select
      from signin.factor as factor
      where factor.account = account.id and confirmed is not null))::int as "withoutFactor"
  from identity.account as account
  where tenant = ${tenant} and disabled is null
    and roles && array['administrator', 'system-administrator', 'security-administrator', 'audit-administrator']`

const trail = ({ tenant, at }: Asked) => sql<Omit<Trail, 'sealed' | 'signed'>>`
  select
    (select count(*)::int from identity.audit where tenant = ${tenant} and at > ${at}::timestamptz - interval '1 day') as "lastDay",
    (select count(*)::int
     from information_schema.columns
     where table_schema = 'identity' and table_name = 'audit'
       and column_name in ('at', 'actor', 'action', 'outcome')) as columns,
    (select count(*)::int
     from pg_trigger
     where tgrelid = 'identity.audit'::regclass and not tgisinternal and tgenabled <> 'D') as refusals,
    (select coalesce(extract(day from ${at}::timestamptz - min(at)), 0)::int from identity.audit where tenant = ${tenant}) as "oldestDays"`

const seals = ({ at }: Asked) => sql<Pick<Trail, 'sealed' | 'signed'>>`
  select
    (select count(*)::int from trail.seal) as sealed,
    (select count(*)::int from trail.head where at > ${at}::timestamptz - interval '2 days') as signed`

const databaseFacts = sql<DatabaseFacts>`
  select
    coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "isEncrypted",
    coalesce(host(inet_server_addr()) in ('127.0.0.1', '::1'), true) as "isLocal",
    current_setting('archive_mode') <> 'off' as "isArchiving",
    (select count(*)::int from pg_stat_replication where state = 'streaming') as standbys`

const policies = (tenant: TenantId) => sql<Count>`
  select count(*)::int as count
  from access.policy
  where tenant = ${tenant} and is_active`

const labelled = (tenant: TenantId) => sql<Count>`
  select count(*)::int as count
  from records.current
  where tenant = ${tenant} and labels is not null`

const overdue = ({ tenant, at }: Asked) => sql<Count>`
  select count(*)::int as count
  from consent.break_glass
  where tenant = ${tenant} and outcome is null and review_due < ${at}`

const endedSessions = ({ at }: Asked) => sql<Count>`
  select count(*)::int as count
  from identity.session
  where ends < ${at}::timestamptz - interval '1 day'`

/** Patients are looked at as they lie on the disk. */
const clearPatients = (tenant: TenantId) => sql<Count>`
  select count(*)::int as count
  from (
    select content
    from records.current
    where tenant = ${tenant} and type = 'Patient' and not deleted
    order by updated desc
    limit 1000
  ) as newest
  where content like '%"telecom":[%'`
