/**
 * The full duplicate scan: the shared keys in their order, page by page; each pair is compared once, and each page commits
 * with its place, so that a scan that was cut off goes on there. The levels of all pairs are the material of training.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kernel } from '@xinglin/app'
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import {
  comparePeople,
  judgeLevels,
  type Levels,
  largestBlock,
  type NameFrequencies,
  nameFrequencies,
} from '@xinglin/matching'
import { type FoundPair, ordered, putPairs } from '../index/pairs.ts'
import { judgingOf, type Settings, settingsOf } from '../index/settings.ts'
import { linkTask } from '../linking/link-task.ts'
import { countNames } from './count-names.ts'
import { everybody, type Somebody } from './everybody.ts'
import { keepTraining } from './keep-training.ts'

export type Scanning = { readonly tenant: TenantId; readonly scan: string; readonly signal: AbortSignal }

/** A page takes some 0.2 s, so that progress is seen and little is done twice. */
const keysAtOnce = 20_000
/** Compared in one go before others get their turn: about 5 ms. */
const pairsAtOnce = 1_000

type State = {
  readonly people: ReadonlyMap<number, Somebody>
  readonly settings: Settings
  readonly names: NameFrequencies
  /** Pairs that were compared, as one number each. */
  readonly seen: Set<number>
  readonly patterns: Map<string, { readonly levels: Levels; count: number }>
}

/** Runs a scan to its end, or until the process stops. */
export async function runScan(kernel: Kernel, scanning: Scanning): Promise<void> {
  const { database, runtime } = kernel
  const { tenant, scan } = scanning
  const people = await everybody(kernel, tenant)
  const names = nameFrequencies([...people.values()].map(({ person }) => person))
  await countNames(database, tenant, people.values())
  const settings = { ...(await settingsOf(database, tenant)), people: people.size }
  const begun = await begin(database, scanning, { people: people.size, at: runtime.now() })
  if (!begun) return
  const state: State = { people, settings, names, seen: new Set(), patterns: new Map() }
  let blocks = await blocksAfter(database, tenant, begun.after)
  for (let last = blocks.at(-1); last; last = blocks.at(-1)) {
    if (scanning.signal.aborted) throw scanning.signal.reason
    // PostgreSQL reads the next page while this one is compared.
    const [found, next] = await Promise.all([
      compareBlocks(state, blocks),
      blocksAfter(database, tenant, last.key),
    ])
    await commitPage(kernel, scanning, { state, found, after: last.key, keys: blocks.length })
    blocks = next
  }
  await keepTraining(kernel, tenant, {
    scan,
    people,
    patterns: [...state.patterns.values()],
    seen: state.seen,
  })
  // People come and go while it runs, and their keys with them.
  await database.query(sql`
    update master_index.scan
    set state = 'done', finished = ${runtime.now()}, keys_all = keys_done
    where tenant = ${tenant} and id = ${scan}`)
}

async function begin(
  database: Queryable,
  { tenant, scan }: Scanning,
  { people, at }: { readonly people: number; readonly at: string },
): Promise<{ readonly after: string | null } | undefined> {
  const [{ keys } = { keys: 0 }] = await database.query<{ keys: number }>(sql<{ keys: number }>`
    select count(*)::integer as keys
    from (
      select from master_index.block_key where tenant = ${tenant} group by key having count(*) between 2 and ${largestBlock}
    ) as shared`)
  const [begun] = await database.query<{ after: string | null }>(sql<{ after: string | null }>`
    update master_index.scan
    set state = 'running', started = coalesce(started, ${at}), people = ${people}, keys_all = ${keys}
    where tenant = ${tenant} and id = ${scan} and state in ('waiting', 'running')
    returning after_key::text as after`)
  return begun
}

type Block = { readonly key: string; readonly members: readonly number[] }

function blocksAfter(database: Queryable, tenant: TenantId, after: string | null): Promise<readonly Block[]> {
  return database.query<Block>(sql<Block>`
    select key::text, array_agg(no) as members
    from master_index.block_key
    where tenant = ${tenant} and (${after}::bigint is null or key > ${after}::bigint)
    group by tenant, key
    having count(*) between 2 and ${largestBlock}
    order by block_key.tenant, block_key.key
    limit ${keysAtOnce}`)
}

async function compareBlocks(state: State, blocks: readonly Block[]): Promise<readonly FoundPair[]> {
  const found: FoundPair[] = []
  let since = 0
  for (const { members } of blocks) {
    for (const [place, left] of members.entries()) {
      for (const right of members.slice(place + 1)) {
        const pair = compareOnce(state, left, right)
        if (pair) found.push(pair)
        since += 1
      }
    }
    if (since < pairsAtOnce) continue
    since = 0
    await nextTurn()
  }
  return found
}

/** Numbers of people stay below 2^26 each, so a pair is a whole number that a double holds. */
const numberSpan = 2 ** 26

function compareOnce(state: State, left: number, right: number): FoundPair | undefined {
  const pair = Math.min(left, right) * numberSpan + Math.max(left, right)
  if (state.seen.has(pair)) return undefined
  const [one, other] = [state.people.get(left), state.people.get(right)]
  if (!one || !other) return undefined
  state.seen.add(pair)
  const levels = comparePeople(one.person, other.person)
  count(state.patterns, levels)
  const both = [one.person, other.person] as const
  const verdict = judgeLevels(levels, both, judgingOf(state.settings, state.names, both))
  return verdict.outcome === 'apart' ? undefined : { ...ordered(one.patient, other.patient), verdict }
}

function count(patterns: State['patterns'], levels: Levels): void {
  const key = levels.join()
  const known = patterns.get(key)
  if (known) known.count += 1
  else patterns.set(key, { levels, count: 1 })
}

type Page = {
  readonly state: State
  readonly found: readonly FoundPair[]
  readonly after: string
  readonly keys: number
}

async function commitPage(
  { database, jobs, runtime }: Kernel,
  { tenant, scan }: Scanning,
  { state, found, after, keys }: Page,
): Promise<void> {
  const certain = found.filter(({ verdict }) => verdict.outcome === 'certain').length
  await database.transaction(async (transaction) => {
    const finding = { tenant, settings: state.settings.version, at: runtime.now() }
    const open = await putPairs(transaction, finding, found)
    await transaction.query(sql`
      update master_index.scan
      set after_key = ${after}::bigint, keys_done = keys_done + ${keys}, pairs = ${state.seen.size},
        certain = certain + ${certain}, doubtful = doubtful + ${found.length - certain}
      where tenant = ${tenant} and id = ${scan}`)
    if (!state.settings.isAutomatic) return
    for (const { one, other } of open) await jobs.enqueue(transaction, linkTask({ tenant, one, other }))
  })
}
