/** Reading addresses and queries; each refusal names the field in `at`. */
import { invalid, type ResourceType } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'

/** Longer is no cursor of ours. */
const longestText = 200

/** The `type` of an address; throws `invalid` where R4 has none of that name. */
export function typeOf(params: unknown): ResourceType {
  const type = textOf(params, 'type')
  if (type !== undefined && isResourceType(type)) return type
  throw invalid('type must be a resource type of FHIR R4', { code: 'record-explorer.type', at: 'type' })
}

/** The `id` of an address (R4 datatypes.html#id). */
export function idOf(params: unknown): string {
  const id = textOf(params, 'id')
  if (id !== undefined && /^[A-Za-z0-9\-.]{1,64}$/.test(id)) return id
  throw invalid('id must be an id of FHIR: 1 to 64 letters, digits, - and .', {
    code: 'record-explorer.id',
    at: 'id',
  })
}

/** A field as text; undefined where it is absent or empty. */
export function textOf(from: unknown, field: string): string | undefined {
  const value =
    typeof from === 'object' && from !== null && Object.hasOwn(from, field)
      ? Reflect.get(from, field)
      : undefined
  return typeof value === 'string' && value !== '' && value.length <= longestText ? value : undefined
}
