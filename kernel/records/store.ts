/** The record of all institutions on PostgreSQL (schema `records`); any number of processes may share one database. */
import type { Database, Migrations, Queryable } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import { epochMs, fault } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { asOfBeforeMs, badInstant } from './as-of/as-of-instant.ts'
import { compartmentBefore } from './as-of/compartment-as-of.ts'
import { chartMoments } from './as-of/moments.ts'
import { readBefore } from './as-of/read-as-of.ts'
import { isAsOf, searchAsOf } from './as-of/search-as-of.ts'
import { commitUnit } from './commit.ts'
import { readCompartment } from './compartment.ts'
import { countsByType } from './counts.ts'
import { createErasing } from './erasing/create-erasing.ts'
import { heldTypes } from './held-types.ts'
import { readHistory } from './history.ts'
import { createDisplays } from './index/displays.ts'
import { judgedBy, reachedAmong } from './judged.ts'
import { areLabelled, labelsInUse } from './labels.ts'
import { createOwnParameters, type OwnParameters } from './parameters/own-parameters.ts'
import { readCurrent, readNumbered } from './read.ts'
import { readNumberedVersions } from './read-versions.ts'
import type { Derive, Records, SearchRights, SeenRecords, WriteJudge } from './records.ts'
import { openedReading } from './sealed/opened.ts'
import { declareSealedPlaces } from './sealed/sealed-places.ts'
import {
  announce,
  anyOn,
  createSealingStates,
  followedChoices,
  type SealingStates,
  sealingStatuses,
  wordsOf,
} from './sealed/sealing-state.ts'
import { sealingStep } from './sealed/sealing-steps.ts'
import { createFrequencies } from './search/frequency.ts'
import { createIndexState } from './search/index-state.ts'
import { searchRecords } from './search/search.ts'
import type { Vocabulary } from './search/vocabulary.ts'
import { createNarrowedReads, createSharedReads } from './shared-reads.ts'
import { readSnapshot } from './snapshot.ts'
import { createKeys } from './write/keys.ts'
import { reindexBatch } from './write/reindex.ts'

/** Tables of the schema `records`. */
export const recordsMigrations: Migrations = {
  name: 'records',
  folder: new URL('./migrations/', import.meta.url),
}

/** The record over a migrated database. */
export function createRecords(needs: {
  database: Database
  events: EventLog
  runtime: Runtime
  /** What codes mean, for the modifiers that ask it. */
  vocabulary?: Vocabulary
  /** Seal and open chosen fields; without them nothing is ever sealed. */
  keys?: Keys
}): Records {
  const { database, events, runtime, vocabulary, keys } = needs
  if (keys) declareSealedPlaces(keys)
  const reading = <T>(tenant: TenantId | undefined, work: (from: Queryable) => Promise<T>) =>
    database.reading((from) => work(openedReading(from, { keys, tenant })))
  const sealing = createSealingStates(keys)
  // Two, as of parameters.
  const sealingRead = createSealingStates(keys)
  const { timeZone } = runtime
  const takeKeys = createKeys()
  const frequencies = createFrequencies()
  const indexState = createIndexState()
  const displays = createDisplays()
  // Two, since a replica may be behind: what is written goes by what the primary says.
  const own = createOwnParameters()
  const ownRead = createOwnParameters()
  const both: OwnParameters = {
    of: own.of,
    forget(tenant) {
      own.forget(tenant)
      ownRead.forget(tenant)
    },
  }
  const bothSealing: SealingStates = {
    of: sealing.of,
    forget(tenant) {
      sealing.forget(tenant)
      sealingRead.forget(tenant)
    },
  }
  const anySealing = anyOn(database)
  const reindexing = { database, runtime, displays, own: both, keys, sealing: bothSealing }
  let judge: WriteJudge = () => undefined
  const labelHearers: ((tenant: TenantId) => void)[] = []
  const derivations = new Map<string, Derive[]>()
  const readShared = createSharedReads((work) => reading(undefined, work), timeZone)
  const readNarrowed = createNarrowedReads((work) => reading(undefined, work), timeZone)
  const beforeMsOf = (asOf: string) => asOfBeforeMs(asOf, { timeZone, nowMs: epochMs(runtime.now()) })
  /** The looks that a filter narrows; without one a read may share its statement with others. */
  const looks = (by?: SearchRights): SeenRecords => ({
    read(tenant, type, id) {
      const filter = by?.within?.(type)
      if (!by || !filter) return readShared({ tenant, type, id })
      return (
        readNarrowed({ tenant, type, id }, { filter, by }) ??
        reading(tenant, (from) => readCurrent(from, { tenant, timeZone, by }, { type, id }))
      )
    },
    readVersion: (tenant, type, id, version) =>
      reading(tenant, (from) => readNumbered(from, { tenant, timeZone, by }, { type, id, version })),
    readAsOf: async (tenant, type, id, asOf) =>
      reading(tenant, (from) =>
        readBefore(from, { tenant, timeZone, by, beforeMs: beforeMsOf(asOf) }, { type, id }),
      ),
    moments: (tenant, patient) =>
      reading(tenant, (from) => chartMoments(from, { tenant, timeZone, by }, patient)),
    history: (tenant, options) =>
      reading(tenant, (from) => readHistory(from, { tenant, timeZone, by }, options)),
    search: (tenant, type, query, rights = by) =>
      reading(tenant, (queryable) =>
        isAsOf(query)
          ? searchAsOf({ queryable, runtime, by: rights }, { tenant, type }, query)
          : searchRecords(
              {
                queryable,
                runtime,
                frequencies,
                indexState,
                vocabulary,
                own: ownRead,
                sealing: sealingRead,
                by: rights,
              },
              { tenant, type },
              query,
            ),
      ),
    compartment: async (tenant, asked) => {
      if (asked.asOf === undefined)
        return reading(tenant, (from) => readCompartment(from, { tenant, timeZone, by }, asked))
      if (asked.of.type !== 'Patient') throw badInstant('shows the past of a patient, not of an encounter')
      const past = { tenant, timeZone, by, patient: asked.of.id, beforeMs: beforeMsOf(asked.asOf) }
      return reading(tenant, (from) => compartmentBefore(from, past, asked))
    },
    snapshot: (tenant, asked) =>
      reading(tenant, (from) => readSnapshot(from, { tenant, timeZone, by }, asked)),
    reached: (tenant, wanted) =>
      reading(tenant, (from) => reachedAmong(from, { tenant, timeZone, by }, wanted)),
    labels: (tenant, type) => reading(tenant, (from) => labelsInUse(from, { tenant, timeZone, by }, type)),
  })
  return {
    ...looks(),
    seenBy: looks,
    judged: (tenant, { type, id }, filters) =>
      reading(tenant, (from) => judgedBy(from, { tenant, timeZone }, { type, id, filters })),
    readVersions: (tenant, wanted) =>
      readNumberedVersions(openedReading(database, { keys, tenant }), { tenant, timeZone }, wanted),
    commit: (author, work) =>
      commitUnit(
        {
          database,
          events,
          runtime,
          takeKeys,
          frequencies,
          indexState,
          vocabulary,
          judge,
          derivations,
          labelled: (tenant) => {
            for (const heard of labelHearers) heard(tenant)
          },
          displays,
          own: both,
          keys,
          sealing: bothSealing,
        },
        author,
        work,
      ),
    ownParameters: (tenant) => reading(tenant, async (from) => (await ownRead.of(from, tenant)).all),
    judgeBy(asked) {
      judge = asked
    },
    deriveFrom: (type, derive) => void derivations.set(type, [...(derivations.get(type) ?? []), derive]),
    reindex: () => reindexBatch(reindexing),
    sealing: {
      isOn: async (tenant) => (await sealing.of(database, tenant)).writes !== undefined,
      isAnyOn: anySealing,
      words: async (tenant) => wordsOf(await sealing.of(database, tenant)),
      choices: () => followedChoices(database),
      statuses: (tenant) => sealingStatuses(database, tenant, timeZone),
      async choose(author, chosen) {
        if (!keys) throw fault('this process has no keys to seal with', { code: 'records.sealed-not-opened' })
        const at = runtime.now()
        const version = await database.transaction((transaction) =>
          announce(transaction, { ...author, at, keys }, chosen),
        )
        bothSealing.forget(author.tenant)
        return version
      },
      step: () => sealingStep({ database, events, keys, states: bothSealing, reindexing }),
    },
    erasing: createErasing({ database, runtime, keys }),
    hasLabels: (tenant) => reading(tenant, (from) => areLabelled(from, tenant)),
    onLabels: (heard) => void labelHearers.push(heard),
    heldTypes: (tenant) => reading(tenant, (from) => heldTypes(from, tenant)),
    counts: (tenant) => reading(tenant, (from) => countsByType(from, tenant)),
  }
}
