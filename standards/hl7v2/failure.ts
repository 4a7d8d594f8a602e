/** HL7 v2.5.1 §2.15.5 ERR and table 0357: the one failure of this library, ready to be answered. */

/** HL7 table 0357, message error condition codes. */
export const errorConditions = {
  accepted: { code: '0', text: 'Message accepted' },
  segmentSequence: { code: '100', text: 'Segment sequence error' },
  requiredFieldMissing: { code: '101', text: 'Required field missing' },
  dataType: { code: '102', text: 'Data type error' },
  tableValueNotFound: { code: '103', text: 'Table value not found' },
  unsupportedMessageType: { code: '200', text: 'Unsupported message type' },
  unsupportedEventCode: { code: '201', text: 'Unsupported event code' },
  unsupportedProcessingId: { code: '202', text: 'Unsupported processing id' },
  unsupportedVersionId: { code: '203', text: 'Unsupported version id' },
  unknownKeyIdentifier: { code: '204', text: 'Unknown key identifier' },
  duplicateKeyIdentifier: { code: '205', text: 'Duplicate key identifier' },
  recordLocked: { code: '206', text: 'Application record locked' },
  internal: { code: '207', text: 'Application internal error' },
} as const
export type ErrorCondition = keyof typeof errorConditions

/** Where it is, as ERR-2 (ERL): all numbers count from 1. */
export type ErrorLocation = {
  readonly segment: string
  /** Which of the segments of that name. */
  readonly occurrence?: number
  readonly field?: number
  readonly repetition?: number
  readonly component?: number
  readonly subComponent?: number
}

/** A message that cannot be read or answered as asked. The text names fields, never content. */
export class Hl7Error extends Error {
  readonly condition: ErrorCondition
  readonly location: ErrorLocation | undefined

  constructor(
    condition: ErrorCondition,
    message: string,
    options: { readonly location?: ErrorLocation; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Hl7Error'
    this.condition = condition
    this.location = options.location
  }
}

/** `PID-3[2].4` for a location; the occurrence is written where it is not the first: `OBX[2]-5`. */
export function locationText(location: ErrorLocation): string {
  const { segment, occurrence = 1, field, repetition = 1, component, subComponent } = location
  const name = occurrence === 1 ? segment : `${segment}[${occurrence}]`
  if (field === undefined) return name
  const repeated = repetition === 1 ? '' : `[${repetition}]`
  const parts =
    component === undefined ? [] : subComponent === undefined ? [component] : [component, subComponent]
  return [`${name}-${field}${repeated}`, ...parts].join('.')
}
