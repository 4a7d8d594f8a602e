/**
 * `[type]/[id]/$diff` between two versions, as other servers have it (R4 defines none): Parameters in the form of a FHIRPath
 * Patch (fhirpatch.html) that makes `toVersion` (the current one where absent) of `fromVersion` (the one before).
 */
import { gone, notFound, type Resource, type ResourceType } from '@xinglin/fhir'
import { diffResources } from '@xinglin/fhir/diff'
import type { Version } from '@xinglin/records'
import type { Answer } from '../http/answer.ts'
import type { OperationCall } from './operation.ts'
import { countOf, refuseUnknown } from './parameters.ts'

export async function diff({ records, type, id, parameters }: OperationCall): Promise<Answer> {
  refuseUnknown(parameters, ['fromVersion', 'toVersion'])
  if (type === undefined || id === undefined) throw absent('resource')
  const to = countOf(parameters, 'toVersion')
  const from = countOf(parameters, 'fromVersion')
  const after = to === undefined ? await records.read(type, id) : await records.readVersion(type, id, to)
  const made = resourceOf(type, after)
  const number = from ?? (after?.version ?? 1) - 1
  const old = resourceOf(type, number === 0 ? undefined : await records.readVersion(type, id, number))
  return { status: 200, body: JSON.stringify(diffResources(old, made)) }
}

function resourceOf(type: ResourceType, version: Version | undefined): Resource {
  if (!version) throw absent(type)
  if (version.interaction === 'delete')
    throw gone(`version ${version.version} is a deletion, which has no content to compare`, {
      code: 'fhir-api.deleted',
    })
  return JSON.parse(version.json) as Resource
}

function absent(type: string) {
  return notFound(`there is no such version of this ${type}; its history lists those there are`, {
    code: 'fhir-api.no-version',
  })
}
