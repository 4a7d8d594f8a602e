/** FHIRPath §10 operator precedence: turns tokens into the tree, by descent through the levels of binding strength. */
import { type Token, tokensOf } from './lexer.ts'
import { NotCompiled, type Tree } from './tree.ts'

/** Weakest first (§10.1, read from the bottom). */
const levels: readonly (readonly string[])[] = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in', 'contains'],
  ['=', '!='],
  ['<', '>', '<=', '>='],
  ['|'],
  ['is', 'as'],
  ['+', '&'],
]

type Cursor = { readonly tokens: readonly Token[]; readonly expression: string; at: number }

/** The tree of an expression. */
export function parseFhirPath(expression: string): Tree {
  const cursor: Cursor = { tokens: tokensOf(expression), expression, at: 0 }
  const tree = parseLevel(cursor, 0)
  if (cursor.at < cursor.tokens.length) throw surprise(cursor)
  return tree
}

function parseLevel(cursor: Cursor, level: number): Tree {
  const operators = levels[level]
  if (!operators) return parseInvocations(cursor)
  let left = parseLevel(cursor, level + 1)
  for (let token = cursor.tokens[cursor.at]; token; token = cursor.tokens[cursor.at]) {
    const operator = token.text
    if (token.kind === 'string' || !operators.includes(operator)) break
    cursor.at++
    const right = parseLevel(cursor, level + 1)
    const isType = operator === 'is' || operator === 'as'
    left = isType
      ? { kind: 'call', base: left, name: operator, args: [right] }
      : { kind: 'binary', operator, left, right }
  }
  return left
}

function parseInvocations(cursor: Cursor): Tree {
  let tree = parseTerm(cursor)
  for (;;) {
    if (take(cursor, '.')) tree = parseMember(cursor, tree)
    else if (take(cursor, '[')) tree = parseIndexer(cursor, tree)
    else return tree
  }
}

/** §5.3.1: `name[0]`, a call by that sign. */
function parseIndexer(cursor: Cursor, base: Tree): Tree {
  const index = parseLevel(cursor, 0)
  expect(cursor, ']')
  return { kind: 'call', base, name: '[]', args: [index] }
}

function parseTerm(cursor: Cursor): Tree {
  if (take(cursor, '(')) {
    const inner = parseLevel(cursor, 0)
    expect(cursor, ')')
    return inner
  }
  const token = cursor.tokens[cursor.at]
  switch (token?.kind) {
    case 'string':
      cursor.at++
      return { kind: 'literal', value: token.text }
    case 'number':
      cursor.at++
      return { kind: 'literal', value: Number(token.text) }
    case 'variable':
      cursor.at++
      return { kind: 'variable', name: token.text }
    default:
      return parseWord(cursor)
  }
}

function parseWord(cursor: Cursor): Tree {
  const word = cursor.tokens[cursor.at]?.text
  if (word !== 'true' && word !== 'false' && word !== '$this') return parseMember(cursor, { kind: 'this' })
  cursor.at++
  return word === '$this' ? { kind: 'this' } : { kind: 'literal', value: word === 'true' }
}

function parseMember(cursor: Cursor, base: Tree): Tree {
  const token = cursor.tokens[cursor.at]
  if (token?.kind !== 'name' || token.text.startsWith('$')) throw surprise(cursor)
  cursor.at++
  if (!take(cursor, '(')) return { kind: 'child', base, name: token.text }
  return { kind: 'call', base, name: token.text, args: parseArguments(cursor) }
}

function parseArguments(cursor: Cursor): readonly Tree[] {
  if (take(cursor, ')')) return []
  const args = [parseLevel(cursor, 0)]
  while (take(cursor, ',')) args.push(parseLevel(cursor, 0))
  expect(cursor, ')')
  return args
}

function take(cursor: Cursor, symbol: string): boolean {
  const token = cursor.tokens[cursor.at]
  if (token?.kind !== 'symbol' || token.text !== symbol) return false
  cursor.at++
  return true
}

function expect(cursor: Cursor, symbol: string): void {
  if (!take(cursor, symbol)) throw surprise(cursor)
}

function surprise({ tokens, at, expression }: Cursor): NotCompiled {
  return new NotCompiled(`${tokens[at]?.text ?? 'the end'} in ${expression}`)
}
