/**
 * Writes a yes/no function for each plan, as JavaScript text: no issues, no paths. Agrees with the interpreter on every
 * input (differential test). What it does not express itself, an object with `_element` siblings, it hands to the interpreter.
 */
import { elements } from '../generated/elements.js'
import { type Binding, type ElementPlan, planOf, type TypePlan } from './plan.ts'

/** Values that the text refers to: bindings and target sets by number. */
export type Emitted = { readonly text: string; readonly constants: readonly unknown[] }

/** One function per plan, in the order of `types`; each is `(object, depth) => boolean`. */
export function emit(types: readonly string[]): Emitted {
  const constants: unknown[] = []
  const text = types.map((type) => {
    const plan = planOf(type)
    return plan ? emitType(plan, constants) : ''
  })
  return { text: text.join('\n'), constants }
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

function emitType(plan: TypePlan, constants: unknown[]): string {
  const marks = markNames(plan)
  const cases = [...plan.elements.values()].map((element) =>
    emitCase(element, { owner: plan.type, mark: marks.get(element.name), constants }),
  )
  const claims = [
    ...(plan.isResource ? [] : ['!isEmpty']),
    ...plan.required.map((name) => `${marks.get(name)} !== ''`),
  ]
  const lines = [
    `function ${functionName(plan.type)}(o, depth) {`,
    '  if (depth > deepest) return false',
    ...[...marks.values()].map((mark) => `  let ${mark} = ''`),
    ...(plan.isResource ? [] : ['  let isEmpty = true']),
    '  for (const name in o) {',
    ...(plan.isResource ? [] : ['    isEmpty = false']),
    '    const v = o[name]',
    '    switch (name) {',
    ...(plan.isResource ? ["      case 'resourceType': break"] : []),
    ...cases,
    '      default:',
    `        return name.charCodeAt(0) === 95 && slow('${plan.type}', o, depth)`,
    '    }',
    '  }',
    `  return ${claims.join(' && ') || 'true'}`,
    '}',
  ]
  return `${lines.join('\n')}\n`
}

/** Required elements and choices are remembered while the properties pass by. */
function markNames(plan: TypePlan): ReadonlyMap<string, string> {
  const names = [...new Set([...plan.required, ...plan.choices])]
  return new Map(names.map((name) => [name, `${name}Seen`]))
}

type Case = { readonly owner: string; readonly mark: string | undefined; readonly constants: unknown[] }

function emitCase(element: ElementPlan, { owner, mark, constants }: Case): string {
  const seen = mark === undefined ? '' : emitMark(element, mark)
  return `      case '${element.property}': {
        ${seen}${element.isList ? emitList(element, owner, constants) : emitOne(element, 'v', constants)}
        break
      }`
}

function emitMark({ property, name }: ElementPlan, mark: string): string {
  if (property === name) return `${mark} = name\n        `
  return `if (${mark} !== '') return false\n        ${mark} = name\n        `
}

function emitList(element: ElementPlan, owner: string, constants: unknown[]): string {
  const holes =
    element.kind === 'primitive' ? `\n          if (e === null) return slow('${owner}', o, depth)` : ''
  return `if (!Array.isArray(v) || v.length === 0) return false
        for (let i = 0; i < v.length; i++) {
          const e = v[i]${holes}
          ${emitOne(element, 'e', constants)}
        }`
}

function emitOne(element: ElementPlan, variable: string, constants: unknown[]): string {
  const refuse = (claim: string) => `if (!(${claim})) return false`
  const bound = element.binding ? [emitBinding(element.binding, variable, constants)] : []
  switch (element.kind) {
    case 'primitive':
      return refuse([`is_${element.type}(${variable})`, ...bound].join(' && '))
    case 'resource':
      return refuse(`resource(${variable}, depth + 1)`)
    case 'complex':
      return refuse(
        [
          `typeof ${variable} === 'object' && ${variable} !== null && !Array.isArray(${variable})`,
          `${functionName(element.type)}(${variable}, depth + 1)`,
          ...bound,
          ...emitReference(element, variable, constants),
        ].join(' && '),
      )
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
  return targets ? [shape, `pointsTo(${variable}, constants[${constants.push(targets) - 1}])`] : [shape]
}
