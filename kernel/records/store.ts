/** The record of all institutions on PostgreSQL (schema `records`); any number of processes may share one database. */
import type { Database, Migrations } from '@xinglin/database'
import type { EventLog } from '@xinglin/events'
import type { Runtime } from '@xinglin/runtime'
import { commitUnit } from './commit.ts'
import { readCompartment } from './compartment.ts'
import { countsByType } from './counts.ts'
import { readHistory } from './history.ts'
import { labelsInUse } from './labels.ts'
import { readCurrent, readNumbered } from './read.ts'
import { readNumberedVersions } from './read-versions.ts'
import type { Records } from './records.ts'
import { createFrequencies } from './search/frequency.ts'
import { createIndexState } from './search/index-state.ts'
import { searchRecords } from './search/search.ts'
import { createKeys } from './write/keys.ts'
import { reindexBatch } from './write/reindex.ts'

/** Tables of the schema `records`. */
export const recordsMigrations: Migrations = {
  name: 'records',
  folder: new URL('./migrations/', import.meta.url),
}

/** The record over a migrated database. */
export function createRecords(needs: { database: Database; events: EventLog; runtime: Runtime }): Records {
  const { database, events, runtime } = needs
  const { timeZone } = runtime
  const takeKeys = createKeys()
  const frequencies = createFrequencies()
  const indexState = createIndexState()
  return {
    read: (tenant, type, id) => readCurrent(database, { tenant, timeZone }, { type, id }),
    readVersion: (tenant, type, id, version) =>
      readNumbered(database, { tenant, timeZone }, { type, id, version }),
    readVersions: (tenant, wanted) => readNumberedVersions(database, { tenant, timeZone }, wanted),
    history: (tenant, options) => readHistory(database, { tenant, timeZone }, options),
    search: (tenant, type, query) =>
      searchRecords({ queryable: database, runtime, frequencies, indexState }, { tenant, type }, query),
    compartment: (tenant, asked) => readCompartment(database, { tenant, timeZone }, asked),
    labels: (tenant, type) => labelsInUse(database, tenant, type),
    commit: (author, work) =>
      commitUnit({ database, events, runtime, takeKeys, frequencies, indexState }, author, work),
    reindex: () => reindexBatch({ database, runtime }),
    counts: (tenant) => countsByType(database, tenant),
  }
}
