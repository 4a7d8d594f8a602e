/**
 * HL7 v2.5.1 §2.5 messages, segments, fields. A message keeps the text that it was read from: `printMessage(parseMessage(x))`
 * is `x`. Fields are split when they are asked for, so a field that nobody reads costs nothing.
 *
 * It does not know message structures (`structure.ts` does); the reader of a message walks its segments in order.
 */
import { type CharacterSet, decodeStrictly, defaultCharacterSet } from './charset.ts'
import { type Delimiters, delimitersOf } from './delimiters.ts'
import { unescapeText } from './escapes.ts'
import { type ErrorLocation, Hl7Error } from './failure.ts'

/** Sub-components, unescaped. */
export type Component = readonly string[]
export type Repetition = readonly Component[]
/** Repetitions; empty where the field is. */
export type Field = readonly Repetition[]

export interface Segment {
  readonly name: string
  /** Which of the segments of that name, from 1. */
  readonly occurrence: number
  /** The whole segment as written, without its ending. */
  readonly text: string
  /** Carriage return, or what a tolerant sender wrote instead; empty at the end of an unterminated message. */
  readonly ending: string
  /** Highest field number that is written. */
  readonly fieldCount: number
  /** Field `number` (from 1), split and unescaped; MSH-1 and MSH-2 are given as written. */
  field(number: number): Field
  /** Field `number` as written. */
  raw(number: number): string
}

export type Message = {
  readonly delimiters: Delimiters
  readonly set: CharacterSet
  /** A byte order mark or blank lines before MSH. */
  readonly prefix: string
  readonly segments: readonly Segment[]
}

export type MessageLimits = {
  readonly segments: number
  readonly fields: number
  readonly repetitions: number
}

/** Ten times what the largest real messages of the published samples hold; beyond is an attack or a mistake. */
export const messageLimits: MessageLimits = { segments: 10_000, fields: 1_000, repetitions: 10_000 }

/** The message that a text is. Throws `Hl7Error` where its header, a segment name or a control character is wrong. */
export function parseMessage(
  text: string,
  options: { readonly set?: CharacterSet; readonly limits?: MessageLimits } = {},
): Message {
  const { set = defaultCharacterSet, limits = messageLimits } = options
  const prefix = /^\uFEFF?[\r\n]*/.exec(text)?.[0] ?? ''
  const body = text.slice(prefix.length)
  const delimiters = delimitersOf(body)
  refuseControlCharacters(body)
  const reading: Reading = { delimiters, limits, decodeBytes: (bytes) => decodeStrictly(bytes, set) }
  const counts = new Map<string, number>()
  const segments = linesOf(body, limits).map(({ line, ending }) => {
    const name = line.slice(0, 3)
    const occurrence = (counts.get(name) ?? 0) + 1
    counts.set(name, occurrence)
    return segmentOf(line, ending, occurrence, reading)
  })
  return { delimiters, set, prefix, segments }
}

/** The text of a message, exactly as it was read. */
export function printMessage(message: Message): string {
  let text = message.prefix
  for (const segment of message.segments) text += segment.text + segment.ending
  return text
}

/** Sub-component of a repetition, all counted from 1; empty where it is not there. */
export function part(repetition: Repetition | undefined, component = 1, subComponent = 1): string {
  return repetition?.[component - 1]?.[subComponent - 1] ?? ''
}

/** §2.5.3: the sender says that the value is to be deleted, by two quotation marks. */
export function isDeletion(text: string): boolean {
  return text === '""'
}

type Reading = {
  readonly delimiters: Delimiters
  readonly limits: MessageLimits
  readonly decodeBytes: (bytes: Uint8Array) => string | undefined
}

type Line = { readonly line: string; readonly ending: string }

/**
 * Ends are carriage returns with what follows them; where a text has none, line feeds (§2.5.4 knows only the former).
 * Free text and data of OBX and NTE come with line breaks that nobody escaped: such a line goes on with its segment.
 */
function linesOf(body: string, limits: MessageLimits): readonly Line[] {
  const end = body.includes('\r') ? '\r' : '\n'
  const separator = body.charAt(3)
  const lines: Line[] = []
  const add = (line: string, ending: string): void => {
    const before = lines.at(-1)
    const isContinued =
      before !== undefined &&
      (before.line.startsWith('OBX') || before.line.startsWith('NTE')) &&
      !beginsSegment(line, separator)
    if (isContinued) lines[lines.length - 1] = { line: before.line + before.ending + line, ending }
    else lines.push({ line, ending })
    if (lines.length > limits.segments) {
      throw new Hl7Error('segmentSequence', `the message has more than ${limits.segments} segments`)
    }
  }
  let offset = 0
  for (let stop = body.indexOf(end); stop >= 0; stop = body.indexOf(end, offset)) {
    let next = stop + 1
    while (isLineEnd(body.charCodeAt(next))) next++
    add(body.slice(offset, stop), body.slice(stop, next))
    offset = next
  }
  if (offset < body.length) add(body.slice(offset), '')
  return lines
}

function isLineEnd(code: number): boolean {
  return code === 0x0d || code === 0x0a
}

function beginsSegment(line: string, fieldSeparator: string): boolean {
  return /^[A-Z][A-Z0-9]{2}/.test(line) && (line.length === 3 || line.charAt(3) === fieldSeparator)
}

function segmentOf(text: string, ending: string, occurrence: number, reading: Reading): Segment {
  const { delimiters, limits } = reading
  if (!beginsSegment(text, delimiters.field)) {
    throw new Hl7Error('segmentSequence', 'a line does not begin with a segment name and the field separator')
  }
  const segment = new WrittenSegment(text, ending, occurrence, reading)
  // A segment has no more fields than characters.
  if (text.length > limits.fields && segment.fieldCount > limits.fields) {
    const location = { segment: segment.name, occurrence }
    throw new Hl7Error('dataType', `a segment has more than ${limits.fields} fields`, { location })
  }
  return segment
}

/** Splits itself when it is first asked for a field. A class, for a message has many: closures for each cost three times as much. */
class WrittenSegment implements Segment {
  readonly name: string
  readonly occurrence: number
  readonly text: string
  readonly ending: string
  readonly #reading: Reading
  #written: readonly string[] | undefined
  #fields: (Field | undefined)[] | undefined

  constructor(text: string, ending: string, occurrence: number, reading: Reading) {
    this.name = text.slice(0, 3)
    this.occurrence = occurrence
    this.text = text
    this.ending = ending
    this.#reading = reading
  }

  /** One more than is allowed, so that too many are seen. MSH-1 is the separator itself, so the header has one more than is split. */
  get fieldCount(): number {
    return this.#split().length - (this.name === 'MSH' ? 0 : 1)
  }

  raw(number: number): string {
    if (this.name !== 'MSH') return this.#split()[number] ?? ''
    return number === 1 ? this.#reading.delimiters.field : (this.#split()[number - 1] ?? '')
  }

  field(number: number): Field {
    this.#fields ??= []
    const known = this.#fields[number]
    if (known) return known
    const { name, occurrence } = this
    const isDeclaration = name === 'MSH' && number <= 2
    const field = isDeclaration
      ? [[[this.raw(number)]]]
      : splitField(this.raw(number), this.#reading, { segment: name, occurrence, field: number })
    this.#fields[number] = field
    return field
  }

  #split(): readonly string[] {
    const { delimiters, limits } = this.#reading
    this.#written ??= this.text.split(delimiters.field, limits.fields + 2)
    return this.#written
  }
}

function splitField(raw: string, reading: Reading, location: ErrorLocation): Field {
  if (raw === '') return []
  const { delimiters, limits, decodeBytes } = reading
  const repetitions =
    delimiters.repetition === '' ? [raw] : raw.split(delimiters.repetition, limits.repetitions + 1)
  if (repetitions.length > limits.repetitions) {
    throw new Hl7Error('dataType', `a field repeats more than ${limits.repetitions} times`, { location })
  }
  const plain = (text: string) => unescapeText(text, delimiters, decodeBytes)
  return repetitions.map((repetition) =>
    repetition
      .split(delimiters.component)
      .map((component) =>
        delimiters.subComponent === ''
          ? [plain(component)]
          : component.split(delimiters.subComponent).map(plain),
      ),
  )
}

/** §2.7: control characters travel as `\X..\`; a raw one is framing gone wrong or a broken sender. Tabs are let pass. */
function refuseControlCharacters(body: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  const index = body.search(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/)
  if (index < 0) return
  const before = body.slice(0, index)
  const line = before.slice(Math.max(before.lastIndexOf('\r'), before.lastIndexOf('\n')) + 1)
  const name = line.slice(0, 3)
  const field = line.split(body.charAt(3)).length - (name === 'MSH' ? 0 : 1)
  const code = body.charCodeAt(index).toString(16).padStart(2, '0')
  throw new Hl7Error(
    'dataType',
    `there is a control character ${code} (hexadecimal), which must be escaped`,
    {
      location: {
        segment: /^[A-Z][A-Z0-9]{2}$/.test(name) ? name : 'MSH',
        occurrence: Math.max(1, before.split(/[\r\n]+/).filter((each) => each.startsWith(name)).length),
        ...(field >= 1 ? { field } : {}),
      },
    },
  )
}
