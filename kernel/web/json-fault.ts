/** RFC 8259: where a text stops being JSON, for the sender of a malformed body. Slow; only errors come here. */

const space = /[ \t\n\r]*/y
const atom = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const escaped = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y

type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'comma-or-end' | 'nothing'

/** Offset (UTF-16 units, from 0) of the first character that cannot stand where it stands; the length where the end is missing. */
export function jsonFaultOffset(text: string): number {
  const open: ('[' | '{')[] = []
  let expected: Expected = 'value'
  let offset = 0
  for (;;) {
    offset = after(space, text, offset) ?? offset
    if (offset >= text.length) return offset
    const next = step(text, offset, { expected, open })
    if (!next) return offset
    expected = next.expected
    offset = next.offset
  }
}

type State = { readonly expected: Expected; readonly open: ('[' | '{')[] }

function step(
  text: string,
  offset: number,
  { expected, open }: State,
): { expected: Expected; offset: number } | undefined {
  const letter = text.charAt(offset)
  const isEnd = letter === (open.at(-1) === '[' ? ']' : '}') && open.length > 0
  if (isEnd && expected.endsWith('end')) {
    open.pop()
    return { expected: afterValue(open), offset: offset + 1 }
  }
  if (letter === ',' && expected === 'comma-or-end')
    return { expected: open.at(-1) === '[' ? 'value' : 'name', offset: offset + 1 }
  if (letter === ':' && expected === 'colon') return { expected: 'value', offset: offset + 1 }
  if (expected !== 'value' && expected !== 'value-or-end' && !expected.startsWith('name')) return undefined
  const isName = expected.startsWith('name')
  if (!isName && (letter === '[' || letter === '{')) {
    open.push(letter)
    return { expected: letter === '[' ? 'value-or-end' : 'name-or-end', offset: offset + 1 }
  }
  const end = isName && letter !== '"' ? undefined : afterAtom(text, offset)
  return end === undefined ? undefined : { expected: isName ? 'colon' : afterValue(open), offset: end }
}

function afterValue(open: readonly string[]): Expected {
  return open.length === 0 ? 'nothing' : 'comma-or-end'
}

function after(pattern: RegExp, text: string, offset: number): number | undefined {
  pattern.lastIndex = offset
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function afterAtom(text: string, offset: number): number | undefined {
  return text.charAt(offset) === '"' ? afterString(text, offset) : after(atom, text, offset)
}

/** Not one pattern: a text of ten million escapes would overflow the stack of the matcher. */
function afterString(text: string, offset: number): number | undefined {
  let at = offset + 1
  while (at < text.length) {
    const letter = text.charCodeAt(at)
    if (letter === 0x22) return at + 1
    if (letter < 0x20) return undefined
    const end = letter === 0x5c ? after(escaped, text, at + 1) : at + 1
    if (end === undefined) return undefined
    at = end
  }
  return undefined
}
