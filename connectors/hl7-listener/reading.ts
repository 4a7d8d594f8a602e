/** One message on its way into the record: its text, who sent it, and how a field is refused. */
import { invalid } from '@xinglin/fhir'
import {
  type ConformanceProfile,
  isDeletion,
  type LocalOffset,
  locationText,
  type Message,
  part,
  type Repetition,
  type Segment,
} from '@xinglin/hl7v2'
import type { Profiles } from './profiles/profiles.ts'

export type Reading = {
  readonly message: Message
  /** MSH-3.1 and MSH-4.1; the facility is the authority of numbers that name none. */
  readonly application: string
  readonly facility: string
  /** Offset of the hospital for times that have none. */
  readonly offset: LocalOffset
  /** What the sender's own codes are called by standards (conformance profile). */
  readonly codes: ConformanceProfile['codes']
}

/** What this house knows beside a message: its zone, and the profiles of its senders. */
export type House = { readonly offset: LocalOffset; readonly profiles: Profiles }

/** A place in the message that a value was read from, for the refusal that names it. */
export type Place = {
  readonly segment: Segment
  readonly field: number
  readonly repetition?: number
  readonly component?: number
}

/** `OBX[2]-5` of a place. */
export function placeText({ segment, ...place }: Place): string {
  return locationText({ segment: segment.name, occurrence: segment.occurrence, ...place })
}

/** Refuses a required field that is empty. */
export function missing(place: Place) {
  return invalid(`${placeText(place)} is empty and required`, {
    code: 'hl7.required-field',
    at: placeText(place),
  })
}

/** Refuses a field that is not of its data type. */
export function malformed(place: Place, dataType: string) {
  return invalid(`${placeText(place)} is not a ${dataType}`, { code: 'hl7.data-type', at: placeText(place) })
}

/** Refuses a code that its table does not have. */
export function unknownCode(place: Place, table: string) {
  return invalid(`${placeText(place)} is not a code of table ${table}`, {
    code: 'hl7.unknown-code',
    at: placeText(place),
  })
}

/** First sub-component of a component of the first repetition; empty where absent or to be deleted. */
export function text(segment: Segment | undefined, field: number, component = 1): string {
  const value = part(segment?.field(field)[0], component)
  return isDeletion(value) ? '' : value
}

/** Repetitions of a field that hold something. */
export function repetitions(segment: Segment | undefined, field: number): readonly Repetition[] {
  return (segment?.field(field) ?? []).filter((repetition) =>
    repetition.some((component) => component.some((value) => value !== '' && !isDeletion(value))),
  )
}

/** Whether the sender asks to delete a field. */
export function isDeleted(segment: Segment, field: number): boolean {
  return isDeletion(part(segment.field(field)[0]))
}
