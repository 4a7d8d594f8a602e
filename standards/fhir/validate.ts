/**
 * FHIR R4 validation by the base definitions: elements, cardinality, choices, primitives, required bindings, references,
 * siblings, invariants. A compiled function says yes or no; only on no does the interpreter explain. Does not judge
 * profiles, which are `./profiles`, or whether a reference resolves.
 */
import type { OperationOutcomeIssue } from 'fhir/r4'
import { isValidResource } from './validate/compile.ts'
import { interpretResource } from './validate/interpret.ts'
import type { Level } from './validate/invariant-table.ts'

export { isValidResource } from './validate/compile.ts'
export { interpretResource } from './validate/interpret.ts'
export type { Level } from './validate/invariant-table.ts'

/**
 * Every issue of a resource, each with issue code, FHIRPath expression and a sentence; none where it is valid. What is
 * only advised against, as dom-6 does a resource without narrative, is said at level `warning` alone.
 */
export function validate(resource: unknown, level: Level = 'error'): readonly OperationOutcomeIssue[] {
  return isValidResource(resource, level) ? [] : interpretResource(resource, '', level)
}
