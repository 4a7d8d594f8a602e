/**
 * FHIR R4 §3.1.1.5.5 what contained resources are found by: terms of their container, few for each, that lead to candidates
 * which are then read (`search/contained.ts`). A row of its own for each would make a claim with its two a third slower to write.
 */
import type { TenantId } from '@xinglin/events'
import { indexOf, isResourceType } from '@xinglin/fhir/search'
import { isStored } from './sources.ts'
import { codeTerm, presenceTerm, referenceTerm, type Space, selfOf, urlTerm } from './space.ts'

type Contained = { readonly resourceType: string; readonly id?: string }
type Place = {
  readonly tenant: TenantId
  readonly timeZone: string
}

/** The resources that one contains, in order. */
export function containedOf(resource: object): readonly Contained[] {
  const list: unknown = 'contained' in resource ? resource.contained : undefined
  return Array.isArray(list) ? list.filter(isResource) : []
}

function isResource(value: unknown): value is Contained {
  return (
    typeof value === 'object' && value !== null && isResourceType(String(Reflect.get(value, 'resourceType')))
  )
}

/** Contained resources of a type have names of their own among the terms. */
export function containedSpace({ tenant, type }: Space): Space {
  return { tenant, type: `#${type}` }
}

/** Stands on each container of a resource of the type. */
export function containsTerm(space: Space): bigint {
  return presenceTerm(containedSpace(space), '')
}

/** Terms of all that a resource contains. */
export function containedTerms(resource: object, { tenant, timeZone }: Place): ReadonlySet<bigint> {
  const terms = new Set<bigint>()
  for (const contained of containedOf(resource)) {
    const type = contained.resourceType
    const space = containedSpace({ tenant, type })
    const { tokens, references, uris } = indexOf(contained, { timeZone })
    terms.add(containsTerm({ tenant, type }))
    for (const { parameter, code } of tokens)
      if (code !== undefined && isLeading(type, parameter)) terms.add(codeTerm(space, parameter, code))
    for (const { parameter, type: to, id, url } of references) {
      if (!isLeading(type, parameter)) continue
      if (to !== undefined && id !== undefined)
        terms.add(referenceTerm(space, parameter, selfOf(tenant, to, id)))
      if (url !== undefined) terms.add(urlTerm(space, parameter, url))
    }
    for (const { parameter, uri } of uris) terms.add(urlTerm(space, parameter, uri))
  }
  return terms
}

function isLeading(type: string, parameter: string): boolean {
  return !parameter.startsWith('_') && !parameter.includes(':') && isStored(type, parameter)
}
