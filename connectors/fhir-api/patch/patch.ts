/**
 * http.html §3.1.0.8 patch: a JSON Patch (RFC 6902) or a FHIRPath Patch (fhirpatch.html), from a body of its own or from an
 * entry of a Bundle (§3.1.0.11.1: JSON Patch as a Binary, FHIRPath Patch as Parameters).
 */
import {
  invalid,
  parseWithDecimals,
  type Resource,
  type ResourceOf,
  type ResourceType,
  type Rewrite,
  rewriteReferences,
} from '@xinglin/fhir'
import {
  applyOperations,
  type PatchOperation as FhirPathOperation,
  readPatch as readFhirPathPatch,
} from '@xinglin/fhir/patch'
import type { Version } from '@xinglin/records'
import { parseJson } from '@xinglin/web'
import { applyPatch, type PatchOperation, readPatch as readJsonPatch } from './json-patch.ts'

export const jsonPatchType = 'application/json-patch+json'

export type ResourcePatch =
  | { readonly form: 'json'; readonly operations: readonly PatchOperation[]; readonly at: string }
  | { readonly form: 'fhirpath'; readonly operations: readonly FhirPathOperation[] }

/** The patch that a body says; a list is a JSON Patch, Parameters a FHIRPath Patch. `at` is the place of the body in a Bundle. */
export function readResourcePatch(body: unknown, at?: string): ResourcePatch {
  if (at === undefined && Array.isArray(body))
    return { form: 'json', operations: readJsonPatch(body), at: '' }
  if (at !== undefined && isResource(body, 'Binary'))
    return { form: 'json', operations: readJsonPatch(contentOf(body, at), `${at}.data`), at: `${at}.data` }
  return { form: 'fhirpath', operations: readFhirPathPatch(body, at) }
}

function isResource<T extends ResourceType>(body: unknown, type: T): body is ResourceOf<T> {
  return typeof body === 'object' && body !== null && 'resourceType' in body && body.resourceType === type
}

function contentOf(
  { contentType, data }: { readonly contentType?: unknown; readonly data?: unknown },
  at: string,
): unknown {
  if (typeof contentType !== 'string' || contentType.split(';', 1)[0]?.trim().toLowerCase() !== jsonPatchType)
    throw invalid(`a patch in a Bundle is Parameters, or a Binary of ${jsonPatchType}`, {
      code: 'fhir-api.bad-patch',
      at: `${at}.contentType`,
    })
  if (typeof data !== 'string')
    throw invalid('the Binary of a patch has its operations as data', {
      code: 'fhir-api.bad-patch',
      at: `${at}.data`,
    })
  return parseJson(Buffer.from(data, 'base64'))
}

/** The same patch with what it brings along referring to where a transaction put it. */
export function rewritePatch(patch: ResourcePatch, rewrite: Rewrite): ResourcePatch {
  if (patch.form === 'fhirpath') return { ...patch, operations: rewriteReferences(patch.operations, rewrite) }
  const operations = patch.operations.map((operation) =>
    'value' in operation ? { ...operation, value: rewrittenValue(operation, rewrite) } : operation,
  )
  return { ...patch, operations }
}

/** The text of a reference may be the value itself. */
function rewrittenValue({ path, value }: { path: string; value: unknown }, rewrite: Rewrite): unknown {
  if (typeof value !== 'string') return rewriteReferences(value, rewrite)
  return path.endsWith('/reference') ? (rewrite(value) ?? value) : value
}

/** The resource that a patch makes of a version. Throws `invalid` where it would become another resource. */
export function patched(version: Version, patch: ResourcePatch): Resource {
  const read = parseWithDecimals(version.json)
  const result =
    patch.form === 'json'
      ? applyPatch(read, patch.operations, patch.at)
      : applyOperations(read as Resource, patch.operations)
  if (isResource(result, version.type) && result.id === version.id) return result
  throw invalid('a patch cannot change resourceType or id', {
    code: 'fhir-api.patch-identity',
    at: version.type,
  })
}
