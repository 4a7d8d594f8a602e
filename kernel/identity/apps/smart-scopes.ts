/**
 * Scopes of apps: SMART App Launch 2.2 §scopes (`patient/Observation.rs?category=laboratory`, version 1's
 * `patient/*.read`), launch contexts and those of OpenID Connect Core 1.0 §5.4.
 */
import { invalid } from '@xinglin/fhir'
import { compileRights, coversRights, isRecordRight, type Rights } from '../rights.ts'

export type ScopeContext = 'patient' | 'user' | 'system'
export type RecordScope = {
  readonly context: ScopeContext
  /** `Observation.rs`, without search arguments. */
  readonly right: string
  /** Resource type, or `*`. */
  readonly type: string
  /** Search arguments that every row must meet, empty where there are none. */
  readonly where: readonly (readonly [name: string, value: string])[]
}

/** Words that are no access to the record. */
export const contextScopes = [
  'openid',
  'profile',
  'fhirUser',
  'launch',
  'launch/patient',
  'launch/encounter',
  'offline_access',
  'online_access',
] as const

const recordScope = /^(patient|user|system)\/([A-Za-z*]+)\.([a-z*]+)(?:\?(.{1,400}))?$/

/** A scope on the record, read; undefined where it is not one. */
export function parseRecordScope(scope: string): RecordScope | undefined {
  const [, context, type, verbs, where] = recordScope.exec(scope) ?? []
  const right = `${type}.${verbs}`
  if (!context || !type || !isRecordRight(right) || right.endsWith('.')) return undefined
  const pairs = [...new URLSearchParams(where ?? '')]
  const isPlain = pairs.every(([name, value]) => /^[a-z][a-z0-9-]*(:[a-z-]+)?$/.test(name) && value !== '')
  // Modifiers, chains and arguments on every type say nothing that could be shown to a person or kept for every row.
  if (!isPlain || (pairs.length > 0 && type === '*') || (where !== undefined && pairs.length === 0))
    return undefined
  return { context: context as ScopeContext, right, type, where: pairs }
}

/** The scopes on the record among some scopes. */
export function recordScopes(scopes: readonly string[]): readonly RecordScope[] {
  return scopes.flatMap((scope) => parseRecordScope(scope) ?? [])
}

/** Whether a word is a scope that an app may be registered with. */
export function isAppScope(scope: string): boolean {
  return (contextScopes as readonly string[]).includes(scope) || parseRecordScope(scope) !== undefined
}

/** Throws `invalid` (`identity.app-scope`, at `scopes`) naming the first scope that is not understood. */
export function refuseUnknownAppScopes(scopes: readonly string[]): void {
  const unknown = scopes.find((scope) => !isAppScope(scope))
  if (unknown === undefined) return
  throw invalid(`the scope ${unknown.slice(0, 80)} is not understood: SMART App Launch 2.2 has the grammar`, {
    code: 'identity.app-scope',
    at: 'scopes',
  })
}

/** Whether an app that is registered with `held` may ask for `asked`. */
export function coversScope(held: readonly string[], asked: string): boolean {
  if (held.includes(asked)) return isAppScope(asked)
  const wanted = parseRecordScope(asked)
  if (!wanted) return false
  const wider = recordScopes(held).filter(
    ({ context, where }) =>
      context === wanted.context && where.every((pair) => wanted.where.some((own) => isSamePair(own, pair))),
  )
  return coversRights(rightsOf(wider), rightsOf([wanted]))
}

/** What scopes on the record allow on types, their rows left aside. */
export function rightsOf(scopes: readonly RecordScope[]): Rights {
  return compileRights(
    scopes.map(({ right }) => right),
    [],
  )
}

/** What the scopes of an app allow on types; which rows, app-rows.ts says. */
export function rightsOfAppScopes(scopes: readonly string[]): Rights {
  return rightsOf(recordScopes(scopes))
}

function isSamePair(one: RecordScope['where'][number], other: RecordScope['where'][number]): boolean {
  return one[0] === other[0] && one[1] === other[1]
}
