/** A GET inside a bundle: read or search, by the same interactions as a request of its own. */
import { gone, invalid, notAllowed, notFound, type ResourceType } from '@xinglin/fhir'
import type { Page, Query, Version } from '@xinglin/records'
import type { Answer } from '../http/answer.ts'
import { isUnchanged } from '../http/conditions.ts'
import type { FhirRequest } from '../http/request.ts'
import { search } from '../interactions/search.ts'
import { knownId, knownType } from '../writing/operation.ts'
import type { EntryAsked } from './entries.ts'

/** The guarded record or a unit. */
export type Lookable = {
  read(type: ResourceType, id: string): Promise<Version | undefined>
  /** A transaction works on the present alone. */
  readAsOf?(type: ResourceType, id: string, asOf: string): Promise<Version | undefined>
  search(type: ResourceType, query: Query): Promise<Page>
}

/** Throws `notAllowed` for paths that a bundle cannot ask for (history, operations). */
export async function lookUp(records: Lookable, entry: EntryAsked, request: FhirRequest): Promise<Answer> {
  const [written = '', id, ...more] = entry.path.split('/')
  const type = knownType(written)
  if (more.length > 0)
    throw notAllowed('a bundle can read and search; ask for the rest by itself', {
      code: 'fhir-api.method',
      at: entry.at,
    })
  if (id === undefined) return search(records, type, { ...request, query: entry.query })
  const asOf = entry.query.find(([name]) => name === '_asOf')?.[1]
  const version =
    asOf === undefined ? await records.read(type, knownId(id)) : await past(records, asOf)(type, knownId(id))
  if (!version) throw notFound(`there is no such ${type}`, { code: 'fhir-api.not-found', at: entry.at })
  if (version.interaction === 'delete')
    throw gone(`this ${type} was deleted`, { code: 'fhir-api.deleted', at: entry.at })
  if (isUnchanged(version, entry.conditions)) return { status: 304, version }
  return { status: 200, version, body: version.json }
}

function past(records: Lookable, asOf: string) {
  const { readAsOf } = records
  if (readAsOf) return (type: ResourceType, id: string) => readAsOf(type, id, asOf)
  throw invalid('a transaction works on the present; ask for the past in a batch or by itself', {
    code: 'records.as-of',
    at: '_asOf',
  })
}
