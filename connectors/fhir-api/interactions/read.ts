/** http.html §3.1.0.3 read and §3.1.0.4 vread: one version as it is stored, or 304 where the client has it. */
import { gone, invalid, notFound } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import type { Version } from '@xinglin/records'
import type { Answer } from '../http/answer.ts'
import { isUnchanged } from '../http/conditions.ts'
import type { FhirRequest } from '../http/request.ts'
import { knownId, knownType } from '../writing/operation.ts'
import { shaped, shapeOf } from './search-shape.ts'

export type Named = { readonly type: string; readonly id: string }

export async function read(
  records: GuardedRecords,
  { type, id }: Named,
  request: FhirRequest,
): Promise<Answer> {
  const asOf = asOfIn(request)
  const version =
    asOf === undefined
      ? await records.read(knownType(type), knownId(id))
      : await records.readAsOf(knownType(type), knownId(id), asOf)
  if (!version) throw asOf === undefined ? absent(type) : notYet(type)
  return answerOf(version, request)
}

/** `_asOf` shows the version that was current at the end of a date or instant (our own; R4 has nothing like it). */
function asOfIn({ query }: FhirRequest): string | undefined {
  const [instant, another] = query.filter(([name]) => name === '_asOf')
  if (another) throw invalid('_asOf may stand once', { code: 'records.as-of', at: '_asOf' })
  return instant?.[1]
}

export async function readVersion(
  records: GuardedRecords,
  { type, id, versionId }: Named & { readonly versionId: string },
  request: FhirRequest,
): Promise<Answer> {
  const number = /^[1-9]\d{0,8}$/.test(versionId) ? Number(versionId) : undefined
  const version =
    number === undefined ? undefined : await records.readVersion(knownType(type), knownId(id), number)
  if (!version)
    throw notFound(`there is no such version of this ${knownType(type)}; its history lists those there are`, {
      code: 'fhir-api.not-found',
    })
  return answerOf(version, request)
}

function answerOf(version: Version, request: FhirRequest): Answer {
  if (version.interaction === 'delete') {
    throw gone(`this ${version.type} was deleted; its history is still there`, { code: 'fhir-api.deleted' })
  }
  if (isUnchanged(version, request.conditions)) return { status: 304, version }
  // §3.1.0.3: a read may ask for a part of the resource, as a search does.
  return { status: 200, version, body: shaped(version.json, shapeOf(version.type, request.query)) }
}

function notYet(type: string) {
  return notFound(`there was no such ${knownType(type)} at that instant`, { code: 'fhir-api.not-found' })
}

function absent(type: string) {
  return notFound(`there is no such ${knownType(type)}`, { code: 'fhir-api.not-found' })
}
