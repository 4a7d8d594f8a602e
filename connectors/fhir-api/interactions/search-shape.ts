/** search.html §3.1.1.5.8 _summary and §3.1.1.5.9 _elements: which part of each resource an answer shows. */
import {
  invalid,
  type OutcomeError,
  parseWithDecimals,
  type ResourceType,
  stringifyWithDecimals,
} from '@xinglin/fhir'
import { isElementName, type Subset, subsetOf } from '@xinglin/fhir/search'
import type { Query } from '@xinglin/records'

/** Parameters that choose no resource but how it is shown; they stand in the self link too. */
const shaping: ReadonlySet<string> = new Set(['_summary', '_elements'])
const summaries = ['true', 'text', 'data', 'count', 'false'] as const

/** The part that was asked for; undefined for whole resources. Throws `invalid` for what cannot be asked. */
export function shapeOf(type: ResourceType, query: Query): Subset | undefined {
  const names = elementsOf(type, query)
  const summary = summaryOf(query)
  if (names && summary !== undefined && summary !== 'false')
    throw badShape('_elements', 'left out where _summary says what is shown')
  if (names) return { kind: 'elements', names }
  return summary === undefined || summary === 'count' || summary === 'false' ? undefined : { kind: summary }
}

type Json = { readonly [name: string]: unknown }

/** The JSON of a resource in that shape; the stored text itself where it is shown whole. */
export function shaped(json: string, shape: Subset | undefined): string {
  return shape ? stringifyWithDecimals(subsetOf(parseWithDecimals(json) as Json, shape)) : json
}

/** The shaping parameters of a query, for the self link. */
export function shapeParameters(query: Query): Query {
  return query.filter(([name]) => shaping.has(name))
}

function summaryOf(query: Query): (typeof summaries)[number] | undefined {
  const value = query.findLast(([name]) => name === '_summary')?.[1]
  if (value === undefined) return undefined
  const summary = summaries.find((each) => each === value)
  if (!summary) throw badShape('_summary', summaries.join(', '))
  // §3.1.1.5.8: what is included could not be understood without its elements.
  const isIncluding = query.some(([name]) => name.startsWith('_include') || name.startsWith('_revinclude'))
  if (summary === 'text' && isIncluding)
    throw badShape('_summary', 'another than text where resources are included')
  return summary
}

function elementsOf(type: ResourceType, query: Query): readonly string[] | undefined {
  const names = query
    .filter(([name]) => name === '_elements')
    .flatMap(([, value]) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) return undefined
  if (names.every((name) => isElementName(type, name))) return names
  throw badShape('_elements', `a list of elements of ${type}, as they stand at the top of the resource`)
}

function badShape(name: string, wanted: string): OutcomeError {
  return invalid(`${name} must be ${wanted}`, { code: 'fhir-api.bad-shape', at: name })
}
