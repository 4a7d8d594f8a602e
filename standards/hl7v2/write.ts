/** HL7 v2.5.1 §2.6: writing segments, delimiters escaped, trailing separators left out. */
import { type Delimiters, standardDelimiters } from './delimiters.ts'
import { escapeText } from './escapes.ts'
import type { Field } from './message.ts'

/** Plain text, or components of a field that does not repeat (each plain text or sub-components), or a whole field. */
export type FieldValue =
  | string
  | { readonly components: readonly (string | readonly string[])[] }
  | { readonly repetitions: Field }
  /** Taken over from another message in the same delimiters, escaped already. */
  | { readonly written: string }

/** A segment without its ending; `fields` by field number. */
export function writeSegment(
  name: string,
  fields: Readonly<Record<number, FieldValue>>,
  delimiters: Delimiters = standardDelimiters,
): string {
  const last = Math.max(0, ...Object.keys(fields).map(Number))
  // MSH-1 is the separator itself, so MSH-2 is the first field that is written.
  const first = name === 'MSH' ? 2 : 1
  const written = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const number = index + first
    const value = fields[number] ?? ''
    return name === 'MSH' && number === 2 ? declarationOf(delimiters) : writeField(value, delimiters)
  })
  return trimEnd([name, ...written].join(delimiters.field), delimiters.field)
}

/** Segments as one message text, each ended by a carriage return. */
export function writeMessage(segments: readonly string[]): string {
  return segments.map((segment) => `${segment}\r`).join('')
}

function declarationOf(delimiters: Delimiters): string {
  return delimiters.component + delimiters.repetition + delimiters.escape + delimiters.subComponent
}

function writeField(value: FieldValue, delimiters: Delimiters): string {
  if (typeof value === 'string') return escapeText(value, delimiters)
  if ('written' in value) return value.written
  const repetitions =
    'repetitions' in value
      ? value.repetitions
      : [value.components.map((component) => (typeof component === 'string' ? [component] : component))]
  return repetitions
    .map((repetition) =>
      trimEnd(
        repetition
          .map((component) =>
            trimEnd(
              component.map((text) => escapeText(text, delimiters)).join(delimiters.subComponent),
              delimiters.subComponent,
            ),
          )
          .join(delimiters.component),
        delimiters.component,
      ),
    )
    .join(delimiters.repetition)
}

function trimEnd(text: string, delimiter: string): string {
  let length = text.length
  while (delimiter !== '' && length > 0 && text.charAt(length - 1) === delimiter) length--
  return text.slice(0, length)
}
