/** FHIR R4 §3.1.1.5: splits a query into what chooses resources and what shapes the answer; each is checked and named. */
import { invalid, type OutcomeError, type ResourceType } from '@xinglin/fhir'
import {
  isResourceType,
  type ParameterQuery,
  type ParseOptions,
  parameterOf,
  parseParameter,
  type SearchParameterDefinition,
} from '@xinglin/fhir/search'
import type { Query } from '../records.ts'

/** What a page without `_count` holds. */
const usualCount = 50
/** A page is one answer in memory: 1,000 resources are 2-5 MB. */
const mostCount = 1_000
const mostParameters = 100

/** The parameter that carries the place of a next page. */
export const pageParameter = '_page'

export type Include = {
  /** `*` for every type. */
  readonly type: ResourceType | '*'
  /** `*` for every reference. */
  readonly parameter: string
  readonly target: ResourceType | undefined
  /** `:iterate`: of included resources too. */
  readonly isIterated: boolean
}
export type SortKey = {
  readonly parameter: string
  readonly isDescending: boolean
  readonly definition: SearchParameterDefinition
}

export type SearchRequest = {
  readonly conditions: readonly ParameterQuery[]
  readonly count: number
  readonly isCountOnly: boolean
  readonly isTotalAsked: boolean
  /** `_total=estimate`: counted while few, else as PostgreSQL expects. */
  readonly isEstimateAsked: boolean
  readonly sort: readonly SortKey[]
  readonly includes: readonly Include[]
  readonly revincludes: readonly Include[]
  /** §3.1.1.5.5: whether resources within others are looked for, and what is answered for one. */
  readonly contained: 'false' | 'true' | 'both'
  readonly containedType: 'container' | 'contained'
  readonly page: string | undefined
  readonly applied: Query
}

/** Said by other layers of the answer; they choose no resource. */
const shaping = new Set(['_format', '_pretty', '_elements', '_summary'])

/** A query as this store understands it; throws `invalid` naming the parameter that it does not. */
export function requestOf(type: ResourceType, query: Query, options: ParseOptions): SearchRequest {
  if (query.length > mostParameters) {
    throw invalid(`a search has at most ${mostParameters} parameters`, {
      code: 'records.too-many-parameters',
    })
  }
  const control = new Map<string, string[]>()
  const conditions: ParameterQuery[] = []
  for (const [name, value] of query) {
    if (isControl(name)) control.set(name, [...(control.get(name) ?? []), value])
    else conditions.push(parseParameter(type, name, value, options))
  }
  const last = (name: string) => control.get(name)?.at(-1)
  const count = countOf(last('_count'))
  return {
    conditions,
    count,
    isCountOnly: count === 0 || last('_summary') === 'count',
    isTotalAsked: isTotalAsked(last('_total')),
    isEstimateAsked: last('_total') === 'estimate',
    sort: (control.get('_sort') ?? []).flatMap((value) => sortOf(type, value, options)),
    includes: includesOf('_include', control, options),
    revincludes: includesOf('_revinclude', control, options),
    contained: oneOf('_contained', last('_contained'), ['false', 'true', 'both']),
    containedType: oneOf('_containedType', last('_containedType'), ['container', 'contained']),
    page: last(pageParameter),
    applied: query.filter(([name]) => name !== pageParameter && !shaping.has(name)),
  }
}

const iterate = ':iterate'
const controls = new Set([
  ...['_count', '_total', '_sort', '_contained', '_containedType', pageParameter, ...shaping],
  ...['_include', '_revinclude'].flatMap((name) => [name, `${name}${iterate}`]),
])

function isControl(name: string): boolean {
  return controls.has(name)
}

function countOf(value: string | undefined): number {
  if (value === undefined) return usualCount
  if (!/^\d{1,9}$/.test(value)) throw badValue('_count', 'a whole number')
  return Math.min(Number(value), mostCount)
}

/** The first where none was asked. */
function oneOf<T extends string>(name: string, value: string | undefined, words: readonly [T, ...T[]]): T {
  const found = value === undefined ? words[0] : words.find((word) => word === value)
  if (found === undefined) throw badValue(name, words.join(', '))
  return found
}

function isTotalAsked(value: string | undefined): boolean {
  if (value === undefined || value === 'none' || value === 'estimate') return false
  if (value === 'accurate') return true
  throw badValue('_total', 'none, estimate or accurate')
}

function sortOf(type: ResourceType, value: string, { ownParameter }: ParseOptions): readonly SortKey[] {
  return value.split(',').map((part) => {
    const isDescending = part.startsWith('-')
    const parameter = isDescending ? part.slice(1) : part
    const definition = parameterOf(type, parameter) ?? ownParameter?.(type, parameter)
    if (!definition) throw badValue('_sort', `a list of search parameters of ${type}`)
    return { parameter, isDescending, definition }
  })
}

/** §3.1.1.5.3: those without and those with `:iterate`. */
function includesOf(
  name: '_include' | '_revinclude',
  control: ReadonlyMap<string, readonly string[]>,
  options: ParseOptions,
): readonly Include[] {
  return [name, `${name}${iterate}`].flatMap((each) =>
    (control.get(each) ?? []).map((value) => ({
      ...includeOf(each, value, options),
      isIterated: each !== name,
    })),
  )
}

function includeOf(name: string, value: string, { ownParameter }: ParseOptions): Omit<Include, 'isIterated'> {
  if (value === '*') return { type: '*', parameter: '*', target: undefined }
  const [type = '', parameter = '', target] = value.split(':')
  const isKnownTarget = target === undefined || isResourceType(target)
  if (!isResourceType(type) || !isKnownTarget)
    throw badValue(name, '*, Type:*, Type:parameter or Type:parameter:Target')
  const definition = parameterOf(type, parameter) ?? ownParameter?.(type, parameter)
  if (parameter !== '*' && definition?.kind !== 'reference')
    throw badValue(name, `a reference parameter of ${type}`)
  return { type, parameter, target }
}

function badValue(name: string, wanted: string): OutcomeError {
  return invalid(`${name} must be ${wanted}`, { code: 'records.bad-parameter', at: name })
}
