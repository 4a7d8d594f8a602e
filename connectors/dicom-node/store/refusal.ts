/** Why an instance is not stored, as PS3.4 table B.2-1 (C-STORE) and PS3.18 §10.5 (STOW-RS failure reasons) number it. */
import { DicomError } from '@xinglin/dicom'
import { statuses } from '@xinglin/dicom/network'
import { OutcomeError } from '@xinglin/fhir'
import { errorCodeOf } from './error-codes.ts'

export type Refusal = {
  readonly status: number
  /** Stands in docs/errors.md. */
  readonly code: string
  /** Shown to the sender and in the journal; no content of the instance. */
  readonly reason: string
  /** What failed, where it is a fault of ours: for the log, not for the sender. */
  readonly fault?: unknown
}

/** Thrown inside the door when an instance is refused; answered at its edges only. */
export class InstanceRefused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal, options?: { cause?: unknown }) {
    super(refusal.reason, options)
    this.name = 'InstanceRefused'
    this.refusal = refusal
  }
}

/** The refusal that stands for whatever went wrong. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof InstanceRefused) return error.refusal
  if (error instanceof DicomError)
    return { status: statuses.cannotUnderstand, code: errorCodeOf(error), reason: error.message }
  if (error instanceof OutcomeError && error.failure === 'tooLarge')
    return { status: statuses.outOfResources, code: 'dicom.too-large', reason: error.message }
  if (error instanceof OutcomeError && error.failure === 'busy')
    return {
      status: statuses.outOfResources,
      code: 'dicom.busy',
      reason: 'the archive is busy; send again later',
    }
  if (isOutOfSpace(error))
    return { status: statuses.outOfResources, code: 'dicom.no-space', reason: 'no room left for objects' }
  return {
    status: statuses.processingFailure,
    code: 'dicom.failed',
    reason: 'the instance could not be stored',
    fault: error,
  }
}

/** Whether any cause is the system's "no space left on device". */
function isOutOfSpace(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')) return true
  return false
}
