/**
 * FHIR R4 §5.1.0.14.1 slicing by discriminators: to which slice an item belongs. A path is the restricted FHIRPath of
 * §5.1.0.14.2: element names, `$this`, `extension(url)`, `ofType(type)` and `resolve()`. What `resolve()` gives is known
 * for contained resources; of any other its type alone.
 */
import { isObject } from '../validate/rules.ts'
import type { Slicing } from './definition.ts'
import { type Item, itemsOf } from './items.ts'
import { type Around, deepestProfile, type Judging } from './judging.ts'
import type { Node } from './plan.ts'
import { targetOf, typesOfTarget } from './targets.ts'
import { codingsOf, hasPattern, isFixed, isIn } from './values.ts'

/** Whether an item belongs to a slice. */
export type Matcher = (item: Item, around: Around) => boolean

/** The test of one slice; undefined where its discriminators do not tell it from others. */
export function matcherOf(slicing: Slicing, slice: Node, judging: Judging): Matcher | undefined {
  const tests = slicing.discriminators.map(({ type, path }) => {
    const steps = stepsOf(path)
    return steps && testOf(type, steps, slice, judging)
  })
  if (tests.length === 0) return undefined
  const all = tests.filter((test) => test !== undefined)
  if (all.length < tests.length) return undefined
  return (item, around) => all.every((test) => test(item, around))
}

export type Step =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'ofType'; readonly type: string }
  | { readonly kind: 'resolve' }

const stepShape = /^(?:\$this|resolve\(\)|ofType\((\w+)\)|extension\(['"]([^'"]+)['"]\)|(\w+))(?:\.|$)/

/** The steps of a discriminator's path; undefined for what R4 does not allow in one. */
export function stepsOf(path: string): readonly Step[] | undefined {
  const steps: Step[] = []
  for (let rest = path; rest !== ''; ) {
    const match = stepShape.exec(rest)
    if (!match) return undefined
    rest = rest.slice(match[0].length)
    const [, type, url, name] = match
    if (type !== undefined) steps.push({ kind: 'ofType', type })
    else if (url !== undefined) steps.push({ kind: 'extension', url })
    else if (name !== undefined) steps.push({ kind: 'child', name })
    else if (match[0].startsWith('resolve')) steps.push({ kind: 'resolve' })
  }
  return steps
}

function testOf(type: string, steps: readonly Step[], slice: Node, judging: Judging): Matcher | undefined {
  const isResolved = steps.at(-1)?.kind === 'resolve'
  const node = nodeAt(slice, steps, judging)
  switch (type) {
    case 'value':
    case 'pattern':
      return node && someItem(steps, constraining(node, judging))
    case 'exists':
      return node && existing(steps, node)
    case 'type':
      return node && (isResolved ? resolvedType(steps, node, judging) : someItem(steps, ofTypes(node)))
    case 'profile':
      return (
        node &&
        (isResolved ? resolvedProfile(steps, node, judging) : someItem(steps, ofProfile(node, judging)))
      )
    default:
      return undefined
  }
}

/** What the slice says of the element at the end of the path; goes on in the profile of an element that has one. */
function nodeAt(slice: Node, steps: readonly Step[], judging: Judging): Node | undefined {
  let node: Node | undefined = slice
  for (const step of steps) {
    if (node === undefined) return undefined
    if (step.kind === 'child') node = childOf(node, step.name, judging)
    else if (step.kind === 'extension') node = extensionOf(node, step.url)
  }
  return node
}

function childOf(node: Node, name: string, judging: Judging): Node | undefined {
  const child = node.children.find((each) => each.name === name)
  if (child) return child
  const profiles = node.types.flatMap((type) => type.profiles)
  const [profile] = profiles
  if (profile === undefined || profiles.length > 1) return undefined
  const found = judging.planAt(profile)?.root.children.find((each) => each.name === name)
  // §2.4.1.2: the url of an extension is the canonical of its definition.
  return found ?? (name === 'url' ? { ...node, ...open, name, fixed: profile.split('|')[0] } : undefined)
}

const open = {
  types: [],
  children: [],
  slices: [],
  slicing: undefined,
  required: undefined,
  pattern: undefined,
}

function extensionOf(node: Node, url: string): Node | undefined {
  const slices = node.children.filter(({ name }) => name === 'extension').flatMap((each) => each.slices)
  return slices.find(
    ({ types, children }) =>
      types.some(({ profiles }) => profiles.some((each) => each.split('|')[0] === url)) ||
      children.some(({ name, fixed }) => name === 'url' && fixed === url),
  )
}

/** The items at the end of a path within an item. */
function follow(item: Item, steps: readonly Step[]): readonly Item[] {
  let items: readonly Item[] = [item]
  for (const step of steps) items = items.flatMap((each) => stepInto(each, step))
  return items
}

function stepInto(item: Item, step: Step): readonly Item[] {
  switch (step.kind) {
    case 'child':
      return childItems(item, step.name)
    case 'extension':
      return childItems(item, 'extension').filter(({ value }) => isObject(value) && value.url === step.url)
    case 'ofType':
      return item.type === step.type ? [item] : []
    case 'resolve':
      return [item]
  }
}

/** The children of an item; those of a primitive stand in its sibling. */
export function childItems(item: Item, name: string): readonly Item[] {
  return isObject(item.value) ? itemsOf(item.value, item.type, name) : itemsOf(item.sibling, 'Element', name)
}

function someItem(steps: readonly Step[], test: Matcher | undefined): Matcher | undefined {
  return test && ((item, around) => follow(item, steps).some((each) => test(each, around)))
}

/** Fixed value, pattern and required binding tell slices apart; where there is none, those of the children. */
function constraining(node: Node, judging: Judging): Matcher | undefined {
  const { fixed, pattern, required } = node
  const codes = required === undefined ? undefined : judging.codesOf(required)
  if (fixed !== undefined || pattern !== undefined || codes) {
    return ({ value }) =>
      (fixed === undefined || isFixed(value, fixed)) &&
      (pattern === undefined || hasPattern(value, pattern)) &&
      (codes === undefined || (codingsOf(value).length > 0 && isIn(value, codes)))
  }
  if (required !== undefined) return undefined
  const below = node.children.flatMap((child) => {
    const test = constraining(child, judging)
    const matches: Matcher = (item, around) =>
      test !== undefined && childItems(item, child.name).some((each) => test(each, around))
    return test ? [matches] : []
  })
  return below.length === 0 ? undefined : (item, around) => below.every((test) => test(item, around))
}

function existing(steps: readonly Step[], { min, max }: Node): Matcher | undefined {
  if (max === 0) return (item) => follow(item, steps).length === 0
  return min > 0 ? (item) => follow(item, steps).length > 0 : undefined
}

function ofTypes({ types }: Node): Matcher | undefined {
  const names = new Set(types.map(({ code }) => code))
  return names.size === 0 ? undefined : ({ type }) => names.has(type)
}

function ofProfile({ types }: Node, judging: Judging): Matcher | undefined {
  const plans = types.flatMap(({ profiles }) => profiles).map((each) => judging.planAt(each))
  if (plans.length === 0 || plans.includes(undefined)) return undefined
  return ({ value, type }, around) =>
    plans.some(
      (plan) =>
        plan !== undefined && around.depth < deepestProfile && judging.conforms(plan, value, type, around),
    )
}

function resolvedType(steps: readonly Step[], node: Node, judging: Judging): Matcher | undefined {
  const named = node.types.flatMap(({ targetProfiles }) => targetProfiles.map((each) => judging.typeAt(each)))
  const types = new Set([
    ...named,
    ...node.types.map(({ code }) => code).filter((code) => code !== 'Reference'),
  ])
  if (types.size === 0 || types.has(undefined)) return undefined
  return (item, around) =>
    follow(item, steps).some(({ value }) => typesOfTarget(value, around.root).some((type) => types.has(type)))
}

function resolvedProfile(steps: readonly Step[], node: Node, judging: Judging): Matcher | undefined {
  const profiles = node.types.flatMap(({ targetProfiles, profiles: own }) => [...targetProfiles, ...own])
  if (profiles.length === 0 || profiles.some((each) => judging.typeAt(each) === undefined)) return undefined
  return (item, around) =>
    follow(item, steps).some(({ value }) =>
      profiles.some((profile) => {
        const target = targetOf(value, around.root)
        if (!target) return typesOfTarget(value, around.root).some((type) => type === judging.typeAt(profile))
        const plan = judging.planAt(profile)
        if (!plan || around.depth >= deepestProfile) return target.resourceType === judging.typeAt(profile)
        return judging.conforms(plan, target, String(target.resourceType), { ...around, resource: target })
      }),
    )
}
