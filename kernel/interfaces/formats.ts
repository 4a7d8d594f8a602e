/** The usual formats of messages. */
import { invalid } from '@xinglin/fhir'
import {
  decodeMessage,
  encodeText,
  type Message as Hl7Message,
  parseMessage,
  printMessage,
} from '@xinglin/hl7v2'
import type { Format } from './interfaces.ts'

/** HL7 v2 in the character set that MSH-18 names, both ways. */
export const hl7v2Format: Format<Hl7Message> = {
  contentType: 'x-application/hl7-v2+er7',
  read(content) {
    const { text, set } = decodeMessage(content)
    return parseMessage(text, { set })
  },
  write: (message) => encodeText(printMessage(message), message.set),
}

/** Any JSON (RFC 8259). */
export const jsonFormat: Format<unknown> = {
  contentType: 'application/json',
  read(content) {
    try {
      return JSON.parse(utf8Of(content))
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause
      throw invalid('the message is no JSON', { code: 'interfaces.no-json' })
    }
  },
  write: (parsed) => Buffer.from(JSON.stringify(parsed)),
}

/** Text in UTF-8. */
export const textFormat: Format<string> = {
  contentType: 'text/plain;charset=utf-8',
  read: utf8Of,
  write: (parsed) => Buffer.from(parsed),
}

/** Bytes that nobody looks into. */
export const bytesFormat: Format<Uint8Array> = {
  contentType: 'application/octet-stream',
  read: (content) => content,
  write: (parsed) => parsed,
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

function utf8Of(content: Uint8Array): string {
  try {
    return strictUtf8.decode(content)
  } catch {
    throw invalid('the message is not UTF-8', { code: 'interfaces.no-utf8' })
  }
}
