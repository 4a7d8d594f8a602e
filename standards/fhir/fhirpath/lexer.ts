/** FHIRPath §6.1: splits an expression into tokens; no dates, times, quantities or comments, which no R4 invariant has. */
import { NotCompiled } from './tree.ts'

export type Token =
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'variable'; readonly text: string }
  | { readonly kind: 'symbol'; readonly text: string }

const shapes: readonly (readonly [kind: Token['kind'], shape: RegExp])[] = [
  ['string', /'((?:[^'\\]|\\.)*)'/sy],
  ['name', /`([^`]+)`/y],
  ['variable', /%([A-Za-z]\w*)/y],
  ['number', /(\d+(?:\.\d+)?)/y],
  ['name', /(\$?[A-Za-z_]\w*)/y],
  ['symbol', /(<=|>=|!=|[=<>|&+().,[\]])/y],
]

/** The tokens of an expression, in order. */
export function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = []
  let offset = skipSpace(expression, 0)
  while (offset < expression.length) {
    const [token, length] = tokenAt(expression, offset)
    tokens.push(token)
    offset = skipSpace(expression, offset + length)
  }
  return tokens
}

function tokenAt(expression: string, offset: number): readonly [Token, number] {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = offset
    const match = shape.exec(expression)
    const text = match?.[1]
    if (match && text !== undefined)
      return [{ kind, text: kind === 'string' ? unescaped(text) : text }, match[0].length]
  }
  throw new NotCompiled(`${expression.slice(offset, offset + 20)} in ${expression}`)
}

function skipSpace(expression: string, offset: number): number {
  let next = offset
  while (next < expression.length && /\s/.test(expression.charAt(next))) next++
  return next
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' }

/** §6.1.2: `\\` is a backslash, `\'` a quote. */
function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, mark: string) =>
    mark.length === 5 ? String.fromCharCode(Number.parseInt(mark.slice(1), 16)) : (escapes[mark] ?? mark),
  )
}
