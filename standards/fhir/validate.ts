/**
 * FHIR R4 validation of structure: elements, cardinality, choices, primitives, required bindings, references, siblings.
 * A compiled function says yes or no; only on no does the interpreter explain. Does not judge the invariants of the
 * definitions (ElementDefinition.constraint), profiles, or whether a reference resolves: those are layers above.
 */
import type { OperationOutcomeIssue } from 'fhir/r4'
import { isValidResource } from './validate/compile.ts'
import { interpretResource } from './validate/interpret.ts'

export { isValidResource } from './validate/compile.ts'
export { interpretResource } from './validate/interpret.ts'

/** Every issue of a resource, each with issue code, FHIRPath expression and a sentence; none where it is valid. */
export function validate(resource: unknown): readonly OperationOutcomeIssue[] {
  return isValidResource(resource) ? [] : interpretResource(resource)
}
