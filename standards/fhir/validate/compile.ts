/** Turns the emitted texts into functions: the data types once, each resource type at its first use. */
import { resourceTypes } from '../generated/elements.js'
import { dataTypes, emit, functionName, ownTypes } from './emit.ts'
import { isValidObject } from './interpret.ts'
import { primitives } from './primitives.ts'
import { deepestElement, isBound, isObject, isReferenceText, pointsTo } from './rules.ts'

type ObjectCheck = (object: unknown, depth: number) => boolean

const resources: ReadonlySet<string> = new Set(resourceTypes)
const checks = new Map<string, ObjectCheck>()
let shared: Readonly<Record<string, unknown>> | undefined

/** Whether a resource (of any type) is valid; `depth` counts from the outermost element. */
export function isValidResource(resource: unknown, depth = 0): boolean {
  if (!isObject(resource)) return false
  const type = resource.resourceType
  if (typeof type !== 'string' || !resources.has(type)) return false
  return checkOf(type)(resource, depth)
}

function checkOf(type: string): ObjectCheck {
  const known = checks.get(type)
  if (known) return known
  shared ??= compileShared()
  const made = compile(ownTypes(type), shared)[type] as ObjectCheck
  checks.set(type, made)
  return made
}

function compileShared(): Readonly<Record<string, unknown>> {
  const rules = {
    deepest: deepestElement,
    slow: isValidObject,
    resource: isValidResource,
    isBound,
    isReferenceText,
    pointsTo,
    ...Object.fromEntries(Object.entries(primitives).map(([name, check]) => [`is_${name}`, check])),
  }
  return {
    ...rules,
    ...compile(
      dataTypes((type) => resources.has(type)),
      rules,
    ),
  }
}

/** Runs the text with `scope` as constants; gives the functions by type. */
function compile(
  types: readonly string[],
  scope: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { text, constants } = emit(types)
  const head = `'use strict'\nconst { ${Object.keys(scope).join(', ')} } = scope\n`
  const names = types.map(functionName)
  const make = new Function('scope', 'constants', `${head}${text}\nreturn { ${names.join(', ')} }`)
  return make(scope, constants)
}
