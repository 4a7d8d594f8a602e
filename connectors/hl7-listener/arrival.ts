/** A frame as it came: what the journal keeps of it, what it answers to, and what it is if it can be read. */
import { createHash } from 'node:crypto'
import type { TenantId } from '@xinglin/events'
import {
  type CharacterSet,
  type ConformanceProfile,
  decodeMessage,
  parseMessage,
  part,
  type RawHeader,
  salvageHeader,
  type Violation,
  violations,
} from '@xinglin/hl7v2'
import type { Arrival } from '@xinglin/traffic'
import { type MapMessage, mapOf, readingOf } from './map-message.ts'
import { type OrderAnswer, orderAnswer } from './order-answer.ts'
import type { Query } from './queries/answer-query.ts'
import type { House } from './reading.ts'
import { type Refusal, refusalOf } from './refusal.ts'

/** Either a message with its map, or why it is refused before anything is looked up. */
export type Read =
  /** `warnings`: what the profile of its sender says against it, and bears. */
  | {
      readonly kind: 'readable'
      readonly map: MapMessage
      readonly warnings?: readonly Refusal[]
      readonly reply?: OrderAnswer | undefined
    }
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

export type Frame = {
  readonly header: RawHeader
  readonly arrival: Arrival
  readonly read: Read
  /** MSH-7 as a FHIR dateTime source, for Provenance. */
  readonly writtenAt: string
}

export type ReadingOptions = {
  readonly tenant: TenantId
  readonly house: House
  readonly fallback?: CharacterSet
}

/** Reads a frame as far as it can be read; never throws for what is in it. */
export function readFrame(content: Uint8Array, options: ReadingOptions): Frame {
  const header = salvageHeader(content)
  return frameOf(content, header, { options, read: readContent(content, options) })
}

/** A frame that is refused for how it came, whatever is in it. */
export function refusedFrame(content: Uint8Array, refusal: Refusal, options: ReadingOptions): Frame {
  return frameOf(content, salvageHeader(content), { options, read: { kind: 'refused', refusal } })
}

function frameOf(
  content: Uint8Array,
  header: RawHeader,
  { options, read }: { options: ReadingOptions; read: Read },
): Frame {
  const component = header.fields[2]?.charAt(0) || '^'
  return {
    header,
    read,
    writtenAt: journalText(header.fields[7] ?? '').split(component, 1)[0] ?? '',
    arrival: { tenant: options.tenant, door: 'hl7v2', ...described(content, header) },
  }
}

/** What the journal says of a message: sender, type, control id and what makes a resent one the same. */
export function described(content: Uint8Array, header: RawHeader) {
  const component = header.fields[2]?.charAt(0) || '^'
  const field = (number: number) => journalText(header.fields[number] ?? '')
  const name = (number: number) => field(number).split(component, 1)[0] ?? ''
  return {
    sender: header.fields.length === 0 ? 'unknown' : `${name(3)}|${name(4)}`,
    subject: field(9).split(component).slice(0, 2).join('^') || 'unknown',
    controlId: field(10),
    raw: content,
    charset: name(18) || 'UNICODE UTF-8',
    digest: digestOf(content, header),
  }
}

function readContent(content: Uint8Array, { house, fallback }: ReadingOptions): Read {
  try {
    const { text, set } = decodeMessage(content, fallback)
    const message = parseMessage(text, { set })
    const profile = house.profiles.of(message)
    const isQuery = part(message.segments[0]?.field(9)[0]).toUpperCase() === 'QBP'
    const map = isQuery ? undefined : mapOf(message, house)
    const found = profile ? refusalsOf(violations(message, profile), profile) : []
    const [first, ...more] = found
    if (first && profile?.mode !== 'warn') return { kind: 'refused', refusal: { ...first, more } }
    const reply = profile?.isOrderAnswered ? orderAnswer(message) : undefined
    if (map) return { kind: 'readable', map, reply, ...(first ? { warnings: found } : {}) }
    return {
      kind: 'query',
      query: { message, reading: readingOf(message, house), actor: profile?.queriesAs },
    }
  } catch (cause) {
    const refusal = refusalOf(cause)
    if (!refusal) throw cause
    return { kind: 'refused', refusal }
  }
}

function refusalsOf(found: readonly Violation[], { id, version }: ConformanceProfile): readonly Refusal[] {
  return found.map(({ condition, at, text }) => ({
    ...{ kind: 'E', condition, code: 'hl7.not-conformant', at },
    reason: `${text} (profile ${id} ${version})`,
  }))
}

/** Text that PostgreSQL can keep and a list can show: no NUL, no lone surrogates, no line of a thousand characters. */
function journalText(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 200)
    .toWellFormed()
    .trim()
}

/** Senders write MSH-7 anew when they resend; all else is the message (docs/decisions/0007). */
function digestOf(content: Uint8Array, header: RawHeader): Uint8Array {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const written = header.fields[7] ?? ''
  const digest = createHash('sha256')
  const lineEnd = bytes.indexOf(0x0d)
  const at = written === '' ? -1 : bytes.indexOf(`${header.fieldSeparator}${written}${header.fieldSeparator}`)
  if (at < 0 || (lineEnd >= 0 && at > lineEnd)) return digest.update(bytes).digest()
  return digest
    .update(bytes.subarray(0, at + 1))
    .update(bytes.subarray(at + 1 + Buffer.byteLength(written)))
    .digest()
}
