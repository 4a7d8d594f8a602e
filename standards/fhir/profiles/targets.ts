/** FHIR R4 §2.3.0: what a Reference tells of its target without the store: a contained resource, or a type. */
import { resourceTypes } from '../generated/elements.js'
import { isObject } from '../validate/rules.ts'

type Json = { readonly [name: string]: unknown }

const resources: ReadonlySet<string> = new Set(resourceTypes)

/** The contained resource that a reference means, or with `#` its container; undefined for any other reference. */
export function targetOf(reference: unknown, root: unknown): Json | undefined {
  if (!isObject(reference) || typeof reference.reference !== 'string' || !isObject(root)) return undefined
  if (!reference.reference.startsWith('#')) return undefined
  const id = reference.reference.slice(1)
  if (id === '') return root
  const contained: readonly unknown[] = Array.isArray(root.contained) ? root.contained : []
  return contained.find((each): each is Json => isObject(each) && each.id === id)
}

const typed = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/

/** The types that a reference says of its target; none where it does not tell. */
export function typesOfTarget(reference: unknown, root: unknown): readonly string[] {
  if (!isObject(reference)) return []
  const target = targetOf(reference, root)
  const said = [
    target?.resourceType,
    typeof reference.reference === 'string' ? typed.exec(reference.reference)?.[1] : undefined,
    reference.type,
  ]
  return said.filter((type): type is string => typeof type === 'string' && resources.has(type))
}
