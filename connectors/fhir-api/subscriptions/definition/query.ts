/** Search parameters of filters and criteria as parsed queries; refused is what cannot be judged of one resource alone. */
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
  if (text.length > longestQuery) throw refused(at, `has more than ${longestQuery} characters`)
  const pairs = [...new URLSearchParams(withoutMark(text))]
  if (pairs.length === 0) throw refused(at, 'has no search parameter')
  return pairs.map(([name, value]) => judgeable(parseParameter(type, name, value, parse), at))
}

/** The name of a parameter as the topic lists it, without modifier and chain. */
export function parameterNames(
  text: string,
): readonly { readonly name: string; readonly modifier: string }[] {
  return [...new URLSearchParams(withoutMark(text))].map(([written]) => {
    const [name = '', modifier = ''] = written.split(':')
    return { name, modifier }
  })
}

/** Both `status=final` and `?status=final` are met. */
function withoutMark(text: string): string {
  return text.startsWith('?') ? text.slice(1) : text
}

/** Modifiers that `matching/holds.ts` knows; `:missing`, `:identifier` and `:[type]` are queries of their own kind. */
const judgeableModifiers: Readonly<Record<string, readonly string[]>> = {
  token: ['not', 'of-type'],
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
