/**
 * HL7 v2.5.1 §2.9.2 (original mode) and §2.9.3 (enhanced mode): the answer to a message, with ERR segments of §2.15.5.
 * It is made from what could be read of the header, so a message that cannot be parsed is answered too.
 */
import { type CharacterSet, characterSet, defaultCharacterSet, encodeText } from './charset.ts'
import { hl7DateTime } from './dates.ts'
import { type Delimiters, delimitersOf, standardDelimiters } from './delimiters.ts'
import { type ErrorCondition, type ErrorLocation, errorConditions, Hl7Error } from './failure.ts'
import type { RawHeader } from './header.ts'
import { type FieldValue, writeMessage, writeSegment } from './write.ts'

/** Table 0008: application accept, error, reject; commit accept, error, reject. */
export type AcknowledgementCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR'

export type AnswerError = {
  readonly condition: ErrorCondition
  /** Our own code, ERR-5. */
  readonly code?: string
  readonly location?: ErrorLocation
  /** ERR-4, table 0516; E where absent. */
  readonly severity?: 'E' | 'W'
  /** For people, ERR-8; names fields, never content. */
  readonly text: string
}

export type Acknowledgement = {
  readonly code: AcknowledgementCode
  readonly errors: readonly AnswerError[]
  /** Control id of the answer itself. */
  readonly controlId: string
  /** When it is answered: a FHIR instant. */
  readonly at: string
  /** MSH-9 of an answer that says more than ACK. */
  readonly type?: readonly string[]
  /** What follows MSA and ERR, written in the delimiters of the message. */
  readonly segments?: readonly string[]
}

export type AnswerText = { readonly text: string; readonly set: CharacterSet }

/** Table 0155: when an acknowledgement is wanted. */
type Condition = 'always' | 'never' | 'error' | 'success'
/** Original mode gives one application answer; enhanced mode gives those that MSH-15 and MSH-16 ask for. */
export type AnswerMode =
  | { readonly kind: 'original' }
  | { readonly kind: 'enhanced'; readonly accept: Condition; readonly application: Condition }

/** The mode that a header asks for. */
export function answerMode(header: RawHeader): AnswerMode {
  const accept = header.fields[15] ?? ''
  const application = header.fields[16] ?? ''
  if (accept === '' && application === '') return { kind: 'original' }
  return { kind: 'enhanced', accept: conditionOf(accept), application: conditionOf(application) }
}

/** The codes to answer with, in order; empty where the sender wants none. `failure` is E (error) or R (reject). */
export function answerCodes(
  mode: AnswerMode,
  failure: 'E' | 'R' | undefined,
): readonly AcknowledgementCode[] {
  const letter = failure ?? 'A'
  if (mode.kind === 'original') return [`A${letter}`]
  const isWanted = (condition: Condition) =>
    condition === 'always' || condition === (failure === undefined ? 'success' : 'error')
  return [
    ...(isWanted(mode.accept) ? [`C${letter}` as const] : []),
    ...(isWanted(mode.application) ? [`A${letter}` as const] : []),
  ]
}

/** The bytes of an answer: in the set of the message, or in UTF-8 where its header holds what the set does not have. */
export function encodeAnswer(answer: AnswerText): Uint8Array {
  try {
    return encodeText(answer.text, answer.set)
  } catch (cause) {
    if (cause instanceof Hl7Error) return encodeText(answer.text, defaultCharacterSet)
    throw cause
  }
}

/** The answer as text, in the delimiters and the character set of the message where those could be read. */
export function acknowledge(header: RawHeader, answer: Acknowledgement): AnswerText {
  const delimiters = readableDelimiters(header)
  const set = characterSet(firstOf(header.fields[18], delimiters)) ?? defaultCharacterSet
  const written = (number: number) => header.fields[number] ?? ''
  const came = (number: number): FieldValue => ({ written: written(number) })
  const msh = writeSegment(
    'MSH',
    {
      2: '',
      3: came(5),
      4: came(6),
      5: came(3),
      6: came(4),
      7: hl7DateTime(answer.at),
      9: { components: answer.type ?? answerType(written(9), written(12), delimiters) },
      10: answer.controlId,
      11: written(11) === '' ? 'P' : came(11),
      12: written(12) === '' ? '2.5.1' : came(12),
      18: came(18),
    },
    delimiters,
  )
  const msa = writeSegment('MSA', { 1: answer.code, 2: came(10) }, delimiters)
  const errors = answer.errors.map((error) => writeError(error, written(12), delimiters))
  return { text: writeMessage([msh, msa, ...errors, ...(answer.segments ?? [])]), set }
}

function conditionOf(text: string): Condition {
  const code = text.trim().toUpperCase()
  if (code === 'AL') return 'always'
  if (code === 'ER') return 'error'
  if (code === 'SU') return 'success'
  return 'never'
}

/** ACK^<trigger>^ACK; the third component came with v2.3.1. */
function answerType(messageType: string, version: string, delimiters: Delimiters): readonly string[] {
  const trigger = messageType.split(delimiters.component)[1] ?? ''
  if (trigger === '') return ['ACK']
  return isBefore(version, '2.3.1') ? ['ACK', trigger] : ['ACK', trigger, 'ACK']
}

/** §2.15.5: ERR-2 to ERR-8 since v2.5; before, ERR-1 (ELD) alone. */
function writeError(error: AnswerError, version: string, delimiters: Delimiters): string {
  const condition = errorConditions[error.condition]
  const { location } = error
  const coded = [condition.code, condition.text, 'HL70357']
  if (isBefore(version, '2.5')) {
    const place = location
      ? [
          location.segment,
          String(location.occurrence ?? 1),
          location.field === undefined ? '' : String(location.field),
        ]
      : ['', '', '']
    return writeSegment('ERR', { 1: { components: [...place, coded] } }, delimiters)
  }
  return writeSegment(
    'ERR',
    {
      2: location ? { components: errorLocation(location) } : '',
      3: { components: coded },
      4: error.severity ?? 'E',
      5: error.code === undefined ? '' : { components: [error.code, '', 'L'] },
      8: error.text,
    },
    delimiters,
  )
}

/** ERL: segment ^ sequence ^ field ^ repetition ^ component ^ sub-component. */
function errorLocation(location: ErrorLocation): readonly string[] {
  const { segment, occurrence = 1, field, repetition = 1, component, subComponent } = location
  const number = (value: number | undefined) => (value === undefined ? '' : String(value))
  return [
    segment,
    String(occurrence),
    number(field),
    field === undefined ? '' : String(repetition),
    number(component),
    number(subComponent),
  ]
}

function readableDelimiters(header: RawHeader): Delimiters {
  try {
    return delimitersOf(`MSH${header.fieldSeparator}${header.fields[2] ?? ''}${header.fieldSeparator}`)
  } catch (cause) {
    // A header that declares no delimiters is answered in the standard's own.
    if (cause instanceof Hl7Error) return standardDelimiters
    throw cause
  }
}

function firstOf(field: string | undefined, delimiters: Delimiters): string {
  const repetition = delimiters.repetition === '' ? field : field?.split(delimiters.repetition, 1)[0]
  return repetition?.split(delimiters.component, 1)[0] ?? ''
}

function isBefore(version: string, than: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number)
  const [left, right] = [numbers(version), numbers(than)]
  if (left.length === 0) return false
  for (let index = 0; index < right.length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
