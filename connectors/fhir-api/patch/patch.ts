/** http.html §3.1.0.8 patch: a JSON Patch (RFC 6902) becomes a new version, with the same conditions as an update. */
import {
  gone,
  invalid,
  notAllowed,
  notFound,
  OutcomeError,
  type Resource,
  type ResourceType,
} from '@xinglin/fhir'
import type { Unit, Version } from '@xinglin/records'
import type { Answer } from '../http/answer.ts'
import { matchVersion } from '../http/conditions.ts'
import type { FhirRequest } from '../http/request.ts'
import { answerOf, type Writing } from '../interactions/write.ts'
import { theOneMatch } from '../writing/conditional.ts'
import type { Trace } from '../writing/journalled.ts'
import { knownId, knownType } from '../writing/operation.ts'
import { applyPatch, type PatchOperation, readPatch } from './json-patch.ts'

export const jsonPatchType = 'application/json-patch+json'

/** Others may write between reading and writing; who names no version is served after them. */
const mostAttempts = 3

export async function patch(
  { kernel }: Writing,
  request: FhirRequest,
  body: unknown,
  trace: Trace,
): Promise<Answer> {
  const [written = '', id] = request.path.split('/')
  const type = knownType(written)
  const operations = readPatch(body)
  const ifVersion = matchVersion(request.conditions.ifMatch)
  for (let attempt = 1; ; attempt++) {
    try {
      const version = await kernel.identity.recordsFor(request.actor).commit(async (unit) => {
        const read = await targetOf(unit, type, { id, request })
        const resource = patched(read, operations)
        const [made] = await unit.write([{ kind: 'update', resource, ifVersion: ifVersion ?? read.version }])
        await trace.accepted(unit, made ? [made] : [])
        return made ?? read
      })
      return answerOf({ kind: 'written', version }, request)
    } catch (error) {
      const isOvertaken =
        error instanceof OutcomeError && error.failure === 'stale' && ifVersion === undefined
      if (!isOvertaken || attempt === mostAttempts) throw error
    }
  }
}

/** By id, or the one match of a search (§3.1.0.8.1 conditional patch). */
async function targetOf(
  unit: Unit,
  type: ResourceType,
  { id, request }: { readonly id: string | undefined; readonly request: FhirRequest },
): Promise<Version> {
  if (id === undefined && request.query.length === 0)
    throw notAllowed(`PATCH ${type} needs an id or search parameters`, { code: 'fhir-api.method' })
  const found =
    id === undefined ? await theOneMatch(unit, type, request.query) : await unit.read(type, knownId(id))
  if (!found) throw notFound(`there is no such ${type} to patch`, { code: 'fhir-api.not-found', at: type })
  if (found.interaction === 'delete')
    throw gone(`this ${type} was deleted`, { code: 'fhir-api.deleted', at: type })
  return found
}

function patched(read: Version, operations: readonly PatchOperation[]): Resource {
  const result = applyPatch(JSON.parse(read.json), operations)
  const isSame =
    typeof result === 'object' &&
    result !== null &&
    'resourceType' in result &&
    'id' in result &&
    result.resourceType === read.type &&
    result.id === read.id
  if (isSame) return result as Resource
  throw invalid('a patch cannot change resourceType or id', {
    code: 'fhir-api.patch-identity',
    at: read.type,
  })
}
