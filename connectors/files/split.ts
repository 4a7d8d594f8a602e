/** What is in a file: one message, one a line, or HL7 v2 messages with or without batch envelopes (HL7 v2.5.1 §2.10.3). */
import { invalid } from '@xinglin/fhir'

export const splits = ['whole', 'lines', 'hl7'] as const
export type Split = (typeof splits)[number]

/** Throws `invalid` for a batch that ends early: nothing of it is taken. Empty lines are no messages. */
export function messagesIn(content: Uint8Array, split: Split): readonly Uint8Array[] {
  switch (split) {
    case 'whole':
      return [content]
    case 'lines':
      return linesOf(content).filter((line) => line.byteLength > 0)
    case 'hl7':
      return hl7Messages(content)
  }
}

const carriageReturn = 0x0d
const lineFeed = 0x0a

function linesOf(content: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  let from = 0
  for (let at = 0; at <= content.byteLength; at++) {
    const isEnd = at === content.byteLength || content[at] === carriageReturn || content[at] === lineFeed
    if (!isEnd) continue
    lines.push(content.subarray(from, at))
    if (content[at] === carriageReturn && content[at + 1] === lineFeed) at += 1
    from = at + 1
  }
  return lines
}

/** Segments end in CR as §2.4 asks, also where the file ends its lines otherwise; the bytes of a segment are kept. */
function hl7Messages(content: Uint8Array): readonly Uint8Array[] {
  const messages: Uint8Array[][] = []
  const envelope = { batches: 0, ended: 0 }
  let counted = 0
  let isInside = false
  for (const line of linesOf(content)) {
    if (line.byteLength === 0) continue
    const name = Buffer.from(line.subarray(0, 3)).toString('latin1')
    if (name === 'MSH') {
      messages.push([line])
      counted += 1
      isInside = true
    } else if (isEnvelope(name)) {
      isInside = false
      if (name === 'BHS') {
        envelope.batches += 1
        counted = 0
      }
      if (name === 'BTS') {
        envelope.ended += 1
        checkCount(line, counted)
      }
    } else if (isInside) messages.at(-1)?.push(line)
    else throw invalid('a segment stands before the first MSH', { code: 'files.no-message' })
  }
  if (envelope.ended < envelope.batches)
    throw invalid('a batch has no trailer: the file ends early', { code: 'files.batch-open' })
  if (messages.length === 0) throw invalid('the file has no message', { code: 'files.no-message' })
  return messages.map((segments) => Buffer.concat(segments.flatMap((segment) => [segment, segmentEnd])))
}

const segmentEnd = Buffer.from([carriageReturn])

function isEnvelope(name: string): boolean {
  return ['FHS', 'BHS', 'BTS', 'FTS'].includes(name)
}

/** BTS-1, where it is said. */
function checkCount(trailer: Uint8Array, counted: number): void {
  const separator = String.fromCharCode(trailer[3] ?? 0)
  const said = Buffer.from(trailer).toString('latin1').split(separator)[1]?.trim() ?? ''
  if (said !== '' && Number(said) !== counted)
    throw invalid('the batch has another number of messages than its trailer says', {
      code: 'files.batch-count',
    })
}
