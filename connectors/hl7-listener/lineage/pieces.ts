/** HL7 v2.5.1 §2.5: the smallest values of a message that are written, each with its path and its place in the text. */
import type { Message, Segment } from '@xinglin/hl7v2'

/** A component, or a sub-component where the component has several; offsets count UTF-16 units of the message's text. */
export type Piece = {
  /** `OBX[3]-5.1`, as a refusal would name it. */
  readonly field: string
  readonly segment: string
  readonly number: number
  readonly startOffset: number
  readonly text: string
}

/** MSH-1 and 2 say how to read the message, MSH-12 and 18 in what; they make no element. */
const notValues: ReadonlySet<number> = new Set([1, 2, 12, 18])

/** Every written value, in order. */
export function piecesOf(message: Message): readonly Piece[] {
  let offset = message.prefix.length
  return message.segments.flatMap((segment) => {
    const pieces = segmentPieces(segment, offset, message)
    offset += segment.text.length + segment.ending.length
    return pieces
  })
}

function segmentPieces(segment: Segment, offset: number, { delimiters }: Message): readonly Piece[] {
  const { name, occurrence } = segment
  const isHeader = name === 'MSH'
  const label = occurrence === 1 ? name : `${name}[${occurrence}]`
  return parts(segment.text, delimiters.field, offset).flatMap((field, index) => {
    const number = isHeader ? index + 1 : index
    if (number === 0 || (isHeader && notValues.has(number))) return []
    const repetitions = parts(field.text, delimiters.repetition, field.startOffset)
    return repetitions.flatMap((repetition, nth) => {
      const components = parts(repetition.text, delimiters.component, repetition.startOffset)
      const path = `${label}-${number}${repetitions.length > 1 ? `[${nth + 1}]` : ''}`
      return components.flatMap((component, at) => {
        const values = parts(component.text, delimiters.subComponent, component.startOffset)
        const place = `${path}.${at + 1}`
        return values.flatMap((value, sub) =>
          value.text.trim() === ''
            ? []
            : [
                {
                  ...value,
                  field: values.length > 1 ? `${place}.${sub + 1}` : place,
                  segment: name,
                  number,
                },
              ],
        )
      })
    })
  })
}

type Part = { readonly text: string; readonly startOffset: number }

function parts(text: string, delimiter: string, startOffset: number): readonly Part[] {
  if (delimiter === '') return [{ text, startOffset }]
  let offset = startOffset
  return text.split(delimiter).map((part) => {
    const found = { text: part, startOffset: offset }
    offset += part.length + delimiter.length
    return found
  })
}
