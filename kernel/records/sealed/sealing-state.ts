/** Which fields each institution seals, as one process knows it: asked again every second, each choice a version of its own. */
import { randomBytes } from 'node:crypto'
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { Author, TenantId } from '@xinglin/events'
import { conflict, fault, type Instant, instantOf } from '@xinglin/fhir'
import { type Keys, suites } from '@xinglin/keys'
import type { SealedWords } from '../records.ts'
import { rulesOf, type SealedFields, type SealingRules } from './rules.ts'
import { inWords, type Word, wordBy } from './words.ts'

/** How long a process goes by what it read, in ms; what every process has to know lasts twice as long (`sealing-steps.ts`). */
export const keptForMs = 1_000

export type SealingPhase = 'announced' | 'writing' | 'waiting' | 'current' | 'history' | 'cleaning' | 'done'

/** One choice of what is sealed. */
export type SealingStatus = SealedFields & {
  readonly version: number
  readonly isOn: boolean
  readonly phase: SealingPhase
  /** Of what was stored before, from 0 to 1. */
  readonly share: number
  readonly at: Instant
  readonly actor: string
  readonly reason: string
}

/** Rules with the words that searches by them compare. */
export type SealingBy = { readonly rules: SealingRules; readonly word: Word }

export type TenantSealing = {
  /** What is written now; undefined: in the clear. */
  readonly writes: SealingBy | undefined
  /** What may stand in the index: the choice in force, and those before until all is gone through. */
  readonly asks: readonly SealingBy[]
}

export interface SealingStates {
  of(from: Queryable, tenant: TenantId): Promise<TenantSealing>
  forget(tenant: TenantId): void
}

const nothing: TenantSealing = { writes: undefined, asks: [] }
/** Of the keys of the words that searches compare. */
export const purpose = 'records.words'

/** What one process knows; without keys nothing is ever sealed. */
export function createSealingStates(keys: Keys | undefined): SealingStates {
  const known = new Map<TenantId, { readonly readAtMs: number; readonly sealing: TenantSealing }>()
  const words = new Map<string, Word>()

  async function byOf(row: LiveRow, tenant: TenantId): Promise<SealingBy> {
    const name = `${tenant}/${row.version}`
    const word = words.get(name) ?? wordBy(row.hashName, await openedKey(keys, row.wordKey, name))
    words.set(name, word)
    return { rules: rulesOf(row), word }
  }

  async function read(from: Queryable, tenant: TenantId): Promise<TenantSealing> {
    const rows = await liveRows(from, tenant)
    if (rows.length === 0) return nothing
    const all = await Promise.all(rows.map(async (row) => ({ row, by: await byOf(row, tenant) })))
    const written = all.find(({ row }) => row.phase !== 'announced')
    return {
      writes: written && isOn(written.row) ? written.by : undefined,
      asks: all.filter(({ row }) => isOn(row)).map(({ by }) => by),
    }
  }

  return {
    async of(from, tenant) {
      const found = known.get(tenant)
      if (found && performance.now() - found.readAtMs < keptForMs) return found.sealing
      const readAtMs = performance.now()
      const sealing = await read(from, tenant)
      known.set(tenant, { readAtMs, sealing })
      return sealing
    },
    forget: (tenant) => void known.delete(tenant),
  }
}

type Row = SealedFields & { readonly version: number; readonly phase: SealingPhase }
type LiveRow = Row & { readonly hashName: string; readonly wordKey: Buffer }

function isOn({ systems, elements }: SealedFields): boolean {
  return systems.length + elements.length > 0
}

/** The choices down to the newest that all is gone through for, newest first. */
function liveRows(from: Queryable, tenant: TenantId): Promise<readonly LiveRow[]> {
  return from.query(sql<LiveRow>`
    select version, systems, elements, state as phase, hash_name as "hashName", word_key as "wordKey"
    from records.sealing
    where tenant = ${tenant} and version >= (
      select coalesce(max(done.version), 0)
      from records.sealing as done
      where done.tenant = ${tenant} and done.state = 'done'
    )
    order by version desc`)
}

async function openedKey(keys: Keys | undefined, sealed: Buffer, context: string): Promise<Uint8Array> {
  if (keys) return keys.open(sealed, { purpose, context })
  throw fault('fields are sealed here, and this process has no keys', { code: 'records.sealed-not-opened' })
}

/** Announces a new choice; throws `conflict` while the one before is not gone through. */
export async function announce(
  to: Transaction,
  by: Author & { readonly at: Instant; readonly keys: Keys },
  chosen: SealedFields & { readonly reason: string },
): Promise<number> {
  const { tenant, keys } = by
  rulesOf(chosen)
  await to.query(sql`select pg_advisory_xact_lock(hashtext('records.sealing'), ${tenant})`)
  const [newest] = await to.query(sql<Row>`
    select version, systems, elements, state as phase
    from records.sealing
    where tenant = ${tenant}
    order by version desc
    limit 1`)
  if (newest && newest.phase !== 'done') throw stillGoing(newest.version)
  const version = (newest?.version ?? 0) + 1
  const wordKey = await keys.seal(randomBytes(32), { purpose, context: `${tenant}/${version}` })
  await to.query(sql`
    insert into records.sealing
      (tenant, version, systems, elements, hash_name, word_key, state, at, actor, reason)
    values (
      ${tenant}, ${version}, ${chosen.systems}::text[], ${chosen.elements}::text[], ${suites[keys.suite].hashName},
      ${wordKey}, 'announced', ${by.at}::timestamptz, ${by.actor}, ${chosen.reason})`)
  return version
}

function stillGoing(version: number) {
  return conflict(`choice ${version} of sealed fields is still being carried out; change it afterwards`, {
    code: 'records.sealing-goes-on',
  })
}

/** All choices of an institution, newest first. */
export async function sealingStatuses(
  from: Queryable,
  tenant: TenantId,
  timeZone: string,
): Promise<readonly SealingStatus[]> {
  const rows = await from.query(sql<Row & Progress>`
    select version, systems, elements, state as phase, next::float8 as next, last::float8 as last,
      next_self::float8 as "nextSelf", (extract(epoch from at) * 1000)::float8 as "atMs", actor, reason
    from records.sealing
    where tenant = ${tenant}
    order by version desc`)
  return rows.map((row) => ({
    version: row.version,
    systems: row.systems,
    elements: row.elements,
    isOn: isOn(row),
    phase: row.phase,
    share: shareOf(row),
    at: instantOf(row.atMs, timeZone),
    actor: row.actor,
    reason: row.reason,
  }))
}

type Progress = {
  readonly next: number
  readonly last: number
  readonly nextSelf: number
  readonly atMs: number
  readonly actor: string
  readonly reason: string
}

/** Half for what stands, half for what stood: the history is gone through along identities, which are spread evenly. */
function shareOf({ phase, next, last, nextSelf }: Pick<Row, 'phase'> & Progress): number {
  if (phase === 'done' || phase === 'cleaning') return 1
  if (phase === 'history') return 0.5 + 0.5 * (nextSelf / 2 ** 64 + 0.5)
  return phase === 'current' && last > 0 ? (0.5 * next) / last : 0
}

/** The newest choice of each institution that every process follows. */
export function followedChoices(
  from: Queryable,
): Promise<readonly { readonly tenant: TenantId; readonly version: number; readonly isOn: boolean }[]> {
  return from.query(sql<{ tenant: TenantId; version: number; isOn: boolean }>`
    select distinct on (tenant) tenant, version, cardinality(systems) + cardinality(elements) > 0 as "isOn"
    from records.sealing
    where state in ('current', 'history', 'cleaning', 'done')
    order by tenant, version desc`)
}

/** Whether any institution seals anything: asked again every second. */
export function anyOn(from: Queryable): () => Promise<boolean> {
  let readAtMs = Number.NEGATIVE_INFINITY
  let answer = Promise.resolve(false)
  return () => {
    if (performance.now() - readAtMs < keptForMs) return answer
    readAtMs = performance.now()
    answer = readAnyOn(from)
    answer.catch(() => {
      readAtMs = Number.NEGATIVE_INFINITY
    })
    return answer
  }
}

async function readAnyOn(from: Queryable): Promise<boolean> {
  const [row] = await from.query(sql<{ isOn: boolean }>`
    select exists (
      select
      from records.sealing
      where cardinality(systems) + cardinality(elements) > 0 and version = (
        select max(newest.version) from records.sealing as newest where newest.tenant = sealing.tenant
      )
    ) as "isOn"`)
  return row?.isOn ?? false
}

/** What tables that are derived from resources keep of sealed texts. */
export function wordsOf({ writes, asks }: TenantSealing): SealedWords | undefined {
  if (!writes && asks.length === 0) return undefined
  return {
    inWords: (resource) => (writes ? inWords(resource, writes.rules, writes.word) : resource),
    word: (text) => writes?.word(text),
    asked: (text) => asks.map(({ word }) => word(text)),
  }
}
