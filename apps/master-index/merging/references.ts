/** References to one patient made references to another, and back: what was changed is told by its place in the resource. */
import { isDeepStrictEqual } from 'node:util'
import type { Resource } from '@xinglin/fhir'

/** Keys and places from the root of a resource to one of its references. */
export type Path = readonly (string | number)[]

/** The resource with every reference to Patient `from` made one to Patient `to`. */
export function withPatient<T extends Resource>(resource: T, from: string, to: string): T {
  const paths = pathsTo(resource, from)
  return paths.reduce<T>((changed, path) => withAt(changed, path, `Patient/${to}`), resource)
}

/** Where a resource refers to a patient. */
export function pathsTo(resource: Resource, patient: string): readonly Path[] {
  return pathsIn(resource, `Patient/${patient}`, [])
}

function pathsIn(value: unknown, reference: string, path: Path): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => {
    const step = Array.isArray(value) ? Number(key) : key
    if (key === 'reference' && typeof member === 'string')
      return member === reference || member.startsWith(`${reference}/_history/`) ? [[...path, step]] : []
    return pathsIn(member, reference, [...path, step])
  })
}

export type MovedBack =
  | { readonly kind: 'restored'; readonly resource: Resource }
  /** Something came since, and stays; the references that the merge changed go back. */
  | { readonly kind: 'moved-back'; readonly resource: Resource }
  /** What refers to the patient was itself changed since, so nobody but a person can tell whose it is. */
  | { readonly kind: 'conflict' }

/** A resource as an undone merge leaves it: `before` and `after` are its versions around the merge. */
export function movedBack(
  versions: { readonly before: Resource; readonly after: Resource; readonly current: Resource },
  from: string,
  to: string,
): MovedBack {
  const { before, after, current } = versions
  if (isSame(after, current)) return { kind: 'restored', resource: withoutMeta(before) }
  const paths = pathsTo(before, from)
  const isWhereItWas = paths.every((path) => at(current, path) === `Patient/${to}`)
  const others = (resource: Resource) => pathsTo(resource, to).length
  if (!isWhereItWas || others(current) !== others(after)) return { kind: 'conflict' }
  const resource = paths.reduce((changed, path) => withAt(changed, path, `Patient/${from}`), current)
  return { kind: 'moved-back', resource }
}

/** Whether two versions say the same, whoever wrote them when. */
export function isSame(left: Resource, right: Resource): boolean {
  return isDeepStrictEqual(withoutMeta(left), withoutMeta(right))
}

/** A resource without version and time, which a write gives anew; labels and profiles stay. */
export function withoutMeta(resource: Resource): Resource {
  const { meta, ...rest } = resource
  if (!meta) return resource
  const { versionId: _version, lastUpdated: _updated, ...kept } = meta
  return Object.keys(kept).length > 0 ? { ...rest, meta: kept } : rest
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  )
}

function withAt<T>(value: T, path: Path, text: string): T {
  // A path is walked along what `pathsIn` has just seen, so each step is a member of an object or a list.
  return changedAt(value, path, text) as T
}

function changedAt(value: unknown, [step, ...rest]: Path, text: string): unknown {
  if (step === undefined) return text
  if (typeof value !== 'object' || value === null) return value
  const copy = Array.isArray(value) ? [...value] : { ...value }
  Reflect.set(copy, step, changedAt(Reflect.get(value, step), rest, text))
  return copy
}
