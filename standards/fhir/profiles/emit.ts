/**
 * Writes a yes/no function for a profile's plan, as JavaScript text: no issues, no paths. It is asked of what the base
 * definitions allow, and agrees with the interpreter on it (differential test). What it does not express, such as ordered
 * slices or extensions of a primitive, it hands to the interpreter child by child.
 */
import { objectView } from '../fhirpath/views.ts'
import { emitMet } from './constraints.ts'
import type { DefinedConstraint, DefinedType } from './definition.ts'
import type { Matcher } from './discriminator.ts'
import { matchText } from './emit-match.ts'
import type { Interpreting } from './interpret.ts'
import { propertiesAt } from './items.ts'
import { hasIdleSlices, isIdle, type Node, type ProfilePlan } from './plan.ts'

/** What the text refers to by number. */
export type Refers = {
  readonly constants: unknown[]
  readonly patterns: RegExp[]
  readonly nodes: Node[]
  readonly matchers: Matcher[]
  readonly types: DefinedType[]
  readonly constraints: { readonly constraint: DefinedConstraint; readonly type: string }[]
}

export type EmittedProfile = Refers & { readonly text: string; readonly entry: string }

type Store = Refers & { readonly functions: string[]; readonly judging: Interpreting; variables: number }

/** The text of a profile for values of `type`; `entry` is the function `(o, resource, root, depth) => boolean`. */
export function emitProfile(plan: ProfilePlan, type: string, judging: Interpreting): EmittedProfile {
  const { ...refers }: Refers = {
    constants: [],
    patterns: [],
    nodes: [],
    matchers: [],
    types: [],
    constraints: [],
  }
  const store: Store = { ...refers, functions: [], judging, variables: 0 }
  const entry = emitFunction(checksOf(plan.root, type, 'o', store), store)
  return { ...refers, text: store.functions.join('\n'), entry }
}

function emitFunction(lines: readonly string[], store: Store): string {
  const name = `check${store.functions.length}`
  store.functions.push('')
  const body = lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`)
  store.functions[Number(name.slice(5))] =
    `function ${name}(o, resource, root, depth) {\n${body.join('\n')}\n  return true\n}`
  return name
}

const refuse = (claim: string) => `if (!(${claim})) return false`

/** Statements that return false where the value in `variable`, of FHIR type `type`, is not as the node asks. */
function checksOf(node: Node, type: string, variable: string, store: Store): readonly string[] {
  if (node.narrowed && !node.narrowed.has(type)) return ['return false']
  const { fixed, pattern, required } = node
  return [
    ...(fixed === undefined ? [] : [refuse(same(fixed, variable, 'isFixed', store))]),
    ...(pattern === undefined ? [] : [refuse(same(pattern, variable, 'hasPattern', store))]),
    ...(required === undefined ? [] : [binding(required, variable, store)]),
    ...node.types.filter(({ code }) => code === type).flatMap((each) => typeChecks(each, variable, store)),
    ...childChecks(node, type, variable, store),
    ...node.constraints.flatMap((constraint) => constraintCheck(constraint, type, variable, store)),
  ]
}

function same(wanted: unknown, variable: string, name: string, { constants }: Store): string {
  if (typeof wanted !== 'object') return `${variable} === ${JSON.stringify(wanted)}`
  return `${name}(${variable}, constants[${constants.push(wanted) - 1}])`
}

function binding(valueSet: string, variable: string, { judging, constants }: Store): string {
  const codes = judging.codesOf(valueSet)
  if (codes) return refuse(`isIn(${variable}, constants[${constants.push(codes) - 1}])`)
  return `if (codingsOf(${variable}).length > 0) open.isAsked = true`
}

function typeChecks(type: DefinedType, variable: string, store: Store): readonly string[] {
  const { profiles, targetProfiles, code } = type
  const index = () => store.types.push(type) - 1
  const around = 'resource, root, depth'
  return [
    ...(profiles.length > 0 ? [refuse(`isOfProfile(${index()}, ${variable}, ${around})`)] : []),
    ...(code === 'Reference' && targetProfiles.length > 0
      ? [refuse(`pointsRight(${index()}, ${variable}, ${around})`)]
      : []),
  ]
}

function constraintCheck(
  constraint: DefinedConstraint,
  type: string,
  variable: string,
  { patterns, constraints }: Store,
): readonly string[] {
  if (constraint.severity === 'warning') return []
  const text = emitMet(constraint, objectView(variable, [type]), patterns, type)
  if (text !== undefined) return [refuse(text)]
  return [refuse(`isMet(${constraints.push({ constraint, type }) - 1}, ${variable}, resource, root)`)]
}

/** An object below is a function of its own, so that texts stay short and each has its own variables. */
function childChecks(node: Node, type: string, variable: string, store: Store): readonly string[] {
  const children = node.children.filter((child) => !isIdle(child))
  if (children.length === 0) return []
  const lines = children.flatMap((child) => childCheck(child, type, store))
  const own = emitFunction(lines, store)
  return [refuse(`${own}(${variable}, resource, root, depth)`)]
}

function childCheck(child: Node, owner: string, store: Store): readonly string[] {
  const properties = propertiesAt(owner, child.name)
  const slow = () =>
    refuse(`isChildRight(${store.nodes.push(child) - 1}, '${owner}', o, resource, root, depth)`)
  const slices = hasIdleSlices(child) ? [] : child.slices
  if (properties.length === 0 || isBeyond(child, slices, properties, store.judging)) return [slow()]
  const siblings = properties
    .filter(({ isPrimitive }) => isPrimitive)
    .map(({ property }) => `o._${property} !== undefined`)
  const lines = properties[0]?.isList
    ? listCheck(child, slices, properties[0], store)
    : choiceCheck(child, slices, properties, store)
  if (siblings.length === 0) return lines
  return [
    `if (${siblings.join(' || ')}) {\n  ${slow()}\n} else {\n  ${lines.join('\n').replaceAll('\n', '\n  ')}\n}`,
  ]
}

type Property = ReturnType<typeof propertiesAt>[number]

/** What the text does not express: the interpreter judges the whole child. */
function isBeyond(
  child: Node,
  slices: readonly Node[],
  properties: readonly Property[],
  judging: Interpreting,
): boolean {
  const all = [child, ...slices]
  const primitives = properties.flatMap(({ isPrimitive, type }) => (isPrimitive ? [type] : []))
  const isPrimitive = ({ types }: Node) =>
    primitives.some((type) => types.length === 0 || types.some(({ code }) => code === type))
  return (
    properties.some(({ type }) => type === 'Resource') ||
    all.some((each) => isPrimitive(each) && !each.children.every(isIdle)) ||
    slices.some(
      (slice) => !hasIdleSlices(slice) || slice.slice === '@default' || !judging.matcherOf(child, slice),
    ) ||
    (slices.length > 0 && (child.slicing?.isOrdered === true || child.slicing?.rules === 'openAtEnd'))
  )
}

function listCheck(
  child: Node,
  slices: readonly Node[],
  property: Property,
  store: Store,
): readonly string[] {
  const list = newName('list', store)
  const item = newName('item', store)
  const counts = slices.map(() => newName('count', store))
  const needed = [child, ...slices].some(({ min }) => min > 0)
  const inner = [
    ...checksOf({ ...child, slices: [] }, property.type, item, store),
    ...sliceChecks(child, slices, { variable: item, type: property.type, counts, store }),
  ]
  const body = [
    ...limits(child, `${list}.length`),
    ...counts.map((count) => `let ${count} = 0`),
    ...(inner.length > 0
      ? [`for (const ${item} of ${list}) {\n  ${inner.join('\n').replaceAll('\n', '\n  ')}\n}`]
      : []),
    ...slices.flatMap((slice, at) => limits(slice, counts[at] ?? '')),
  ]
  return [
    `const ${list} = o.${property.property}`,
    `if (${list} !== undefined) {\n  ${body.join('\n').replaceAll('\n', '\n  ')}\n}${needed ? ' else return false' : ''}`,
  ]
}

function choiceCheck(
  child: Node,
  slices: readonly Node[],
  properties: readonly Property[],
  store: Store,
): readonly string[] {
  if (child.max === 0)
    return properties.map(({ property }) => `if (o.${property} !== undefined) return false`)
  const counts = slices.map(() => newName('count', store))
  const count = newName('count', store)
  const each = properties.flatMap(({ property, type }) => {
    const value = newName('value', store)
    const inner = [
      ...(child.min > 0 ? [`${count}++`] : []),
      ...checksOf({ ...child, slices: [] }, type, value, store),
      ...sliceChecks(child, slices, { variable: value, type, counts, store }),
    ]
    if (inner.length === 0) return []
    return [
      `const ${value} = o.${property}`,
      `if (${value} !== undefined) {\n  ${inner.join('\n').replaceAll('\n', '\n  ')}\n}`,
    ]
  })
  return [
    ...(child.min > 0 ? [`let ${count} = 0`] : []),
    ...counts.map((name) => `let ${name} = 0`),
    ...each,
    ...(child.min > 0 ? limits(child, count) : []),
    ...slices.flatMap((slice, at) => limits(slice, counts[at] ?? '')),
  ]
}

function limits({ min, max }: Node, count: string): readonly string[] {
  return [
    ...(min > 0 ? [`if (${count} < ${min}) return false`] : []),
    ...(max === Number.POSITIVE_INFINITY ? [] : [`if (${count} > ${max}) return false`]),
  ]
}

type Slicing = {
  readonly variable: string
  readonly type: string
  readonly counts: readonly string[]
  readonly store: Store
}

/** `if … else if …`: an item belongs to the first slice that it matches. */
function sliceChecks(
  child: Node,
  slices: readonly Node[],
  { variable, type, counts, store }: Slicing,
): readonly string[] {
  if (slices.length === 0) return []
  const branches = slices.map((slice, at) => {
    const lines = [`${counts[at]}++`, ...checksOf({ ...slice, slices: [] }, type, variable, store)]
    return `if (${membership(child, slice, { variable, type }, store)}) {\n  ${lines.join('\n').replaceAll('\n', '\n  ')}\n}`
  })
  const rest = child.slicing?.rules === 'closed' ? ' else return false' : ''
  return [branches.join(' else ') + rest]
}

/** As text where that can be, else the matcher itself. */
function membership(
  child: Node,
  slice: Node,
  { variable, type }: { readonly variable: string; readonly type: string },
  store: Store,
): string {
  const text = matchText(child, slice, { variable, type }, (wanted, reached, by) =>
    same(wanted, reached, by, store),
  )
  if (text !== undefined) return text
  const matcher = store.judging.matcherOf(child, slice)
  if (!matcher) throw new Error('a slice without discriminator was to be emitted')
  const at = store.matchers.push(matcher) - 1
  return `isInSlice(${at}, ${variable}, '${type}', resource, root, depth)`
}

function newName(word: string, store: Store): string {
  store.variables += 1
  return `${word}${store.variables}`
}
