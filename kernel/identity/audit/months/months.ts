/**
 * The trail by months: months ahead are made, and a month may be dropped when the rule allows it, which leaves a signed
 * record of what was dropped. 网络安全法 Art. 21 (3): network logs are kept six months at least.
 */
import { type Database, sql, type Transaction } from '@xinglin/database'
import { conflict, type Instant, invalid } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import type { Actor } from '../../identity.ts'
import { droppedBytes, droppedPurpose } from '../proof/dropped-months.ts'

/** So long the platform may stand still before entries go to the table of what no month takes. */
const monthsAhead = 3
/** No setting goes below what the law demands. */
export const leastMonthsKept = 6
/** A month that readers hold is tried again by its administrator rather than holding up all writes. */
const lockWithin = '5s'

export type MonthState = {
  /** `2026-03`, of UTC. */
  readonly month: string
  /** PostgreSQL's estimate; exact for a dropped month. */
  readonly entries: number
  readonly sizeBytes: number
  readonly mayBeDropped: boolean
  readonly dropped?: { readonly at: Instant; readonly by: string; readonly reason: string }
}

/** Makes the tables of this month and the next three where they are not there. */
export async function addMonths({
  database,
  runtime,
}: Pick<MonthParts, 'database' | 'runtime'>): Promise<void> {
  await database.query(sql`
    select identity.add_audit_month(month::date)
    from generate_series(
      date_trunc('month', ${runtime.now()}::timestamptz at time zone 'UTC'),
      date_trunc('month', ${runtime.now()}::timestamptz at time zone 'UTC')
        + make_interval(months => ${monthsAhead}::integer),
      interval '1 month') as month`)
}

export type MonthParts = {
  readonly database: Database
  readonly keys: Keys
  readonly runtime: Runtime
  /** Months that are kept in full after the present one. */
  readonly keepMonths: number
}

type StateRow = Omit<MonthState, 'dropped' | 'mayBeDropped'> & {
  readonly at: Instant | null
  readonly by: string | null
  readonly reason: string | null
}

/** Newest first, dropped ones too. */
export async function monthStates({
  database,
  runtime,
  keepMonths,
}: MonthParts): Promise<readonly MonthState[]> {
  const rows = await database.query(sql<StateRow>`
    select
      coalesce(to_char(dropped.month, 'YYYY-MM'), translate(right(relname, 7), '_', '-')) as month,
      coalesce(dropped.entries, greatest(reltuples, 0)::bigint)::float8 as entries,
      coalesce(pg_total_relation_size(child.oid), 0)::float8 as "sizeBytes",
      dropped.at, actor_display as by, reason
    from (
      select pg_class.oid, relname, reltuples
      from pg_class join pg_inherits on inhrelid = pg_class.oid
      where inhparent = 'identity.audit'::regclass and relname <> 'audit_other'
    ) as child
    full join trail.dropped_month as dropped on relname = 'audit_' || to_char(dropped.month, 'YYYY_MM')
    order by 1 desc`)
  const oldestKept = oldestKeptMonth(runtime.now(), keepMonths)
  return rows.map(({ at, by, reason, ...state }) => ({
    ...state,
    mayBeDropped: at === null && state.month < oldestKept,
    ...(at && by && reason ? { dropped: { at, by, reason } } : {}),
  }))
}

/** The oldest month that stays: `2026-03` for a present in 2026-09 with six months kept. */
export function oldestKeptMonth(now: Instant, keepMonths: number): string {
  const present = new Date(now)
  const months = present.getUTCFullYear() * 12 + present.getUTCMonth() - Math.max(keepMonths, leastMonthsKept)
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`
}

/**
 * Drops a month in the caller's transaction, which also holds the audit entry of it. For callers that have decided. Throws
 * `conflict` (`identity.audit-month-kept`) where the rule keeps it, `invalid` (`identity.audit-month`) where there is none.
 */
export async function dropMonth(
  { keys, runtime, keepMonths }: MonthParts,
  transaction: Transaction,
  { by, month, reason }: { readonly by: Actor; readonly month: string; readonly reason: string },
): Promise<{ readonly entries: number }> {
  const table = tableOf(month)
  if (month >= oldestKeptMonth(runtime.now(), keepMonths))
    throw conflict(
      `${month} is kept: entries stay ${Math.max(keepMonths, leastMonthsKept)} months at least`,
      {
        code: 'identity.audit-month-kept',
      },
    )
  await transaction.query(sql`select set_config('lock_timeout', ${lockWithin}, true)`)
  const [there] = await transaction.query(
    sql<{ name: string | null }>`select to_regclass(${`identity.${table}`})::text as name`,
  )
  if (!there?.name) throw noMonth()
  const { entries, digest } = await digestOfMonth(transaction, month)
  const at = runtime.now()
  const record = { month, at, actor: by.reference, reason, entries, digest }
  const signature = await keys.sign(droppedBytes(record), droppedPurpose)
  await transaction.query(sql`
    insert into trail.dropped_month
      (month, at, actor, actor_display, reason, entries, digest, digest_algorithm, signing_key, algorithm, signature)
    values (${`${month}-01`}::date, ${at}::timestamptz, ${by.reference}, ${by.display}, ${reason}, ${entries}::bigint,
      decode(${digest}, 'hex'), 'sha256', ${signature.key}, ${signature.algorithm}, ${signature.value})`)
  await transaction.query(sql`drop table ${sql.id('identity', table)}`)
  return { entries: Number(entries) }
}

function tableOf(month: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw noMonth()
  return `audit_${month.replace('-', '_')}`
}

function noMonth() {
  return invalid('there is no such month in the trail; write it as 2026-03', {
    code: 'identity.audit-month',
    at: 'month',
  })
}

/** How many entries, and the head of the seal that holds the last of them: seals stay, and with them every digest. */
async function digestOfMonth(transaction: Transaction, month: string) {
  const first = `${month}-01T00:00:00Z`
  const [counted] = await transaction.query(sql<{ entries: string; isSealed: boolean; head: Buffer | null }>`
    select entries::text, head, isSealed as "isSealed"
    from (
      select count(*) as entries, (max(array[xid::text::numeric, id]))[1]::text::xid8 as xid,
        (max(array[xid::text::numeric, id]))[2]::bigint as id
      from identity.audit
      where at >= ${first}::timestamptz and at < ${first}::timestamptz + interval '1 month'
    ) as month
    left join lateral (
      select head from trail.seal
      where (last_xid, last_id) >= (month.xid, month.id)
      order by number
      limit 1
    ) as seal on true
    cross join lateral (select entries = 0 or head is not null as isSealed) as judged`)
  if (!counted?.isSealed)
    throw conflict(`${month} holds entries that are not sealed yet: try again in a minute`, {
      code: 'identity.audit-month-kept',
    })
  return { entries: counted.entries, digest: (counted.head ?? Buffer.alloc(32)).toString('hex') }
}
