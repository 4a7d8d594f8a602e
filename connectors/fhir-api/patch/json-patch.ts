/** JSON Patch (RFC 6902) over JSON Pointers (RFC 6901): a list of operations that all succeed or leave the document as it was. */
import { isDeepStrictEqual } from 'node:util'
import { cloneWithDecimals, invalid, type OutcomeError, unprocessable } from '@xinglin/fhir'

export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }

type Holder = unknown[] | Record<string, unknown>
type Place = { readonly holder: Holder; readonly key: string }

/** A patch names single elements; more operations than this are another resource. */
const mostOperations = 1_000

/** The operations of a body. Throws `invalid` naming the first that is none; `at` is the place of the body in a Bundle. */
export function readPatch(body: unknown, at = ''): readonly PatchOperation[] {
  if (!Array.isArray(body)) throw badPatch('a JSON Patch is a list of operations', at)
  if (body.length > mostOperations) throw badPatch(`a patch has ${mostOperations} operations at most`, at)
  return body.map((written: unknown, index) => operationOf(written, `${at}/${index}`))
}

/** The document after all operations; the one given stays as it is. Throws `unprocessable` where one cannot be done. */
export function applyPatch(document: unknown, operations: readonly PatchOperation[], at = ''): unknown {
  let result: unknown = cloneWithDecimals(document)
  for (const [index, operation] of operations.entries())
    result = applyOne(result, operation, `${at}/${index}`)
  return result
}

function operationOf(written: unknown, at: string): PatchOperation {
  if (typeof written !== 'object' || written === null) throw badPatch('an operation is an object', at)
  const { op, path, from, value } = written as Readonly<Record<string, unknown>>
  if (typeof path !== 'string' || !isPointer(path)) throw badPatch('path must be a JSON Pointer', at)
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      if (!('value' in written)) throw badPatch(`${op} needs a value`, at)
      return { op, path, value }
    case 'remove':
      return { op, path }
    case 'move':
    case 'copy':
      if (typeof from !== 'string' || !isPointer(from)) throw badPatch('from must be a JSON Pointer', at)
      if (op === 'move' && path.startsWith(`${from}/`)) throw badPatch('a value cannot move into itself', at)
      return { op, path, from }
    default:
      throw badPatch('op must be add, remove, replace, move, copy or test', at)
  }
}

function applyOne(document: unknown, operation: PatchOperation, at: string): unknown {
  switch (operation.op) {
    case 'add':
      return add(document, operation.path, { value: structuredClone(operation.value), at })
    case 'remove':
      return remove(document, operation.path, at)
    case 'replace':
      valueAt(document, operation.path, at)
      return operation.path === ''
        ? structuredClone(operation.value)
        : put(document, operation.path, { value: structuredClone(operation.value), at })
    case 'test':
      if (isDeepStrictEqual(valueAt(document, operation.path, at), operation.value)) return document
      throw cannot('the value is not the one that was tested for', at)
    case 'copy':
      return add(document, operation.path, {
        value: structuredClone(valueAt(document, operation.from, at)),
        at,
      })
    case 'move': {
      const value = valueAt(document, operation.from, at)
      return add(remove(document, operation.from, at), operation.path, { value, at })
    }
  }
}

type Given = { readonly value: unknown; readonly at: string }

function add(document: unknown, path: string, { value, at }: Given): unknown {
  if (path === '') return value
  const { holder, key } = placeOf(document, path, at)
  if (Array.isArray(holder)) holder.splice(indexOf(holder, key, { most: holder.length, at }), 0, value)
  else holder[key] = value
  return document
}

function put(document: unknown, path: string, { value, at }: Given): unknown {
  const { holder, key } = placeOf(document, path, at)
  if (Array.isArray(holder)) holder[indexOf(holder, key, { most: holder.length - 1, at })] = value
  else holder[key] = value
  return document
}

function remove(document: unknown, path: string, at: string): unknown {
  valueAt(document, path, at)
  if (path === '') return undefined
  const { holder, key } = placeOf(document, path, at)
  if (Array.isArray(holder)) holder.splice(indexOf(holder, key, { most: holder.length - 1, at }), 1)
  else delete holder[key]
  return document
}

/** The value that a pointer names; it must be there. */
function valueAt(document: unknown, path: string, at: string): unknown {
  if (path === '') return document
  const { holder, key } = placeOf(document, path, at)
  if (Array.isArray(holder)) return holder[indexOf(holder, key, { most: holder.length - 1, at })]
  if (!Object.hasOwn(holder, key)) throw cannot(`there is nothing at ${path}`, at)
  return holder[key]
}

function placeOf(document: unknown, path: string, at: string): Place {
  const keys = path.slice(1).split('/').map(unescaped)
  const key = keys.pop() ?? ''
  let holder = document
  for (const step of keys) holder = Array.isArray(holder) ? holder[arrayIndex(step)] : own(holder, step)
  if (typeof holder !== 'object' || holder === null) throw cannot(`there is nothing to hold ${path}`, at)
  // A key of JavaScript's own would reach beyond the document.
  if (key === '__proto__') throw cannot('no element has this name', at)
  return { holder: holder as Holder, key }
}

function own(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
    ? (holder as Record<string, unknown>)[key]
    : undefined
}

function indexOf(list: readonly unknown[], key: string, { most, at }: { most: number; at: string }): number {
  const index = key === '-' ? list.length : arrayIndex(key)
  if (Number.isInteger(index) && index <= most) return index
  throw cannot(`${key} is no place in a list of ${list.length}`, at)
}

/** RFC 6901 §4: digits without leading zeros. */
function arrayIndex(key: string): number {
  return /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN
}

function isPointer(text: string): boolean {
  return text === '' || (text.startsWith('/') && !/~(?![01])/.test(text))
}

function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~')
}

function badPatch(reason: string, at: string): OutcomeError {
  return invalid(reason, { code: 'fhir-api.bad-patch', at })
}

function cannot(reason: string, at: string): OutcomeError {
  return unprocessable(reason, { code: 'fhir-api.patch-failed', at })
}
