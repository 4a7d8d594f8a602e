/**
 * R4 composition-operation-document: a Composition with everything that it refers to as a Bundle of type document. Takes
 * what the Composition itself names (subject, encounter, authors, attesters, custodian, events, sections); what those
 * refer to in turn is not added. Nothing is stored (`persist` must be false).
 */
import { conflict, gone, notFound, parseReference, unsupported } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import type { Version, Wanted } from '@xinglin/records'
import type { Answer } from '../http/answer.ts'
import type { OperationCall } from './operation.ts'
import { badValue, refuseUnknown, textOf } from './parameters.ts'

export async function document({
  kernel,
  records,
  request,
  id = '',
  parameters,
}: OperationCall): Promise<Answer> {
  refuseUnknown(parameters, ['persist'])
  refusePersist(textOf(parameters, 'persist'))
  const composition = await records.read('Composition', id)
  if (!composition) throw notFound('there is no such Composition', { code: 'fhir-api.not-found' })
  if (composition.interaction === 'delete')
    throw gone('this Composition was deleted; its history is still there', { code: 'fhir-api.deleted' })
  const wanted = referredBy(composition)
  const found = wanted.length === 0 ? [] : await records.commit((unit) => unit.find(wanted))
  const ordered = inOrder(wanted, found)
  const entries = [composition, ...ordered].map(
    (version) =>
      `{"fullUrl":${JSON.stringify(`${request.baseUrl}/${version.type}/${version.id}`)},"resource":${version.json}}`,
  )
  const { newId, now } = kernel.runtime
  // bdl-9 and bdl-10: a document has an identifier that never comes again, and the time at which it was put together.
  const head = JSON.stringify({
    resourceType: 'Bundle',
    identifier: { system: `${request.baseUrl}/Composition/${id}/$document`, value: newId() },
    type: 'document',
    timestamp: now(),
  })
  return { status: 200, body: `${head.slice(0, -1)},"entry":[${entries.join(',')}]}` }
}

function refusePersist(persist: string | undefined): void {
  if (persist === undefined || persist === 'false') return
  if (persist !== 'true') throw badValue('persist', 'must be true or false')
  throw unsupported('documents are not stored here; leave persist out and send what you want to keep', {
    code: 'fhir-api.document-persist',
    at: 'persist',
  })
}

/** The JSON of the record has no spaces, and quotes inside texts are escaped: this finds references only. */
const literal = /"reference":"([^"]+)"/g

/** Local resources, each once, in the order of the Composition. */
function referredBy({ json }: Version): readonly Extract<Wanted, { id: string }>[] {
  const wanted = new Map<string, Extract<Wanted, { id: string }>>()
  for (const [, reference] of json.matchAll(literal)) {
    const local = parseReference(reference)
    if (local && isResourceType(local.type))
      wanted.set(`${local.type}/${local.id}`, { type: local.type, id: local.id })
  }
  return [...wanted.values()]
}

/** A document that lacks a part which it names would be read as if that part did not exist. */
function inOrder(
  wanted: readonly Extract<Wanted, { id: string }>[],
  found: readonly Version[],
): readonly Version[] {
  const byName = new Map(found.map((version) => [`${version.type}/${version.id}`, version]))
  return wanted.map(({ type, id }) => {
    const version = byName.get(`${type}/${id}`)
    if (version) return version
    throw conflict(
      `the Composition refers to ${type}/${id}, which is not in the record; mend the reference`,
      {
        code: 'fhir-api.document-incomplete',
        at: 'Composition',
      },
    )
  })
}
