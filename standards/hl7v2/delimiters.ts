/** HL7 v2.5.1 §2.5.4 message delimiters, declared by each message in MSH-1 and MSH-2. */
import { Hl7Error } from './failure.ts'

export type Delimiters = {
  readonly field: string
  readonly component: string
  /** Empty where MSH-2 is too short to declare it: then nothing is split there. */
  readonly repetition: string
  readonly escape: string
  readonly subComponent: string
}

/** `|^~\&`, which §2.5.4 recommends. */
export const standardDelimiters: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subComponent: '&',
}

/** The delimiters that a text beginning with `MSH` declares. Throws where there are none or two are the same. */
export function delimitersOf(text: string): Delimiters {
  const field = text.charAt(3)
  if (!text.startsWith('MSH') || !isDelimiter(field)) {
    throw new Hl7Error('segmentSequence', 'a message begins with MSH and its field separator', {
      location: { segment: 'MSH', field: 1 },
    })
  }
  const declared =
    text
      .slice(4, 10)
      .split(field, 1)[0]
      ?.split(/[\r\n]/, 1)[0] ?? ''
  // Five characters at most: v2.7 adds the truncation character, which needs no splitting.
  const isSound = declared.length >= 1 && declared.length <= 5 && [...declared].every(isDelimiter)
  if (!isSound || new Set([field, ...declared]).size !== declared.length + 1) {
    throw new Hl7Error('dataType', 'MSH-2 declares one to five different delimiters', {
      location: { segment: 'MSH', field: 2 },
    })
  }
  return {
    field,
    component: declared.charAt(0),
    repetition: declared.charAt(1),
    escape: declared.charAt(2),
    subComponent: declared.charAt(3),
  }
}

/** A visible ASCII character that is no letter or digit. */
function isDelimiter(character: string): boolean {
  return /^[!-/:-@[-`{-~]$/.test(character)
}
