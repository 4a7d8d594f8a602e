/** Turns the emitted texts into functions: the data types once, each resource type at its first use. */
import { resourceTypes } from '../generated/elements.js'
import { dataTypes, emit, functionName, ownTypes } from './emit.ts'
import { isValidObject, type Json } from './interpret.ts'
import type { Level } from './invariant-table.ts'
import { invariantScope } from './invariants.ts'
import { primitives } from './primitives.ts'
import { deepestElement, isBound, isObject, isReferenceText, pointsTo } from './rules.ts'

type ObjectCheck = (object: unknown, depth: number, resource: unknown, root: unknown) => boolean
type ResourceCheck = (resource: unknown, depth: number, root?: unknown) => boolean

const resources: ReadonlySet<string> = new Set(resourceTypes)
const checks = { error: resourceCheck('error'), warning: resourceCheck('warning') } satisfies Record<
  Level,
  ResourceCheck
>

/** Whether a resource (of any type) is valid; at level `warning`, whether there is nothing to warn of either. */
export function isValidResource(resource: unknown, level: Level = 'error'): boolean {
  return checks[level](resource, 0)
}

/** The functions of one level, made when they are needed. `root` is the container of a contained resource. */
function resourceCheck(level: Level): ResourceCheck {
  const made = new Map<string, ObjectCheck>()
  let shared: Readonly<Record<string, unknown>> | undefined
  const checkOf = (type: string): ObjectCheck => {
    const known = made.get(type)
    if (known) return known
    shared ??= compileShared(level, isValid)
    const check = compile(ownTypes(type), level, shared)[type] as ObjectCheck
    made.set(type, check)
    return check
  }
  const isValid: ResourceCheck = (resource, depth, root = resource) => {
    if (!isObject(resource)) return false
    const type = resource.resourceType
    if (typeof type !== 'string' || !resources.has(type)) return false
    return checkOf(type)(resource, depth, resource, root)
  }
  return isValid
}

function compileShared(level: Level, isValid: ResourceCheck): Readonly<Record<string, unknown>> {
  const rules = {
    ...invariantScope,
    deepest: deepestElement,
    slow: (type: string, object: Json, depth: number, resource: unknown, root: unknown) =>
      isValidObject(type, object, { path: type, depth, resource, root, level }),
    isValid,
    isBound,
    isReferenceText,
    pointsTo,
    ...Object.fromEntries(Object.entries(primitives).map(([name, check]) => [`is_${name}`, check])),
  }
  const types = dataTypes((type) => resources.has(type))
  return { ...rules, ...compile(types, level, rules) }
}

/** Runs the text with `scope` as constants; gives the functions by type. */
function compile(
  types: readonly string[],
  level: Level,
  scope: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { text, constants, patterns } = emit(types, level)
  const head = `'use strict'\nconst { ${Object.keys(scope).join(', ')} } = scope\n`
  const names = types.map(functionName)
  const make = new Function(
    'scope',
    'constants',
    'patterns',
    `${head}${text}\nreturn { ${names.join(', ')} }`,
  )
  return make(scope, constants, patterns)
}
