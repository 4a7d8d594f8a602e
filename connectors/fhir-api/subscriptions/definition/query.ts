/**
 * Search parameters of filters and criteria as parsed queries. A criterion is refused where it cannot be judged of one resource
 * alone; a filter may look beyond it (`matching/beyond.ts`).
 */
import { invalid, type ResourceType } from '@xinglin/fhir'
import { type ParameterQuery, type ParseOptions, parseParameter } from '@xinglin/fhir/search'
import { longestQuery } from '../limits.ts'
import { isJudgeable, type JudgeableQuery } from '../matching/judgeable.ts'

/** Parses `a=1&b=2` for a type; throws `invalid` or `unsupported` with the place in `at`. */
export function parseQuery(
  type: ResourceType,
  text: string,
  { at, parse }: { readonly at: string; readonly parse: ParseOptions },
): readonly JudgeableQuery[] {
  return pairsOf(text, at).map(([name, value]) => judgeable(parseParameter(type, name, value, parse), at))
}

/** A parameter of a filter that asks other resources, or what codes mean; as written, and as read. */
export type BeyondQuery = {
  readonly name: string
  readonly value: string
  readonly query: Extract<ParameterQuery, { readonly kind: 'chain' | 'has' | 'token' }>
}

/** The same for a filter, apart by what can be judged of the resource alone. */
export function parseFilterQuery(
  type: ResourceType,
  text: string,
  { at, parse }: { readonly at: string; readonly parse: ParseOptions },
): { readonly queries: readonly JudgeableQuery[]; readonly beyond: readonly BeyondQuery[] } {
  const queries: JudgeableQuery[] = []
  const beyond: BeyondQuery[] = []
  for (const [name, value] of pairsOf(text, at)) {
    const query = parseParameter(type, name, value, parse)
    if (looksBeyond(query)) beyond.push({ name, value, query })
    else queries.push(judgeable(query, at))
  }
  return { queries, beyond }
}

const meanings: ReadonlySet<string | undefined> = new Set(['in', 'not-in', 'below', 'above'])

function looksBeyond(query: ParameterQuery): query is BeyondQuery['query'] {
  if (query.kind === 'chain' || query.kind === 'has') return true
  return query.kind === 'token' && meanings.has(query.modifier)
}

function pairsOf(text: string, at: string): readonly (readonly [string, string])[] {
  if (text.length > longestQuery) throw refused(at, `has more than ${longestQuery} characters`)
  const pairs = [...new URLSearchParams(withoutMark(text))]
  if (pairs.length === 0) throw refused(at, 'has no search parameter')
  return pairs
}

/** The name of a parameter as the topic lists it, without modifier and chain. */
export function parameterNames(
  text: string,
): readonly { readonly name: string; readonly modifier: string }[] {
  return [...new URLSearchParams(withoutMark(text))].map(([written]) => {
    const [name = '', modifier = ''] = (written.split('.', 1)[0] ?? '').split(':')
    // `subject:Patient.name` and `_has:Observation:subject:code` say a type there.
    return { name, modifier: written.includes('.') || name === '_has' ? '' : modifier }
  })
}

/** Both `status=final` and `?status=final` are met. */
function withoutMark(text: string): string {
  return text.startsWith('?') ? text.slice(1) : text
}

/** Modifiers that `matching/holds.ts` knows; `:missing`, `:identifier` and `:[type]` are queries of their own kind. */
const judgeableModifiers: Readonly<Record<string, readonly string[]>> = {
  token: ['not', 'of-type', 'text'],
  string: ['exact', 'contains'],
  uri: ['below', 'above'],
}

function judgeable(query: ParameterQuery, at: string): JudgeableQuery {
  if (!isJudgeable(query))
    throw refused(at, 'looks beyond the resource; a filter can only ask what stands in the changed one')
  const modifier = 'modifier' in query ? query.modifier : undefined
  if (modifier !== undefined && !judgeableModifiers[query.kind]?.includes(modifier))
    throw refused(at, `has the modifier :${modifier}, which filters do not know`)
  return query
}

function refused(at: string, what: string) {
  return invalid(`the query at ${at} ${what}`, { code: 'subscription.query', at })
}
