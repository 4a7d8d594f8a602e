/** One command's transaction: what it writes, what it states, and the log entries of both commit together (law 1). */
import type { Database, Transaction } from '@xinglin/database'
import type { Author, EventLog, Statement, TenantId } from '@xinglin/events'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { findWanted } from './find.ts'
import type { Displays } from './index/displays.ts'
import { hiddenAmong, judgedBy, reachedAmong, strayAmong } from './judged.ts'
import { learnParameters } from './parameters/learn.ts'
import type { OwnParameters } from './parameters/own-parameters.ts'
import { readCurrent } from './read.ts'
import type { Change, Derive, OpenUnit, SearchRights, Unit, Version, Wanted, WriteJudge } from './records.ts'
import { openedTransaction } from './sealed/opened.ts'
import type { SealingStates } from './sealed/sealing-state.ts'
import type { Frequencies } from './search/frequency.ts'
import type { IndexState } from './search/index-state.ts'
import { searchRecords } from './search/search.ts'
import type { Vocabulary } from './search/vocabulary.ts'
import { refuseWrong, warned } from './write/judged.ts'
import type { TakeKeys } from './write/keys.ts'
import { writeChanges } from './write/write-changes.ts'

export type CommitNeeds = {
  readonly database: Database
  readonly events: EventLog
  readonly runtime: Runtime
  readonly takeKeys: TakeKeys
  readonly frequencies: Frequencies
  readonly indexState: IndexState
  readonly vocabulary?: Vocabulary
  readonly judge: WriteJudge
  /** Told of a write that bears labels, before it commits. */
  readonly labelled: (tenant: TenantId) => void
  readonly derivations: ReadonlyMap<string, readonly Derive[]>
  readonly displays: Displays
  readonly own: OwnParameters
  readonly keys: Keys | undefined
  readonly sealing: SealingStates
}

/** Runs `work` in one transaction; what it stated is appended in one statement before the commit. */
export function commitUnit<T>(
  needs: CommitNeeds,
  author: Author,
  work: (unit: OpenUnit) => Promise<T>,
): Promise<T> {
  return needs.database.transaction(async (transaction) => {
    const stated: Statement[] = []
    const result = await work(openUnit(needs, author, { transaction, stated }))
    needs.events.append(transaction, author, stated)
    return result
  })
}

function openUnit(
  needs: CommitNeeds,
  { tenant, actor }: Author,
  { transaction, stated }: { readonly transaction: Transaction; readonly stated: Statement[] },
): OpenUnit {
  const { runtime, takeKeys, frequencies, indexState, vocabulary, own, keys, sealing } = needs
  const reading = openedTransaction(transaction, { keys, tenant })
  const place = { tenant, at: runtime.now(), timeZone: runtime.timeZone }
  const search: Unit['search'] = (type, query, by) =>
    searchRecords(
      { queryable: reading, runtime, frequencies, indexState, vocabulary, own, sealing, by },
      { tenant, type },
      query,
    )
  const found = async (wanted: readonly Wanted[], by?: SearchRights) =>
    findWanted(reading, { ...place, by, sealing: await sealing.of(transaction, tenant) }, wanted)
  return {
    tenant,
    actor,
    transaction,
    at: place.at,
    read: (type, id) => readCurrent(reading, place, { type, id }),
    find: (wanted) => found(wanted),
    search,
    seenBy: (by) => ({
      read: (type, id) => readCurrent(reading, { ...place, by }, { type, id }),
      find: (wanted) => found(wanted, by),
      search: (type, query, rights = by) => search(type, query, rights),
      hidden: (wanted) => hiddenAmong(transaction, { ...place, by }, wanted),
      reached: (wanted) => reachedAmong(transaction, { ...place, by }, wanted),
      strays: (wanted) => strayAmong(transaction, { ...place, by }, wanted),
    }),
    judged: (row, filters) => judgedBy(transaction, place, { ...row, filters }),
    async write(changes: readonly Change[]) {
      const judging = needs.judge({ tenant, transaction, search }, changes)
      const judged = judging && refuseWrong(await judging)
      const writing = { transaction: reading, takeKeys, newId: runtime.newId, keys }
      const { versions, statements, displays } = await writeChanges(
        writing,
        {
          ...place,
          own: await own.of(transaction, tenant),
          sealing: (await sealing.of(transaction, tenant)).writes,
        },
        changes,
      )
      await derived(needs, { tenant, transaction, at: place.at }, versions)
      if (await learnParameters(transaction, tenant, versions))
        transaction.afterCommit(() => own.forget(tenant))
      const unknown = needs.displays.unknown(tenant, displays)
      if (unknown) {
        transaction.insertLast(unknown.insert)
        transaction.afterCommit(unknown.remember)
      }
      if (statements.some(({ data }) => data !== undefined)) needs.labelled(tenant)
      stated.push(...statements)
      return judged ? versions.map((version, order) => warned(version, judged[order])) : versions
    },
    state(...statements) {
      stated.push(...statements)
    },
  }
}

/** Brings up to date what is derived from the types that were written; most types have nothing. */
async function derived(
  { derivations }: Pick<CommitNeeds, 'derivations'>,
  unit: Parameters<Derive>[0],
  versions: readonly Version[],
): Promise<void> {
  for (const [type, all] of derivations) {
    const own = versions.filter((version) => version.type === type)
    if (own.length > 0) for (const derive of all) await derive(unit, own)
  }
}
