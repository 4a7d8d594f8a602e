/**
 * RFC 8259 JSON read with its places: which line and which FHIRPath every value stands at, and how it looks when it is set
 * out. Numbers stay as they were written (FHIR's decimals carry their precision). Deeper than 100 levels is refused.
 */

export type Kind = 'name' | 'text' | 'number' | 'word' | 'sign'
export type Token = { readonly kind: Kind; readonly text: string }
export type Line = {
  readonly indent: number
  readonly tokens: readonly Token[]
  /** FHIRPath of the value that begins on this line: `Patient.name[0].given[1]`. */
  readonly path: string
  /** The line with the closing bracket, where this one opens what does not close on it. */
  readonly closesAt?: number
}
export type ReadJson =
  | { readonly isJson: true; readonly lines: readonly Line[] }
  /** `line` counts from 1. */
  | { readonly isJson: false; readonly line: number; readonly found: string }

const deepest = 100
const pattern = /[{}[\],:]|"(?:[^"\\\p{Cc}]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|\S/gu

type Lexeme = { readonly text: string; readonly offset: number }
type Reader = { readonly lexemes: readonly Lexeme[]; at: number; readonly lines: Line[] }

/** Thrown inside and caught by `readJson` alone: the place at which the text is no JSON. */
class NotJson extends Error {
  readonly at: number
  constructor(at: number) {
    super('not JSON')
    this.at = at
  }
}

/** The text set out in lines, two spaces a level; or the line at which it is no JSON. */
export function readJson(text: string, root?: string): ReadJson {
  const lexemes = [...text.matchAll(pattern)].map((match) => ({ text: match[0], offset: match.index }))
  const reader: Reader = { lexemes, at: 0, lines: [] }
  try {
    const type = root ?? rootOf(text)
    value(reader, { path: type, indent: 0, before: [], isLast: true })
    if (reader.at < lexemes.length) throw new NotJson(reader.at)
    return { isJson: true, lines: reader.lines }
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    const found = lexemes[error.at]
    const offset = found?.offset ?? text.length
    return { isJson: false, line: text.slice(0, offset).split('\n').length, found: found?.text ?? '' }
  }
}

/** The type that FHIRPaths of the text begin with. */
function rootOf(text: string): string {
  return /"resourceType"\s*:\s*"(\w+)"/.exec(text)?.[1] ?? ''
}

type Place = {
  readonly path: string
  readonly indent: number
  /** What stands before the value on its line: its name and a colon. */
  readonly before: readonly Token[]
  readonly isLast: boolean
}

function value(reader: Reader, place: Place): void {
  const lexeme = reader.lexemes[reader.at]
  if (!lexeme || place.indent > deepest) throw new NotJson(reader.at)
  if (lexeme.text === '{') group(reader, place, '}')
  else if (lexeme.text === '[') group(reader, place, ']')
  else reader.lines.push(lineOf(place, [...place.before, scalar(reader)]))
}

function lineOf({ indent, path, isLast }: Place, tokens: readonly Token[]): Line {
  return { indent, path, tokens: isLast ? tokens : [...tokens, sign(',')] }
}

function scalar(reader: Reader): Token {
  const text = reader.lexemes[reader.at]?.text ?? ''
  const kind = kindOf(text)
  if (!kind) throw new NotJson(reader.at)
  reader.at++
  return { kind, text }
}

function kindOf(text: string): Kind | undefined {
  if (text.startsWith('"') && text.length > 1) return 'text'
  if (/^-?(?:0|[1-9]\d*)(?:[.eE]|$)/.test(text)) return 'number'
  return text === 'true' || text === 'false' || text === 'null' ? 'word' : undefined
}

const sign = (text: string): Token => ({ kind: 'sign', text })

/** An object or a list; an empty one stays on its line. */
function group(reader: Reader, place: Place, closing: '}' | ']'): void {
  const opening = reader.lexemes[reader.at++]?.text ?? ''
  if (reader.lexemes[reader.at]?.text === closing) {
    reader.at++
    reader.lines.push(lineOf(place, [...place.before, sign(opening + closing)]))
    return
  }
  const first = reader.lines.length
  reader.lines.push({ indent: place.indent, path: place.path, tokens: [...place.before, sign(opening)] })
  for (let index = 0; ; index++) {
    member(reader, place, { closing, index })
    const next = reader.lexemes[reader.at++]?.text
    if (next === closing) break
    if (next !== ',') throw new NotJson(reader.at - 1)
  }
  reader.lines.push(lineOf(place, [sign(closing)]))
  const opened = reader.lines[first]
  if (opened) reader.lines[first] = { ...opened, closesAt: reader.lines.length - 1 }
}

function member(
  reader: Reader,
  place: Place,
  { closing, index }: { readonly closing: '}' | ']'; readonly index: number },
): void {
  const named = closing === '}' ? nameOf(reader) : undefined
  const path = named === undefined ? `${place.path}[${index}]` : `${place.path}.${named}`
  const before: readonly Token[] =
    named === undefined ? [] : [{ kind: 'name', text: JSON.stringify(named) }, sign(': ')]
  const from = reader.lines.length
  value(reader, { path, indent: place.indent + 1, before, isLast: true })
  // Whether another follows is known only now.
  if (reader.lexemes[reader.at]?.text !== ',') return
  const last = reader.lines.length - 1
  const line = reader.lines[last]
  if (line && last >= from) reader.lines[last] = { ...line, tokens: [...line.tokens, sign(',')] }
}

function nameOf(reader: Reader): string {
  const text = reader.lexemes[reader.at]?.text ?? ''
  if (kindOf(text) !== 'text' || reader.lexemes[reader.at + 1]?.text !== ':') throw new NotJson(reader.at)
  reader.at += 2
  return text.slice(1, -1)
}

/** A line as text. */
export function lineText({ indent, tokens }: Line): string {
  return '  '.repeat(indent) + tokens.map(({ text }) => text).join('')
}

/** The text set out; as it is where it is no JSON. */
export function setOut(text: string): string {
  const read = readJson(text)
  return read.isJson ? read.lines.map(lineText).join('\n') : text
}

/** The number (from 0) of the line of a FHIRPath, or of the nearest part around it; undefined where there is none. */
export function lineAt(lines: readonly Line[], path: string): number | undefined {
  for (let at = plain(path); at !== ''; at = at.replace(/[.[][^.[]*$/, '')) {
    const found = lines.findIndex((line) => line.path === at || line.path === `${at}[0]`)
    if (found >= 0) return found
    if (!/[.[]/.test(at)) break
  }
  return undefined
}

/** `value.ofType(Quantity)` is written `valueQuantity` in JSON. */
function plain(path: string): string {
  return path.replace(
    /\.ofType\((\w)(\w*)\)/g,
    (_, first: string, rest: string) => first.toUpperCase() + rest,
  )
}
