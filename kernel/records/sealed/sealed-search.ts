/**
 * Searches by what is sealed: a text is asked for by its word too, whole. What compares parts of a text or sorts by it is
 * refused by name, wherever it stands in the question.
 */
import { invalid, type OutcomeError, type ResourceType } from '@xinglin/fhir'
import {
  type ParameterQuery,
  parameterOf,
  type SearchParameterDefinition,
  type TokenQuery,
} from '@xinglin/fhir/search'
import type { SearchRequest } from '../search/request.ts'
import type { SealingBy, TenantSealing } from './sealing-state.ts'

export type AskedIn = {
  readonly sealing: TenantSealing
  /** An institution's own parameters. */
  readonly own: (type: string, name: string) => SearchParameterDefinition | undefined
}

/** The request with every sealed value asked for by its word too; throws `invalid` (`records.sealed-search`). */
export function askedInWords<R extends Pick<SearchRequest, 'conditions' | 'sort'>>(
  type: ResourceType,
  request: R,
  asked: AskedIn,
): R {
  if (asked.sealing.asks.length === 0) return request
  const sorted = request.sort.find(({ definition }) => isSealed(type, definition, asked))
  if (sorted) throw refused(sorted.parameter, 'sorted by')
  return { ...request, conditions: request.conditions.map((query) => inWordsOf(type, query, asked)) }
}

/** An identifier's value as it may stand in the index. */
export function wordsOfIdentifier(
  { asks }: TenantSealing,
  { system, value }: { readonly system?: string | null | undefined; readonly value: string },
): readonly string[] {
  return asks
    .filter(({ rules }) => system === undefined || (system !== null && rules.systems.has(system)))
    .map(({ word }) => word(value))
}

function inWordsOf(type: string, query: ParameterQuery, asked: AskedIn): ParameterQuery {
  switch (query.kind) {
    case 'chain':
      return {
        ...query,
        targets: query.targets.map((each) => ({ ...each, query: inWordsOf(each.type, each.query, asked) })),
      }
    case 'has':
      return { ...query, query: inWordsOf(query.type, query.query, asked) }
    case 'logic':
      return { ...query, queries: query.queries.map((each) => inWordsOf(type, each, asked)) }
    case 'token':
      return { ...query, values: query.values.flatMap((value) => tokens(type, { query, value }, asked)) }
    case 'reference':
    case 'compartment':
      return {
        ...query,
        values: query.values.flatMap((value) =>
          value.kind === 'identifier' && value.value !== undefined
            ? [
                value,
                ...wordsOfIdentifier(asked.sealing, { ...value, value: value.value }).map((word) => ({
                  ...value,
                  value: word,
                })),
              ]
            : [value],
        ),
      }
    case 'string':
      return texts(type, query, asked)
    case 'words':
      if (asked.sealing.asks.some(({ rules }) => rules.elements.has(type)))
        throw refused(query.parameter, 'searched by')
      return query
    default:
      return query
  }
}

type Token = Extract<ParameterQuery, { kind: 'token' }>
type Texts = Extract<ParameterQuery, { kind: 'string' }>

function tokens(
  type: string,
  { query, value }: { readonly query: Token; readonly value: TokenQuery },
  asked: AskedIn,
): readonly TokenQuery[] {
  const definition = definitionOf(type, query.parameter, asked)
  if (
    !definition ||
    (query.modifier !== undefined && query.modifier !== 'not' && query.modifier !== 'of-type')
  )
    return [value]
  if (query.modifier === 'of-type')
    return [value, ...asked.sealing.asks.map(({ word }) => ({ ...value, value: word(value.value ?? '') }))]
  const { code, system } = value
  if (code === undefined) return [value]
  const byElement = asked.sealing.asks
    .filter((by) => isElement(type, definition, by))
    .map(({ word }) => word(code))
  const byIdentifier = mayIdentify(definition)
    ? wordsOfIdentifier(asked.sealing, { system, value: code })
    : []
  return [value, ...[...new Set([...byElement, ...byIdentifier])].map((word) => ({ ...value, code: word }))]
}

function texts(type: string, query: Texts, asked: AskedIn): Texts {
  const definition = definitionOf(type, query.parameter, asked)
  if (!definition || !isSealed(type, definition, asked)) return query
  if (query.modifier !== 'exact') throw refused(query.parameter, 'searched by parts; ask by :exact')
  const words = query.values.flatMap((text) => asked.sealing.asks.map(({ word }) => word(text)))
  return { ...query, values: [...query.values, ...words] }
}

function definitionOf(type: string, name: string, { own }: AskedIn): SearchParameterDefinition | undefined {
  return parameterOf(type, name) ?? own(type, name)
}

/** Whether a parameter of a type compares a sealed element. */
function isSealed(type: string, definition: SearchParameterDefinition, { sealing }: AskedIn): boolean {
  return sealing.asks.some((by) => isElement(type, definition, by))
}

function isElement(type: string, { expression }: SearchParameterDefinition, { rules }: SealingBy): boolean {
  const names = rules.elements.get(type)
  if (!names) return false
  return [...names].some((name) => new RegExp(`\\b${type}\\.${name}\\b`).test(expression))
}

/** Parameters that compare identifiers end in one; an institution's own may say it otherwise. */
function mayIdentify({ expression }: SearchParameterDefinition): boolean {
  return /[iI]dentifier|\.value\b|extension/.test(expression)
}

function refused(parameter: string, how: string): OutcomeError {
  return invalid(`what ${parameter} compares is sealed here, so it cannot be ${how}`, {
    code: 'records.sealed-search',
    at: parameter,
  })
}
