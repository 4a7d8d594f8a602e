/**
 * Carries a choice of sealed fields out on what was stored before, beside the day's work: every current resource, then every
 * superseded version, in batches that note how far they came in their own transaction. A process that is killed loses
 * nothing; any other goes on. What an earlier choice sealed is opened and sealed anew, with the newest key.
 */
import { type Database, type Sql, sql, type Transaction } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import { indexAgain, type ReindexNeeds } from '../write/reindex.ts'
import type { SealingRules } from './rules.ts'
import { openSealed, sealedMark, sealSpans } from './sealed-text.ts'
import { keptForMs, type SealingPhase, type SealingStates } from './sealing-state.ts'
import { spansOf } from './spans.ts'

/** Rows of one transaction: some 100 ms, for which their writers wait at most. */
const batchRows = 300
/** What every process has read again after this long. */
const announcedForSeconds = (2 * keptForMs) / 1000

export type SealingNeeds = {
  readonly database: Database
  readonly events: EventLog
  readonly keys: Keys | undefined
  readonly states: SealingStates
  readonly reindexing: ReindexNeeds
}

type Choice = {
  readonly tenant: TenantId
  readonly version: number
  readonly phase: SealingPhase
  readonly next: string
  readonly last: string
  readonly nextSelf: string
  readonly nextVersion: number
}

/** Does the next step of any institution; tells whether all is done. Nothing is done while another process is at it. */
export async function sealingStep(needs: SealingNeeds): Promise<{ readonly isDone: boolean }> {
  const { database, keys, states } = needs
  if (!keys) return { isDone: true }
  const cleaning = await database.transaction(async (transaction) => {
    const choice = await takeChoice(transaction)
    if (!choice) return undefined
    transaction.afterCommit(() => states.forget(choice.tenant))
    if (choice.phase === 'current') await currentBatch(transaction, { ...needs, keys }, choice)
    if (choice.phase === 'history') await historyBatch(transaction, { ...needs, keys }, choice)
    return choice.phase === 'cleaning' ? choice : undefined
  })
  if (cleaning) await clean(needs, cleaning)
  const [left] = await database.query(sql<{ tenant: TenantId }>`
    select tenant from records.sealing where state <> 'done' limit 1`)
  return { isDone: left === undefined }
}

/** Moves on what has waited long enough, and takes the next choice that has work, locked. */
async function takeChoice(to: Transaction): Promise<Choice | undefined> {
  await to.query(sql`
    update records.sealing
    set state = 'current', next = 0, last = (select coalesce(max(key), 0) from records.current)
    where state = 'waiting' and horizon < pg_snapshot_xmin(pg_current_snapshot())`)
  await to.query(sql`
    update records.sealing
    set state = 'waiting', horizon = pg_current_xact_id()
    where state = 'writing' and since < clock_timestamp() - make_interval(secs => ${announcedForSeconds})`)
  await to.query(sql`
    update records.sealing
    set state = 'writing', since = clock_timestamp()
    where state = 'announced' and since < clock_timestamp() - make_interval(secs => ${announcedForSeconds})`)
  const [choice] = await to.query(sql<Choice>`
    select tenant, version, state as phase, next::text as next, last::text as last, next_self::text as "nextSelf",
      next_version as "nextVersion"
    from records.sealing
    where state in ('current', 'history', 'cleaning')
    order by tenant
    limit 1
    for update skip locked`)
  return choice
}

type Needs = SealingNeeds & { readonly keys: Keys }
type Stored = {
  readonly self: string
  readonly version: number
  readonly type: ResourceType
  readonly id: string
  readonly content: string
}

async function currentBatch(to: Transaction, needs: Needs, choice: Choice): Promise<void> {
  const { tenant } = choice
  const rules = await rulesFor(to, needs, tenant)
  const found = await to.query(sql<{ self: string; key: string }>`
    select self::text as self, key::text as key
    from records.current
    where key > ${choice.next}::bigint and key <= ${choice.last}::bigint
      and (tenant = ${tenant} and not deleted and ${mayChange(rules)}) is true
    order by current.key
    limit ${batchRows}`)
  const selves = found.map(({ self }) => self)
  const rows = await to.query(sql<Stored>`
    select self::text as self, version, type::text as type, id, content
    from records.current
    where self = any (${selves}::bigint[]) and not deleted
    order by current.self
    for no key update`)
  const changed = await resealed(rows, needs, { tenant, rules })
  await to.query(sql`
    update records.current
    set content = given.content
    from unnest(${changed.map(({ self }) => self)}::bigint[], ${changed.map(({ content }) => content)}::text[])
      as given (self, content)
    where current.self = given.self`)
  // What searches compare depends on the choice even where the text came out the same.
  await indexAgain(
    to,
    rows.map(({ self }) => BigInt(self)),
    needs.reindexing,
  )
  const isLast = found.length < batchRows
  await to.query(sql`
    update records.sealing
    set next = ${isLast ? choice.last : (found.at(-1)?.key ?? choice.last)}::bigint,
      state = ${isLast ? 'history' : 'current'}
    where tenant = ${tenant} and version = ${choice.version}`)
}

/** After all current ones are sealed, so that nothing that is superseded meanwhile comes here in the clear. */
async function historyBatch(to: Transaction, needs: Needs, choice: Choice): Promise<void> {
  const { tenant } = choice
  const rules = await rulesFor(to, needs, tenant)
  const rows = await to.query(sql<Stored>`
    select self::text as self, version, type::text as type, id, content
    from records.history
    where (self, version) > (${choice.nextSelf}::bigint, ${choice.nextVersion}::integer)
      and (tenant = ${tenant} and not deleted and ${mayChange(rules)}) is true
    order by history.self, history.version
    limit ${batchRows}
    for no key update`)
  const changed = await resealed(rows, needs, { tenant, rules })
  await to.query(sql`
    update records.history
    set content = given.content
    from unnest(
      ${changed.map(({ self }) => self)}::bigint[], ${changed.map(({ version }) => version)}::integer[],
      ${changed.map(({ content }) => content)}::text[]) as given (self, version, content)
    where history.self = given.self and history.version = given.version`)
  const last = rows.at(-1)
  await to.query(sql`
    update records.sealing
    set next_self = ${last?.self ?? choice.nextSelf}::bigint, next_version = ${last?.version ?? choice.nextVersion},
      state = ${rows.length < batchRows ? 'cleaning' : 'history'}
    where tenant = ${tenant} and version = ${choice.version}`)
}

async function rulesFor(
  to: Transaction,
  { states }: Needs,
  tenant: TenantId,
): Promise<SealingRules | undefined> {
  states.forget(tenant)
  return (await states.of(to, tenant)).writes?.rules
}

/** What has something to seal or something sealed. */
function mayChange(rules: SealingRules | undefined): Sql {
  const patterns = [sealedMark, ...(rules?.signs ?? [])].map(
    (sign) => `%${sign.replaceAll(/[\\%_]/g, '\\$&')}%`,
  )
  return sql`content like any (${patterns}::text[])`
}

async function resealed(
  rows: readonly Stored[],
  { keys }: Needs,
  { tenant, rules }: { readonly tenant: TenantId; readonly rules: SealingRules | undefined },
): Promise<readonly Stored[]> {
  const all = await Promise.all(
    rows.map(async (row) => {
      const owner = { tenant, type: row.type, id: row.id }
      const json = await openSealed(row.content, owner, keys)
      const spans = rules ? spansOf(json, rules) : []
      return { ...row, content: await sealSpans(json, { spans, owner, keys }) }
    }),
  )
  return all.filter(({ content }, index) => content !== rows[index]?.content)
}

/** PostgreSQL's own memory of what was: rows that nobody sees, and samples that its planner keeps. */
async function clean({ database, events, states }: SealingNeeds, { tenant, version }: Choice): Promise<void> {
  await database.query(sql`vacuum (analyze) records.current, records.history, records.string_value`)
  await database.transaction(async (transaction) => {
    const rows = await transaction.query(sql<{ version: number }>`
      update records.sealing set state = 'done'
      where tenant = ${tenant} and version = ${version} and state = 'cleaning'
      returning version`)
    if (rows.length > 0)
      events.append(transaction, { tenant, actor: 'system/records' }, [
        { kind: 'records.sealing-carried-out', data: { version } },
      ])
  })
  states.forget(tenant)
}
