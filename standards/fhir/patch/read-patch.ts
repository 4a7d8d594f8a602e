/** R4 fhirpatch.html §3.1.5: the operations that a Parameters resource asks for, each well-formed before one is done. */
import { invalid, type OutcomeError } from '../outcome.ts'
import type { Part } from './given-value.ts'

export type PatchOperation =
  | {
      readonly kind: 'add'
      readonly path: string
      readonly name: string
      readonly value: Part
      readonly at: string
    }
  | {
      readonly kind: 'insert'
      readonly path: string
      readonly index: number
      readonly value: Part
      readonly at: string
    }
  | {
      readonly kind: 'replace'
      readonly path: string
      readonly value: Part
      readonly at: string
    }
  | { readonly kind: 'delete'; readonly path: string; readonly at: string }
  | {
      readonly kind: 'move'
      readonly path: string
      readonly source: number
      readonly destination: number
      readonly at: string
    }

/** The difference of two long code systems has thousands; more than this is another resource. */
const mostOperations = 10_000

type Json = { readonly [name: string]: unknown }

/** The operations in their order. Throws `invalid` (`fhir.bad-patch`) with the place of the first that is none; `at` is the FHIRPath of the body. */
export function readPatch(body: unknown, at = 'Parameters'): readonly PatchOperation[] {
  if (!isObject(body) || body.resourceType !== 'Parameters')
    throw bad('a FHIRPath Patch is a Parameters resource', at)
  const { parameter } = body
  if (parameter === undefined) return []
  if (!Array.isArray(parameter)) throw bad('parameter is a list of operations', `${at}.parameter`)
  if (parameter.length > mostOperations)
    throw bad(`a patch has ${mostOperations} operations at most`, `${at}.parameter`)
  return parameter.map((each: unknown, index) => operationOf(each, `${at}.parameter[${index}]`))
}

const partNames = {
  add: ['path', 'name', 'value'],
  insert: ['path', 'index', 'value'],
  replace: ['path', 'value'],
  delete: ['path'],
  move: ['path', 'source', 'destination'],
} as const

type Kind = keyof typeof partNames

function operationOf(written: unknown, at: string): PatchOperation {
  if (!isObject(written) || written.name !== 'operation')
    throw bad('each parameter of a patch is named operation', `${at}.name`)
  const parts = partsOf(written.part, at)
  const kind = kindOf(parts, at)
  const names: readonly string[] = ['type', ...partNames[kind]]
  for (const name of parts.keys())
    if (!names.includes(name)) throw bad(`${kind} has the parts ${names.join(', ')}, and no other`, at)
  const path = text(parts, 'path', at)
  switch (kind) {
    case 'add':
      return { kind, path, name: text(parts, 'name', at), value: value(parts, at), at }
    case 'insert':
      return { kind, path, index: position(parts, 'index', at), value: value(parts, at), at }
    case 'replace':
      return { kind, path, value: value(parts, at), at }
    case 'delete':
      return { kind, path, at }
    case 'move':
      return {
        kind,
        path,
        source: position(parts, 'source', at),
        destination: position(parts, 'destination', at),
        at,
      }
  }
}

type Parts = ReadonlyMap<string, Json>

function partsOf(written: unknown, at: string): Parts {
  const parts = new Map<string, Json>()
  for (const part of Array.isArray(written) ? (written as readonly unknown[]) : []) {
    if (!isObject(part) || typeof part.name !== 'string') throw bad('each part has a name', `${at}.part`)
    if (parts.has(part.name)) throw bad('a part stands twice', `${at}.part`)
    parts.set(part.name, part)
  }
  return parts
}

function kindOf(parts: Parts, at: string): Kind {
  const part = parts.get('type')
  const kind = part?.valueCode ?? part?.valueString
  const known = (Object.keys(partNames) as Kind[]).find((each) => each === kind)
  if (known) return known
  throw bad('type must be add, insert, delete, replace or move, as valueCode', at)
}

function text(parts: Parts, name: 'path' | 'name', at: string): string {
  const written = parts.get(name)?.valueString
  if (typeof written === 'string' && written !== '') return written
  throw bad(`the operation needs ${name} as valueString`, at)
}

function position(parts: Parts, name: 'index' | 'source' | 'destination', at: string): number {
  const written = parts.get(name)?.valueInteger
  if (typeof written === 'number' && Number.isInteger(written) && written >= 0) return written
  throw bad(`the operation needs ${name} as valueInteger from 0`, at)
}

function value(parts: Parts, at: string): Part {
  const part = parts.get('value')
  const keys = Object.keys(part ?? {}).filter((key) => key !== 'name')
  if (part && keys.length > 0) return part
  throw bad('the operation needs a value: value[x], resource or part', at)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(reason: string, at: string): OutcomeError {
  return invalid(reason, { code: 'fhir.bad-patch', at })
}
