/** What a failure means for the sender: AE (correct the message) or AR (do not send this here, or try later), with table 0357. */
import { OutcomeError } from '@xinglin/fhir'
import {
  type ErrorCondition,
  type ErrorLocation,
  errorConditions,
  Hl7Error,
  locationText,
  parsePath,
} from '@xinglin/hl7v2'

export type Refusal = {
  /** E: the message is wrong. R: it is rejected whole, or the platform cannot take it now. */
  readonly kind: 'E' | 'R'
  readonly condition: ErrorCondition
  /** Code of docs/errors.md. */
  readonly code: string
  readonly reason: string
  /** `PID-3`, a segment name, or absent. */
  readonly at?: string
  /** What else is wrong with the message, told with it. */
  readonly more?: readonly Refusal[]
}

/** Our codes → table 0357; what is not here is wrong content (102). */
const conditions: Readonly<Record<string, readonly [Refusal['kind'], ErrorCondition]>> = {
  'hl7.required-field': ['E', 'requiredFieldMissing'],
  'hl7.data-type': ['E', 'dataType'],
  'hl7.unknown-code': ['E', 'tableValueNotFound'],
  'hl7.segment-sequence': ['E', 'segmentSequence'],
  'hl7.query-parameter': ['E', 'dataType'],
  'hl7.query-too-wide': ['E', 'requiredFieldMissing'],
  'hl7.query-unknown-number': ['E', 'unknownKeyIdentifier'],
  'hl7.query-not-allowed': ['R', 'internal'],
  'hl7.not-conformant': ['E', 'dataType'],
  'hl7.patient-ambiguous': ['E', 'duplicateKeyIdentifier'],
  'hl7.unsupported-type': ['R', 'unsupportedMessageType'],
  'hl7.unsupported-event': ['R', 'unsupportedEventCode'],
  'hl7.unsupported-version': ['R', 'unsupportedVersionId'],
  'hl7.frame-oversize': ['R', 'internal'],
  'hl7.frame-broken': ['R', 'segmentSequence'],
  'hl7.no-frame': ['R', 'segmentSequence'],
}

/** The record refused it without a code of its own. */
const unnamed = { code: 'hl7.refused' } as const

/** Segment that an element of the record comes from, where the record itself refuses it. */
const segmentOfType: Readonly<Record<string, string>> = {
  Patient: 'PID',
  Encounter: 'PV1',
  Location: 'PV1-3',
  AllergyIntolerance: 'AL1',
  Condition: 'DG1',
  ServiceRequest: 'OBR',
  DiagnosticReport: 'OBR',
  Observation: 'OBX',
  Appointment: 'SCH',
  DocumentReference: 'TXA',
  Immunization: 'RXA',
  MedicationRequest: 'RXE',
  MedicationDispense: 'RXD',
  MedicationAdministration: 'RXA',
}

/** The refusal that a failure is; undefined for what is no fault of the message: then it is not settled and may come again. */
export function refusalOf(cause: unknown): Refusal | undefined {
  if (cause instanceof Hl7Error) return parserRefusal(cause)
  if (!(cause instanceof OutcomeError) || cause.failure === 'fault' || cause.failure === 'busy')
    return undefined
  const issue = cause.outcome.issue[0]
  const code = issue?.details?.coding?.[0]?.code ?? unnamed.code
  const [kind, condition] = conditions[code] ?? (['E', 'dataType'] as const)
  const at = issue?.expression?.[0]
  const place =
    at && /^[A-Z][A-Z0-9]{2}(?:$|[-[])/.test(at) ? at : segmentOfType[at?.split(/[.[]/, 1)[0] ?? '']
  return {
    kind,
    condition,
    code,
    reason: issue?.diagnostics ?? cause.message,
    ...(place ? { at: place } : {}),
  }
}

/** Where it is, for ERR-2; undefined where the refusal names no field. */
export function locationOf(at: string | undefined): ErrorLocation | undefined {
  if (at === undefined) return undefined
  if (/^[A-Z][A-Z0-9]{2}$/.test(at)) return { segment: at }
  const { segment, occurrence, field, repetition, component, subComponent } = parsePath(at)
  const isWritten = at.slice(at.indexOf('-')).includes('.')
  return {
    segment,
    occurrence,
    field,
    repetition,
    ...(isWritten ? { component } : {}),
    ...(isWritten && subComponent > 1 ? { subComponent } : {}),
  }
}

/** A refusal as it was stored, to answer a resent message as before. */
export function storedRefusal(stored: { code?: string; reason?: string; at?: string }): Refusal {
  const code = stored.code ?? unnamed.code
  const [kind, condition] = conditions[code] ?? (['E', 'dataType'] as const)
  return {
    kind,
    condition,
    code,
    reason: stored.reason ?? errorConditions[condition].text,
    ...(stored.at ? { at: stored.at } : {}),
  }
}

function parserRefusal(error: Hl7Error): Refusal {
  return {
    kind: 'E',
    condition: error.condition,
    ...parserCode(error),
    reason: error.message,
    ...(error.location ? { at: locationText(error.location) } : {}),
  }
}

function parserCode({ condition, location }: Hl7Error): { readonly code: string } {
  if (location?.segment === 'MSH' && location.field === 18) return { code: 'hl7.charset' }
  if (condition === 'segmentSequence') return { code: 'hl7.segment-sequence' }
  return { code: 'hl7.data-type' }
}
