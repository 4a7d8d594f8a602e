/**
 * Text of whether an item belongs to a slice, for discriminators by fixed values and patterns on plain paths, by type, and by
 * the url of an extension: nearly all that guides have. US Core's vital signs went from 36,000 to 70,000 and more a second.
 */
import { type Step, stepsOf } from './discriminator.ts'
import { propertiesAt } from './items.ts'
import type { Node } from './plan.ts'

export type Matched = { readonly variable: string; readonly type: string }

/** How a value is compared: text that is true where it is `wanted`. */
export type Same = (wanted: unknown, variable: string, by: 'isFixed' | 'hasPattern') => string

/** Undefined where the matcher itself has to be asked. */
export function matchText(child: Node, slice: Node, item: Matched, same: Same): string | undefined {
  const discriminators = child.slicing?.discriminators ?? []
  const claims = discriminators.map(({ type, path }) => {
    if (type === 'type' && path === '$this') return String(slice.types.some(({ code }) => code === item.type))
    if (type !== 'value' && type !== 'pattern') return undefined
    const url = path === 'url' ? extensionUrl(slice) : undefined
    if (url !== undefined) return `${item.variable}.url === ${JSON.stringify(url)}`
    const steps = stepsOf(path)
    return steps && pathText(slice, steps, item, same)
  })
  return claims.length === 0 || claims.includes(undefined) ? undefined : claims.join(' && ')
}

/** An extension slice without children is told by the profile of its type. */
function extensionUrl({ types, children }: Node): string | undefined {
  if (children.some(({ name }) => name === 'url')) return undefined
  const profiles = types.flatMap((type) => type.profiles)
  return profiles.length === 1 ? profiles[0]?.split('|')[0] : undefined
}

function pathText(
  node: Node,
  [step, ...rest]: readonly Step[],
  { variable, type }: Matched,
  same: Same,
): string | undefined {
  if (step === undefined) return valueText(node, variable, same)
  if (step.kind !== 'child') return undefined
  const child = node.children.find(({ name }) => name === step.name)
  const [property, ...others] = propertiesAt(type, step.name)
  if (!child || !property || others.length > 0 || property.type === 'Resource') return undefined
  const reached = `${variable}.${property.property}`
  if (!property.isList) {
    const inner = pathText(child, rest, { variable: reached, type: property.type }, same)
    if (inner === undefined || property.isPrimitive) return inner
    return `${reached} !== undefined && ${inner}`
  }
  const each = `each${rest.length}`
  const inner = pathText(child, rest, { variable: each, type: property.type }, same)
  return inner && `(${reached} ?? none).some((${each}) => ${inner})`
}

function valueText({ fixed, pattern, required }: Node, variable: string, same: Same): string | undefined {
  if (required !== undefined || (fixed === undefined) === (pattern === undefined)) return undefined
  return fixed === undefined ? same(pattern, variable, 'hasPattern') : same(fixed, variable, 'isFixed')
}
