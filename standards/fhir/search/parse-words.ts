/**
 * FHIR R4 §3.1.1.4.3 `_text` and `_content`: words that a narrative or a whole resource has. Written as the standard's own
 * example `(bone OR liver) and metastases`: words beside one another are all asked for, quotation marks keep them together.
 */
import { invalid, type OutcomeError } from '../outcome.ts'
import { foldText } from './hot/texts.ts'
import type { WordsQuery } from './parameter-query.ts'

/** Words of one question: each is looked for in every text. */
const mostWords = 20
const sign = /\s*(?:([()])|"([^"]*)"|([^\s()"]+))/y

type Reader = { readonly tokens: readonly Token[]; at: number; readonly name: string }
type Token = { readonly kind: 'word'; readonly text: string } | { readonly kind: '(' | ')' | 'or' | 'and' }

/** What is asked; throws `invalid` where it cannot be read. */
export function parseWords(name: string, asked: string): WordsQuery {
  const tokens = tokensIn(name, asked)
  if (tokens.filter(({ kind }) => kind === 'word').length > mostWords)
    throw badWords(name, `at most ${mostWords} words`)
  const reader: Reader = { tokens, at: 0, name }
  const query = alternatives(reader)
  if (reader.at < tokens.length) throw badWords(name, 'words with every parenthesis closed')
  return query
}

function tokensIn(name: string, asked: string): readonly Token[] {
  const tokens: Token[] = []
  const text = asked.trimEnd()
  let at = 0
  while (at < text.length) {
    sign.lastIndex = at
    const match = sign.exec(text)
    if (!match) throw badWords(name, 'words with every quotation mark closed')
    at = sign.lastIndex
    tokens.push(tokenOf(match))
  }
  return tokens
}

function tokenOf([, parenthesis, quoted, word = '']: RegExpExecArray): Token {
  if (parenthesis === '(' || parenthesis === ')') return { kind: parenthesis }
  const lower = word.toLowerCase()
  if (quoted === undefined && (lower === 'or' || lower === 'and')) return { kind: lower }
  return { kind: 'word', text: foldText(quoted ?? word) }
}

function alternatives(reader: Reader): WordsQuery {
  const parts = [together(reader)]
  while (reader.tokens[reader.at]?.kind === 'or') {
    reader.at += 1
    parts.push(together(reader))
  }
  const [only] = parts
  return parts.length === 1 && only ? only : { kind: 'any', parts }
}

function together(reader: Reader): WordsQuery {
  const parts: WordsQuery[] = []
  for (;;) {
    const token = reader.tokens[reader.at]
    if (token?.kind === 'and') reader.at += 1
    else if (token?.kind === 'word' || token?.kind === '(') parts.push(one(reader))
    else break
  }
  const [only] = parts
  if (!only) throw badWords(reader.name, 'words')
  return parts.length === 1 ? only : { kind: 'all', parts }
}

function one(reader: Reader): WordsQuery {
  const token = reader.tokens[reader.at++]
  if (token?.kind === 'word' && token.text !== '') return { kind: 'word', text: token.text }
  if (token?.kind !== '(') throw badWords(reader.name, 'words')
  const inner = alternatives(reader)
  if (reader.tokens[reader.at++]?.kind !== ')')
    throw badWords(reader.name, 'words with every parenthesis closed')
  return inner
}

function badWords(name: string, wanted: string): OutcomeError {
  return invalid(`${name} must be ${wanted}`, { code: 'search.bad-value', at: name })
}
