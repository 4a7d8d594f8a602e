/** One journal entry as a person reads it: decoded text, what it made, the refused field in its place. */
import { parseReference } from '@xinglin/fhir'
import type { Message } from '@xinglin/traffic'
import type { MadeVersion, MessageAnswer, MessageRow } from '../contract.ts'
import { markedField } from './marked-field.ts'
import { readableRaw } from './readable-raw.ts'

/** A line of the list. */
export function messageRow(message: Message): MessageRow {
  const {
    id,
    door,
    sender,
    subject,
    controlId,
    receivedAt,
    outcome,
    latencyMs,
    sizeBytes,
    times,
    made,
    code,
    at,
  } = message
  return {
    ...{ id, door, sender, subject, controlId, receivedAt, outcome, sizeBytes, times, made: made.length },
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(code === undefined ? {} : { code }),
    ...(at === undefined ? {} : { at }),
  }
}

/** One message in full. */
export function messageAnswer(message: Message, bytes: Uint8Array): MessageAnswer {
  const raw = readableRaw(message, bytes)
  const { settledAt, reason, charset, provenance, at, door, outcome } = message
  const marked = raw.kind === 'text' && door === 'hl7v2' && at ? markedField(raw.content, at) : undefined
  return {
    ...messageRow(message),
    ...(settledAt ? { settledAt } : {}),
    ...(reason ? { reason } : {}),
    ...(charset ? { charset } : {}),
    ...(provenance ? { provenance } : {}),
    versions: message.made.flatMap(versionOf),
    raw,
    ...(marked ? { marked } : {}),
    canResend: door === 'hl7v2' && outcome !== 'accepted',
  }
}

/** The same for who sees names or numbers masked: without the raw text, and without a reason that may quote it. */
export function withoutRaw({ reason: _, marked: __, ...message }: MessageAnswer): MessageAnswer {
  return { ...message, raw: { kind: 'masked', content: '', isCut: false } }
}

function versionOf(reference: string): readonly MadeVersion[] {
  const parts = parseReference(reference)
  if (!parts) return []
  return [{ type: parts.type, id: parts.id, version: Number(parts.version ?? 1), reference }]
}
