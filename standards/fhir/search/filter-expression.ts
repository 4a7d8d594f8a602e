/**
 * FHIR R4 search_filter.html §3.1.3: the grammar of `_filter` as a tree. `and` and `or` are taken from left to right, as the
 * standard says; parentheses decide otherwise.
 */
import { invalid, type OutcomeError } from '../outcome.ts'

export type FilterExpression =
  | {
      readonly kind: 'and' | 'or'
      readonly left: FilterExpression
      readonly right: FilterExpression
    }
  | { readonly kind: 'not'; readonly inner: FilterExpression }
  | FilterComparison

export type FilterComparison = {
  readonly kind: 'compare'
  /** Steps of a chain; `within` is what stands in brackets behind a step. */
  readonly path: readonly FilterStep[]
  readonly operator: FilterOperator
  readonly value: string
}
export type FilterStep = { readonly name: string; readonly within: FilterExpression | undefined }

const operators = [
  ...['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'lt', 'ge', 'le', 'ap', 'sa', 'eb', 'pr', 'po'],
  ...['ss', 'sb', 'in', 'ni', 're'],
] as const
export type FilterOperator =
  | ('eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'lt' | 'ge' | 'le' | 'ap' | 'sa' | 'eb' | 'pr' | 'po')
  | ('ss' | 'sb' | 'in' | 'ni' | 're')

/** Longer filters are made by machines that could send parameters. */
const mostCharacters = 4_000
/** Comparisons of one filter: each is a look into an index. */
const mostComparisons = 50
/** Parentheses and brackets within one another. */
const deepest = 10

const space = /\s*/y
const name = /[A-Za-z_][\w:-]*/y
const text = /"(?:[^"\\]|\\.)*"/y
const bare = /[^\s)\]]+/y
const word = /[A-Za-z]+/y

/** The tree of a filter; throws `invalid` telling where it cannot be read. */
export function parseFilterExpression(filter: string): FilterExpression {
  if (filter.length > mostCharacters) throw badFilter(`is longer than ${mostCharacters} characters`)
  const reader: Reader = { filter, at: 0, depth: 0, comparisons: 0 }
  const tree = anyExpression(reader)
  skip(reader)
  if (reader.at < filter.length) throw unread(reader, 'and, or, or the end')
  return tree
}

/** A refusal that says what is wrong with the filter. */
export function badFilter(what: string): OutcomeError {
  return invalid(`_filter ${what}`, { code: 'search.bad-filter', at: '_filter' })
}

type Reader = { readonly filter: string; at: number; depth: number; comparisons: number }

function anyExpression(reader: Reader): FilterExpression {
  let left = oneExpression(reader)
  for (;;) {
    const start = reader.at
    const joined = take(reader, word)
    if (joined !== 'and' && joined !== 'or') {
      reader.at = start
      return left
    }
    left = { kind: joined, left, right: oneExpression(reader) }
  }
}

function oneExpression(reader: Reader): FilterExpression {
  if (isNext(reader, '(')) return nested(reader, ')')
  const start = reader.at
  const isNot = take(reader, word) === 'not' && isNext(reader, '(')
  if (isNot) return { kind: 'not', inner: nested(reader, ')') }
  reader.at = start
  return comparison(reader)
}

/** What stands between the sign that was just read and its end. */
function nested(reader: Reader, end: string): FilterExpression {
  reader.depth += 1
  if (reader.depth > deepest) throw badFilter(`is nested more than ${deepest} deep`)
  const inner = anyExpression(reader)
  if (!isNext(reader, end)) throw unread(reader, end)
  reader.depth -= 1
  return inner
}

function comparison(reader: Reader): FilterComparison {
  reader.comparisons += 1
  if (reader.comparisons > mostComparisons) throw badFilter(`has more than ${mostComparisons} comparisons`)
  const path = steps(reader)
  const said = take(reader, word)
  const operator = operators.find((each) => each === said) as FilterOperator | undefined
  if (operator === undefined) throw unread(reader, `one of ${operators.join(', ')}`)
  const quoted = take(reader, text)
  const value = quoted === undefined ? take(reader, bare) : textIn(quoted)
  if (value === undefined || value === '') throw unread(reader, 'a value')
  return { kind: 'compare', path, operator, value }
}

function steps(reader: Reader): readonly FilterStep[] {
  const path: FilterStep[] = []
  do {
    const step = take(reader, name)
    if (step === undefined) throw unread(reader, 'the name of a search parameter')
    const within =
      reader.filter.charAt(reader.at) === '[' && isNext(reader, '[') ? nested(reader, ']') : undefined
    path.push({ name: step, within })
  } while (reader.filter.charAt(reader.at) === '.' && isNext(reader, '.'))
  return path
}

function textIn(quoted: string): string {
  try {
    return String(JSON.parse(quoted))
  } catch (cause) {
    throw invalid('_filter has a text that is no JSON string', {
      code: 'search.bad-filter',
      at: '_filter',
      cause,
    })
  }
}

function skip(reader: Reader): void {
  space.lastIndex = reader.at
  space.test(reader.filter)
  reader.at = Math.max(space.lastIndex, reader.at)
}

function take(reader: Reader, pattern: RegExp): string | undefined {
  skip(reader)
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.filter)?.[0]
  if (found !== undefined) reader.at += found.length
  return found
}

function isNext(reader: Reader, sign: string): boolean {
  skip(reader)
  if (reader.filter.charAt(reader.at) !== sign) return false
  reader.at += 1
  return true
}

function unread({ at }: Reader, wanted: string): OutcomeError {
  return badFilter(`cannot be read at character ${at + 1}; there should be ${wanted}`)
}
