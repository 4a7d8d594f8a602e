/**
 * Writes a yes/no function for each plan, as JavaScript text: no issues, no paths. Agrees with the interpreter on every
 * input (differential test). Invariants are compiled into it from FHIRPath. What it does not express itself, an object with `_element` siblings, it hands to the interpreter.
 */
import { elementView, objectView, propertiesOf, type Read, type View } from '../fhirpath/views.ts'
import { elements } from '../generated/elements.js'
import type { Invariant, Level } from './invariant-table.ts'
import { emitBroken } from './invariants.ts'
import { type Binding, type ElementPlan, planOf, type TypePlan } from './plan.ts'

/** Values that the text refers to by number: bindings and target sets, and the patterns of invariants. */
export type Emitted = {
  readonly text: string
  readonly constants: readonly unknown[]
  readonly patterns: readonly RegExp[]
}

/** Where the text of one set of functions gathers what it refers to. */
type Store = { readonly constants: unknown[]; readonly patterns: RegExp[]; readonly level: Level }

/** One function per plan, in the order of `types`; each is `(object, depth, resource, root) => boolean`. */
export function emit(types: readonly string[], level: Level): Emitted {
  const store: Store = { constants: [], patterns: [], level }
  const text = types.map((type) => {
    const plan = planOf(type)
    return plan ? emitType(plan, store) : ''
  })
  return { text: text.join('\n'), constants: store.constants, patterns: store.patterns }
}

/** Data types and everything that belongs to them. */
export function dataTypes(isResource: (type: string) => boolean): readonly string[] {
  return Object.keys(elements).filter((type) => !isResource(type.split('.')[0] ?? type))
}

/** A resource type and its backbones. */
export function ownTypes(resource: string): readonly string[] {
  return Object.keys(elements).filter((type) => type === resource || type.startsWith(`${resource}.`))
}

/** `Observation.component` → `Observation_component`. */
export function functionName(type: string): string {
  return type.replaceAll('.', '_')
}

function emitType(plan: TypePlan, store: Store): string {
  const marks = markNames(plan)
  const { claims, kept } = emitInvariants(plan, marks, store)
  const cases = [...plan.elements.values()].map((element) =>
    emitCase(element, {
      owner: plan.type,
      mark: marks.get(element.name),
      isKept: kept.has(element.property),
      store,
    }),
  )
  const all = [
    ...(plan.isResource ? [] : ['count > 0']),
    ...plan.required.map((name) => `${marks.get(name)} !== ''`),
    ...claims,
  ]
  const lines = [
    `function ${functionName(plan.type)}(o, depth, resource, root) {`,
    '  if (depth > deepest) return false',
    ...[...marks.values()].map((mark) => `  let ${mark} = ''`),
    ...[...kept].map((property) => `  let ${localOf(property)}`),
    ...(plan.isResource ? [] : ['  let count = 0']),
    '  for (const name in o) {',
    ...(plan.isResource ? [] : ['    count++']),
    '    const v = o[name]',
    '    switch (name) {',
    ...(plan.isResource ? ["      case 'resourceType': break"] : []),
    ...cases,
    '      default:',
    `        return name.charCodeAt(0) === 95 && slow('${plan.type}', o, depth, resource, root)`,
    '    }',
    '  }',
    `  return ${all.join('\n    && ') || 'true'}`,
    '}',
  ]
  return `${lines.join('\n')}\n`
}

const localOf = (property: string) => `$${property}`

/**
 * The invariants read what the loop has kept in local variables, not the object again: a resource has so many shapes that
 * each `o.name` is a search. Siblings need no look: an object that has one never comes here.
 */
function emitInvariants(
  plan: TypePlan,
  marks: ReadonlyMap<string, string>,
  { patterns, level }: Store,
): { readonly claims: readonly string[]; readonly kept: ReadonlySet<string> } {
  const kept = new Set<string>()
  const value = (property: string) => {
    kept.add(property)
    return localOf(property)
  }
  const present = (properties: Parameters<Read['exists']>[0]) =>
    `(${properties.map(({ property }) => `${value(property)} !== undefined`).join(' || ')})`
  const child = (name: string): View => {
    const mark = marks.get(name)
    const exists = mark === undefined ? present : () => `${mark} !== ''`
    return elementView(propertiesOf(plan.type, name), { value, exists })
  }
  const self: View = { ...objectView('o', [plan.type]), child }
  const claims = asked(plan.invariants, level).map((each) => `!(${emitBroken(each, self, patterns)})`)
  return { claims, kept }
}

function asked(invariants: readonly Invariant[], level: Level): readonly Invariant[] {
  return invariants.filter(({ severity }) => severity === 'error' || level === 'warning')
}

/** Required elements and choices are remembered while the properties pass by. */
function markNames(plan: TypePlan): ReadonlyMap<string, string> {
  const names = [...new Set([...plan.required, ...plan.choices])]
  return new Map(names.map((name) => [name, `${name}Seen`]))
}

type Case = {
  readonly owner: string
  readonly mark: string | undefined
  readonly isKept: boolean
  readonly store: Store
}

function emitCase(element: ElementPlan, { owner, mark, isKept, store }: Case): string {
  const seen = mark === undefined ? '' : emitMark(element, mark)
  const keep = isKept ? `${localOf(element.property)} = v\n        ` : ''
  // ele-1: an id alone is no content, in resources it is an element like any other.
  const uncounted = element.property === 'id' && element.type === 'string' ? 'count--\n        ' : ''
  return `      case '${element.property}': {
        ${seen}${keep}${uncounted}${element.isList ? emitList(element, owner, store) : emitOne(element, 'v', store)}
        break
      }`
}

function emitMark({ property, name }: ElementPlan, mark: string): string {
  if (property === name) return `${mark} = name\n        `
  return `if (${mark} !== '') return false\n        ${mark} = name\n        `
}

function emitList(element: ElementPlan, owner: string, store: Store): string {
  const holes =
    element.kind === 'primitive'
      ? `\n          if (e === null) return slow('${owner}', o, depth, resource, root)`
      : ''
  return `if (!Array.isArray(v) || v.length === 0) return false
        for (let i = 0; i < v.length; i++) {
          const e = v[i]${holes}
          ${emitOne(element, 'e', store)}
        }`
}

function emitOne(element: ElementPlan, variable: string, store: Store): string {
  const refuse = (claims: readonly string[]) => `if (!(${claims.join(' && ')})) return false`
  const bound = element.binding ? [emitBinding(element.binding, variable, store.constants)] : []
  const self = objectView(variable, [element.type])
  const met = asked(element.invariants, store.level).map(
    (each) => `!(${emitBroken(each, self, store.patterns)})`,
  )
  switch (element.kind) {
    case 'primitive':
      return refuse([`is_${element.type}(${variable})`, ...bound, ...met])
    case 'resource':
      return refuse([`isValid(${variable}, depth + 1${element.name === 'contained' ? ', root' : ''})`])
    case 'complex':
      return refuse([
        `typeof ${variable} === 'object' && ${variable} !== null && !Array.isArray(${variable})`,
        `${functionName(element.type)}(${variable}, depth + 1, resource, root)`,
        ...bound,
        ...emitReference(element, variable, store.constants),
        ...met,
      ])
  }
}

function emitBinding(binding: Binding, variable: string, constants: unknown[]): string {
  if (binding.kind === 'code') return `constants[${constants.push(binding.allowed) - 1}].has(${variable})`
  return `isBound(${variable}, constants[${constants.push(binding) - 1}])`
}

function emitReference(
  { type, targets }: ElementPlan,
  variable: string,
  constants: unknown[],
): readonly string[] {
  if (type !== 'Reference') return []
  const shape = `(typeof ${variable}.reference !== 'string' || isReferenceText(${variable}.reference))`
  return targets ? [shape, `pointsTo(${variable}, constants[${constants.push(targets) - 1}], root)`] : [shape]
}
