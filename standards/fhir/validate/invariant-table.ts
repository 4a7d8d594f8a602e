/** FHIR R4 §5.1.0.8 ElementDefinition.constraint: which invariants stand at which type, backbone or element. */
import { type InvariantRow, invariantWords, invariants as rows } from '../generated/invariants.js'

export type Invariant = {
  readonly key: string
  readonly severity: Level
  /** FHIRPath. */
  readonly expression: string
  /** Where it stands: a type, a backbone path or the path of an element. */
  readonly path: string
  /** FHIR type or backbone path of the element that it is about. */
  readonly type: string
}

/** What an invariant is where it is broken; a resource is checked at `error`, or at `warning` for both. */
export type Level = 'error' | 'warning'

/** Invariants that no resource can break here, with the reason. */
export const notJudged: Readonly<Record<string, string>> = {
  'cid-0': 'names an element that ChargeItemDefinition does not have, so it is always empty',
  'ctm-1': 'asks what the reference resolves to, which is not known without the store; unresolved, it is met',
}

/** What an invariant asks, in the words of the specification. */
export function wordsOf({ key, path, expression }: Invariant): string {
  return (invariantWords[`${key} ${path}`] ?? invariantWords[key] ?? expression).trim()
}

/** The invariants that stand at a path and are judged, for an element of `type`. */
export function invariantsAt(path: string, type: string): readonly Invariant[] {
  const judged = ([key]: InvariantRow) => notJudged[key] === undefined
  return (rows[path] ?? [])
    .filter(judged)
    .map(([key, severity, expression]) => ({ key, severity, expression, path, type }))
}
