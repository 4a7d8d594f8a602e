/**
 * HL7 v2.5.1 §2.7 escape sequences. Formatting commands of §2.7.6 become line breaks and spaces; highlighting
 * (`\H\ \N\`) is dropped; what is unknown stays as it is written, so nothing is lost.
 */
import type { Delimiters } from './delimiters.ts'

/** Turns hexadecimal data (`\Xdd..\`) into text, in the character set of the message. */
export type DecodeBytes = (bytes: Uint8Array) => string | undefined

/** Commands longer than this are no escape sequence but two stray escape characters. */
const longestSequence = 256

/** The text that an escaped text means. */
export function unescapeText(text: string, delimiters: Delimiters, decodeBytes: DecodeBytes): string {
  const mark = delimiters.escape
  if (mark === '' || !text.includes(mark)) return text
  let plain = ''
  let offset = 0
  for (;;) {
    const start = text.indexOf(mark, offset)
    if (start < 0) return plain + text.slice(offset)
    const end = text.indexOf(mark, start + 1)
    const sequence = end < 0 ? undefined : text.slice(start + 1, end)
    const meaning =
      sequence === undefined || sequence.length > longestSequence
        ? undefined
        : meaningOf(sequence, delimiters, decodeBytes)
    plain += text.slice(offset, start)
    if (meaning === undefined || end < 0) {
      // Not a sequence: the character stands for itself, and the next one may open a true sequence.
      plain += mark
      offset = start + 1
    } else {
      plain += meaning
      offset = end + 1
    }
  }
}

/** The text with delimiters, control characters and the escape character itself written as sequences. */
export function escapeText(text: string, delimiters: Delimiters): string {
  const mark = delimiters.escape
  // Without an escape character nothing can be escaped; what would split the field is left out (§2.7.1).
  const sequence = (letter: string) => (mark === '' ? '' : `${mark}${letter}${mark}`)
  const letters = new Map([
    [delimiters.field, 'F'],
    [delimiters.component, 'S'],
    [delimiters.repetition, 'R'],
    [delimiters.subComponent, 'T'],
    [mark, 'E'],
    ['\n', '.br'],
  ])
  let escaped = ''
  for (const character of text) {
    const letter = letters.get(character)
    if (letter !== undefined) escaped += sequence(letter)
    else if (character < ' ') escaped += sequence(`X${hexadecimalOf(character)}`)
    else escaped += character
  }
  return escaped
}

function hexadecimalOf(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()
}

function meaningOf(sequence: string, delimiters: Delimiters, decodeBytes: DecodeBytes): string | undefined {
  switch (sequence) {
    case 'F':
      return delimiters.field
    case 'S':
      return delimiters.component
    case 'T':
      return delimiters.subComponent
    case 'R':
      return delimiters.repetition
    case 'E':
      return delimiters.escape
    case 'H':
    case 'N':
      return ''
    default:
      return formatted(sequence) ?? hexadecimal(sequence, decodeBytes)
  }
}

/** §2.7.6: `.br`, `.sp<n>`, `.ce`, `.sk<n>`, `.in<n>`, `.ti<n>`, `.fi`, `.nf`. */
function formatted(sequence: string): string | undefined {
  const match = /^\.(br|sp|ce|sk|in|ti|fi|nf) ?([+-]?\d{0,3})$/.exec(sequence)
  if (!match) return undefined
  const count = Math.max(1, Number(match[2] || '1'))
  switch (match[1]) {
    case 'br':
    case 'ce':
      return '\n'
    case 'sp':
      return '\n'.repeat(Math.min(count, 20))
    case 'sk':
      return ' '.repeat(Math.min(count, 100))
    default:
      return ''
  }
}

/** §2.7.5 `\Xdd..\`. */
function hexadecimal(sequence: string, decodeBytes: DecodeBytes): string | undefined {
  if (!/^X(?:[0-9A-Fa-f]{2})+$/.test(sequence)) return undefined
  return decodeBytes(Buffer.from(sequence.slice(1), 'hex'))
}
