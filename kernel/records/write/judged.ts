/** What the judge of an institution says of a call's changes: an error refuses all of them, anything else goes with the answer. */
import { type OperationOutcomeIssue, OutcomeError } from '@xinglin/fhir'
import type { Version } from '../records.ts'

type Judged = readonly (readonly OperationOutcomeIssue[])[]

/** Throws `invalid` with every error of every change; gives what is not one. */
export function refuseWrong(judged: Judged): Judged {
  const errors = judged.flat().filter(({ severity }) => severity === 'error' || severity === 'fatal')
  if (errors.length > 0)
    throw new OutcomeError('invalid', { resourceType: 'OperationOutcome', issue: errors })
  return judged
}

/** A version with what was advised against. */
export function warned(version: Version, warnings: readonly OperationOutcomeIssue[] | undefined): Version {
  return warnings && warnings.length > 0 ? { ...version, warnings } : version
}
