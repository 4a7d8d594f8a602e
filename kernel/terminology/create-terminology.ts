/** The terminology service over the record and the tables of imported code systems (schema `terminology`). */
import type { Database, Migrations } from '@xinglin/database'
import type { EventLog } from '@xinglin/events'
import type { Jobs } from '@xinglin/jobs'
import type { Objects } from '@xinglin/objects'
import { createRecords, type Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { composedOf, lookup, subsumption, validateInSystem } from './ask.ts'
import { browse, placeOf } from './browse/browse.ts'
import { createHoldings } from './browse/holdings.ts'
import { closure } from './closure/closure.ts'
import { createLibrary } from './find/library.ts'
import { createSources } from './find/sources.ts'
import { createImports } from './import/imports.ts'
import { translate } from './maps/translate.ts'
import type { Terminology } from './terminology.ts'
import { expand } from './value-sets/expand.ts'
import { memberVerdict } from './value-sets/member.ts'
import { createVerdicts } from './value-sets/verdicts.ts'
import { createVocabulary } from './vocabulary.ts'

/** Tables of the schema `terminology`. */
export const terminologyMigrations: Migrations = {
  name: 'terminology',
  folder: new URL('./migrations/', import.meta.url),
}

export type TerminologyNeeds = {
  readonly database: Database
  /**
   * Connections of their own for look-ups. Terminology is asked from within transactions: were all connections of the pool held
   * by transactions that wait for one more, none would ever be free.
   */
  readonly lookUps?: Database
  readonly records: Records
  readonly events: EventLog
  readonly objects: Objects
  readonly jobs: Jobs
  readonly runtime: Runtime
}

/** The terminology of all institutions. */
export function createTerminology(given: TerminologyNeeds): Terminology {
  const { database, lookUps = database, events, runtime } = given
  const library = createLibrary(
    lookUps === database ? given.records : createRecords({ database: lookUps, events, runtime }),
  )
  const sources = createSources({ library, database: lookUps })
  const needs = { library, sources }
  const verdicts = createVerdicts(events)
  const validateInSet: Terminology['validateInSet'] = async (tenant, valueSet, { versions, ...asked }) =>
    memberVerdict(await composedOf({ ...needs, tenant }, valueSet, versions), asked, asked)
  return {
    imports: createImports(given),
    vocabulary: createVocabulary(needs),
    holdings: createHoldings({ library, database: lookUps }),
    browse: (tenant, system, question) => browse({ ...needs, tenant }, system, question),
    placeOf: (tenant, system, code) => placeOf({ ...needs, tenant }, system, code),
    lookup: (tenant, system, code) => lookup({ ...needs, tenant }, system, code),
    subsumes: (tenant, system, codes) => subsumption({ ...needs, tenant }, system, codes),
    validateInSystem: (tenant, system, asked) => validateInSystem({ ...needs, tenant }, system, asked),
    async expand(tenant, valueSet, { versions, ...request }) {
      const composed = await composedOf({ ...needs, tenant }, valueSet, versions)
      return { ...(await expand(composed, request)), valueSet: composed.valueSet }
    },
    validateInSet,
    translate: (tenant, map, request) => translate({ library, tenant }, map, request),
    closure: (tenant, request) => closure({ database, sources, tenant }, request),
    validateCode: (tenant, asked) =>
      verdicts.of(tenant, asked, (named) => validateInSet(tenant, named, asked)),
  }
}
