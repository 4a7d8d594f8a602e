/** The leaves of a resource by path (`name[0].given[1]`), with ids of the resources made beside it named by their order. */
import type { Resource, ResourceType } from '@xinglin/fhir'

export type Leaf = string | number | boolean
export type Leaves = ReadonlyMap<string, Leaf>

/** `Patient/1` → `Patient#0`: ids differ between two runs of a map, the order does not. */
export type Names = ReadonlyMap<string, string>

/** Names of resources by their order within their type. */
export function namesOf(
  resources: readonly { readonly resourceType: ResourceType; readonly id: string }[],
): Names {
  const counts = new Map<string, number>()
  return new Map(
    resources.map(({ resourceType, id }) => {
      const nth = counts.get(resourceType) ?? 0
      counts.set(resourceType, nth + 1)
      return [`${resourceType}/${id}`, `${resourceType}#${nth}`]
    }),
  )
}

/** All leaves but id, type and meta, which no field makes. */
export function leavesOf(resource: Resource, names: Names): Leaves {
  const { id: _id, meta: _meta, resourceType: _type, ...elements } = resource
  const leaves = new Map<string, Leaf>()
  collect(elements, '', (path, value) =>
    leaves.set(path, typeof value === 'string' ? (names.get(value) ?? value) : value),
  )
  return leaves
}

function collect(value: unknown, path: string, leaf: (path: string, value: Leaf) => void): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, `${path}[${index}]`, leaf)
    return
  }
  if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value))
      collect(item, path === '' ? name : `${path}.${name}`, leaf)
    return
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') leaf(path, value)
}
