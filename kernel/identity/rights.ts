/**
 * Rights on the record in the words of SMART App Launch 2.2 §scopes: `Observation.rs`, `*.cruds`, and version 1's
 * `Observation.read`, `*.*`; and on everything else as permission ids with `*` at the end (`integration.*`).
 */
import type { ResourceType } from '@xinglin/fhir'
import type { Interaction } from './identity.ts'

/** Bits of SMART v2's `cruds`: create, read, update, delete, search. */
const bits = { c: 1, r: 2, u: 4, d: 8, s: 16 } as const
const letters = 'cruds'
const everything = 31
const wordsOfVersion1: Readonly<Record<string, number>> = {
  read: bits.r | bits.s,
  write: bits.c | bits.u | bits.d,
  '*': everything,
}

export type Rights = {
  /** What is allowed on every type. */
  readonly everyType: number
  readonly types: ReadonlyMap<string, number>
  readonly permissions: readonly string[]
}

const recordRight = /^(\*|[A-Z][A-Za-z]{1,63})\.(\*|read|write|c?r?u?d?s?)$/

/** The bits of one record right; undefined where it is not one. */
function parseRecordRight(text: string): { readonly type: string; readonly allowed: number } | undefined {
  const [, type, verbs] = recordRight.exec(text) ?? []
  if (!type || !verbs) return undefined
  const allowed = wordsOfVersion1[verbs] ?? [...verbs].reduce((sum, verb) => sum | bitOf(verb), 0)
  return { type, allowed }
}

function bitOf(verb: string): number {
  const at = letters.indexOf(verb)
  return at < 0 ? 0 : 1 << at
}

/** Whether a text is a right on the record, such as `Observation.rs`. */
export function isRecordRight(text: string): boolean {
  return parseRecordRight(text) !== undefined
}

/** Whether a text is a permission id or a prefix with `.*`, or `*` alone. */
export function isPermissionRight(text: string): boolean {
  return text === '*' || /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*(\.\*)?$/.test(text)
}

/** One look-up table from lists of rights; what is not a right gives nothing. */
export function compileRights(records: readonly string[], permissions: readonly string[]): Rights {
  const types = new Map<string, number>()
  for (const right of records.map(parseRecordRight)) {
    if (right) types.set(right.type, (types.get(right.type) ?? 0) | right.allowed)
  }
  const everyType = types.get('*') ?? 0
  types.delete('*')
  return { everyType, types, permissions: [...new Set(permissions)] }
}

/** The rights of several roles together. */
export function joinRights(all: readonly Rights[]): Rights {
  const types = new Map<string, number>()
  for (const rights of all) {
    for (const [type, allowed] of rights.types) types.set(type, (types.get(type) ?? 0) | allowed)
  }
  return {
    everyType: all.reduce((sum, rights) => sum | rights.everyType, 0),
    types,
    permissions: [...new Set(all.flatMap((rights) => rights.permissions))],
  }
}

/** SMART v2 §scopes: reading covers vread and an instance's history; searching covers the history of a type or the system. */
function bitFor(interaction: Interaction, isInstance: boolean): number {
  switch (interaction) {
    case 'create':
      return bits.c
    case 'read':
      return bits.r
    case 'update':
    case 'act':
      return bits.u
    case 'delete':
      return bits.d
    case 'search':
      return bits.s
    case 'history':
      return isInstance ? bits.r : bits.s
  }
}

/** Whether `rights` allow an interaction; for type `*` they must allow it on every type. */
export function allowsRecord(
  rights: Rights,
  request: { readonly interaction: Interaction; readonly type: ResourceType | '*'; readonly id?: string },
): boolean {
  const needed = bitFor(request.interaction, request.id !== undefined)
  if ((rights.everyType & needed) !== 0) return true
  return request.type !== '*' && ((rights.types.get(request.type) ?? 0) & needed) !== 0
}

/** Whether `rights` hold a permission, by its id or by a prefix with `*`. */
export function allowsPermission(rights: Rights, permission: string): boolean {
  return rights.permissions.some((held) => coversPermission(held, permission))
}

function coversPermission(held: string, permission: string): boolean {
  if (held === '*' || held === permission) return true
  return held.endsWith('.*') && permission.startsWith(held.slice(0, -1))
}

/** Whether `wider` allow everything that `narrower` allow. */
export function coversRights(wider: Rights, narrower: Rights): boolean {
  const covers = (type: string, asked: number) =>
    (asked & ~((wider.types.get(type) ?? 0) | wider.everyType)) === 0
  return (
    (narrower.everyType & ~wider.everyType) === 0 &&
    [...narrower.types].every(([type, asked]) => covers(type, asked)) &&
    narrower.permissions.every((asked) => wider.permissions.some((held) => coversPermission(held, asked)))
  )
}
