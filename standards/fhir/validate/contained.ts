/**
 * FHIR R4 dom-3: a contained resource is referred to from the resource around it, or refers to it itself. Written by hand
 * because the definition's expression visits every descendant five times for each contained resource.
 */
import { planOf, type TypePlan } from './plan.ts'
import { isObject } from './rules.ts'

/** Types that link to a contained resource; back to the container only references and canonicals do. */
const linkTypes: ReadonlySet<string> = new Set(['canonical', 'uri', 'url'])
const backLinkTypes: ReadonlySet<string> = new Set(['canonical'])

/** Whether some contained resource with an id is neither referred to nor refers to `#`. */
export function hasStray(contained: readonly unknown[] | undefined, resource: unknown): boolean {
  if (contained === undefined) return false
  const links = linksOf(resource, linkTypes)
  return contained.some(
    (each) =>
      isObject(each) &&
      typeof each.id === 'string' &&
      !links.has(`#${each.id}`) &&
      !linksOf(each, backLinkTypes).has('#'),
  )
}

/** Every local reference in a resource, contained ones included, and every local link of such a type. */
function linksOf(resource: unknown, types: ReadonlySet<string>): ReadonlySet<string> {
  const links: Links = { found: new Set(), types }
  const plan = isObject(resource) ? planOf(String(resource.resourceType)) : undefined
  if (plan) gather(resource, plan, links)
  return links.found
}

type Links = { readonly found: Set<string>; readonly types: ReadonlySet<string> }

function gather(value: unknown, plan: TypePlan, links: Links): void {
  if (Array.isArray(value)) for (const each of value) gather(each, plan, links)
  if (!isObject(value)) return
  for (const property in value) {
    const isSibling = property.startsWith('_')
    const element = plan.elements.get(isSibling ? property.slice(1) : property)
    if (!element) continue
    const below = value[property]
    if (element.kind === 'resource') gatherResources(below, links)
    else if (element.kind === 'primitive' && !isSibling) addLinks(below, property, element.type, links)
    else gatherType(below, isSibling ? 'Element' : element.type, links)
  }
}

function gatherType(value: unknown, type: string, links: Links): void {
  const plan = planOf(type)
  if (plan) gather(value, plan, links)
}

function gatherResources(value: unknown, links: Links): void {
  const resources = Array.isArray(value) ? value : [value]
  for (const each of resources) if (isObject(each)) gatherType(each, String(each.resourceType), links)
}

function addLinks(value: unknown, property: string, type: string, links: Links): void {
  if (property !== 'reference' && !links.types.has(type)) return
  const texts = Array.isArray(value) ? value : [value]
  for (const text of texts) if (typeof text === 'string' && text.startsWith('#')) links.found.add(text)
}
