/**
 * search.html §3.1.1 and http.html §3.1.0.10: a search over several types, `GET [base]?_type=Patient,Observation&…`. Each type
 * is searched as by itself, in the order that was asked, and a page goes on in the next type where one ends; so pages stay
 * stable under writes, and each type is decided and audited as its own search.
 */
import { invalid, type OutcomeError, type ResourceType, unsupported } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import type { GuardedRecords } from '@xinglin/identity'
import type { Query, Version } from '@xinglin/records'
import { bundleText, type Link, searchEntry } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import { type FhirRequest, queryOf, queryText } from '../http/request.ts'
import { shaped, shapeOf } from './search-shape.ts'

/** Each type is at least one statement. */
const mostTypes = 20
const usualCount = 50
const mostCount = 1_000
const pageParameter = '_page'

/** A page of matches of the types that `_type` names. */
export async function searchSystem(records: GuardedRecords, request: FhirRequest): Promise<Answer> {
  const { baseUrl, query } = request
  const types = typesOf(query)
  refuseSort(query)
  const own = query.filter(([name]) => !['_type', '_count', '_total', pageParameter].includes(name))
  const isCount = lastOf(query, '_summary') === 'count' || lastOf(query, '_count') === '0'
  const isTotal = isCount || lastOf(query, '_total') === 'accurate'
  const total = isTotal ? { total: await totalOf(records, types, own) } : {}
  const asked = query.filter(([name]) => name !== pageParameter)
  const self: Link = { relation: 'self', url: `${baseUrl}?${queryText(asked)}` }
  if (isCount)
    return { status: 200, body: bundleText({ type: 'searchset', ...total, links: [self], entries: [] }) }
  const { entries, next } = await pageOf(records, { types, own, request })
  const link: Link | undefined =
    next === undefined
      ? undefined
      : { relation: 'next', url: `${baseUrl}?${queryText([...asked, [pageParameter, next]])}` }
  const links = link ? [self, link] : [self]
  return { status: 200, body: bundleText({ type: 'searchset', ...total, links, entries }) }
}

type Asked = { readonly types: readonly ResourceType[]; readonly own: Query; readonly request: FhirRequest }

/** Fills one page, type after type. `next` is the type to go on in, and the place there. */
async function pageOf(
  records: GuardedRecords,
  { types, own, request }: Asked,
): Promise<{ readonly entries: readonly string[]; readonly next?: string }> {
  const start = placeOf(types, lastOf(request.query, pageParameter))
  const found: string[] = []
  const included: string[] = []
  let left = countOf(request.query)
  for (let at = start.at; at < types.length; at += 1) {
    const type = types[at]
    if (type === undefined) break
    if (left === 0) return { entries: [...found, ...included], next: `${type}.` }
    const place: Query = at === start.at && start.token !== '' ? [[pageParameter, start.token]] : []
    const page = await records.search(type, [...own, ['_count', String(left)], ...place])
    const shape = shapeOf(type, request.query)
    const entry = (mode: 'match' | 'include') => (version: Version) =>
      searchEntry(request.baseUrl, { ...version, json: shaped(version.json, shape) }, mode)
    found.push(...page.matches.map(entry('match')))
    included.push(...page.included.map(entry('include')))
    left -= page.matches.length
    if (page.next !== undefined) {
      const token = lastOf(queryOf(page.next), pageParameter) ?? ''
      return { entries: [...found, ...included], next: `${type}.${token}` }
    }
  }
  return { entries: [...found, ...included] }
}

async function totalOf(records: GuardedRecords, types: readonly ResourceType[], own: Query): Promise<number> {
  const choosing = own.filter(([name]) => !/^_(summary|elements|include|revinclude)/.test(name))
  let total = 0
  for (const type of types)
    total += (await records.search(type, [...choosing, ['_summary', 'count']])).total ?? 0
  return total
}

function typesOf(query: Query): readonly ResourceType[] {
  const names = query.filter(([name]) => name === '_type').flatMap(([, value]) => value.split(','))
  const types = [...new Set(names)].filter(isResourceType)
  if (types.length > 0 && types.length === new Set(names).size && types.length <= mostTypes) return types
  throw bad('_type', `a list of at most ${mostTypes} resource types; a search of the whole system names them`)
}

function refuseSort(query: Query): void {
  if (lastOf(query, '_sort') === undefined) return
  throw unsupported('answers of several types come type after type; leave _sort out, or search one type', {
    code: 'fhir-api.search-shape',
    at: '_sort',
  })
}

function countOf(query: Query): number {
  const value = lastOf(query, '_count')
  if (value === undefined) return usualCount
  if (!/^\d{1,9}$/.test(value)) throw bad('_count', 'a whole number')
  return Math.min(Number(value), mostCount)
}

function placeOf(types: readonly ResourceType[], page: string | undefined) {
  if (page === undefined) return { at: 0, token: '' }
  const cut = page.indexOf('.')
  const at = types.findIndex((type) => `${type}.` === page.slice(0, cut + 1))
  if (at < 0) throw bad(pageParameter, 'the place that the link of the page before gives')
  return { at, token: page.slice(cut + 1) }
}

function lastOf(query: Query, name: string): string | undefined {
  return query.findLast(([each]) => each === name)?.[1]
}

function bad(name: string, wanted: string): OutcomeError {
  return invalid(`${name} must be ${wanted}`, { code: 'fhir-api.bad-shape', at: name })
}
