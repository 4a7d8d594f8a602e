/**
 * search.html §3.1.1 and http.html §3.1.0.10: a search over several types, `GET [base]?_type=Patient,Observation&…`, or over
 * all that are held, `GET [base]?_lastUpdated=…`, by the parameters that every type has. Each type is searched as by itself,
 * decided and audited as its own search. Without `_sort` a page goes on in the next type where one ends; with it the pages of
 * all types are merged (`sorted-types.ts`). Both stay stable under writes.
 */
import { invalid, type OutcomeError, type ResourceType } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import type { GuardedRecords } from '@xinglin/identity'
import type { Query, Version } from '@xinglin/records'
import { bundleText, type Link, searchEntry } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import { type FhirRequest, queryOf, queryText } from '../http/request.ts'
import { shaped, shapeOf } from './search-shape.ts'
import { type Asked, type Found, pageParameter, sortedPage } from './sorted-types.ts'

/** Each type is at least one statement. */
const mostTypes = 20
const usualCount = 50
const mostCount = 1_000

/** A page of matches of the types that `_type` names, or of all. */
export async function searchSystem(records: GuardedRecords, request: FhirRequest): Promise<Answer> {
  const { baseUrl, query } = request
  const types = namedTypes(query) ?? (await allTypes(records, query))
  const own = query.filter(([name]) => !['_type', '_count', '_total', pageParameter].includes(name))
  const isCount = lastOf(query, '_summary') === 'count' || lastOf(query, '_count') === '0'
  const isTotal = isCount || lastOf(query, '_total') === 'accurate'
  const total = isTotal ? { total: await totalOf(records, types, own) } : {}
  const asked = query.filter(([name]) => name !== pageParameter)
  const self: Link = { relation: 'self', url: `${baseUrl}?${queryText(asked)}` }
  if (isCount)
    return { status: 200, body: bundleText({ type: 'searchset', ...total, links: [self], entries: [] }) }
  const page = { types, own, count: countOf(query), page: lastOf(query, pageParameter) }
  const isSorted = lastOf(query, '_sort') !== undefined
  const found = isSorted ? await sortedPage(records, page) : await pageOf(records, page)
  const { next } = found
  const link: Link | undefined =
    next === undefined
      ? undefined
      : { relation: 'next', url: `${baseUrl}?${queryText([...asked, [pageParameter, next]])}` }
  const links = link ? [self, link] : [self]
  const entries = entriesOf(found, request)
  return { status: 200, body: bundleText({ type: 'searchset', ...total, links, entries }) }
}

/** Matches, then what they bring along, each once whichever type brought it. */
function entriesOf({ matches, included }: Found, { baseUrl, query }: FhirRequest): readonly string[] {
  const shown = new Set<string>()
  const isNew = ({ type, id }: Version) => {
    const name = `${type}/${id}`
    return !shown.has(name) && shown.add(name)
  }
  const entry = (mode: 'match' | 'include') => (version: Version) => {
    const shape = shapeOf(version.type, query)
    return searchEntry(baseUrl, { ...version, json: shaped(version.json, shape) }, mode)
  }
  return [...matches.filter(isNew).map(entry('match')), ...included.filter(isNew).map(entry('include'))]
}

/** Fills one page, type after type. `next` is the type to go on in, and the place there. */
async function pageOf(records: GuardedRecords, { types, own, count, page: at }: Asked): Promise<Found> {
  const start = placeOf(types, at)
  const matches: Version[] = []
  const included: Version[] = []
  let left = count
  for (const [index, type] of types.entries()) {
    if (index < start.at) continue
    if (left === 0) return { matches, included, next: `${type}.` }
    const place: Query = index === start.at && start.token !== '' ? [[pageParameter, start.token]] : []
    const page = await records.search(type, [...own, ['_count', String(left)], ...place])
    matches.push(...page.matches)
    included.push(...page.included)
    left -= page.matches.length
    if (page.next !== undefined) {
      const token = lastOf(queryOf(page.next), pageParameter) ?? ''
      return { matches, included, next: `${type}.${token}` }
    }
  }
  return { matches, included }
}

async function totalOf(records: GuardedRecords, types: readonly ResourceType[], own: Query): Promise<number> {
  const choosing = own.filter(([name]) => !/^_(summary|elements|include|revinclude|sort)/.test(name))
  let total = 0
  for (const type of types)
    total += (await records.search(type, [...choosing, ['_summary', 'count']])).total ?? 0
  return total
}

function namedTypes(query: Query): readonly ResourceType[] | undefined {
  const asked = query.filter(([name]) => name === '_type')
  if (asked.length === 0) return undefined
  const names = new Set(asked.flatMap(([, value]) => value.split(',')))
  const types = [...names].filter(isResourceType)
  if (types.length > 0 && types.length === names.size && types.length <= mostTypes) return types
  throw bad('_type', `a list of at most ${mostTypes} resource types`)
}

/** §3.1.1.4: without types only what every type has can be asked. */
async function allTypes(records: GuardedRecords, query: Query): Promise<readonly ResourceType[]> {
  const asked = query.flatMap(([name, value]) => (name === '_sort' ? value.split(',') : [name]))
  const particular = asked.find((name) => !/^-?_/.test(name))
  if (particular === undefined) return records.searchableTypes()
  const shown = /^[\w:.-]{1,64}$/.test(particular) ? particular : '_type'
  throw invalid(
    'a search of all types asks by the parameters of every type; name types by _type for others',
    {
      code: 'fhir-api.bad-shape',
      at: shown,
    },
  )
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
  const type = page.slice(0, cut)
  // Of all types that are held there may be others by now: where one is gone, the next in the alphabet goes on.
  const at = types.indexOf(type as ResourceType)
  if (at >= 0) return { at, token: page.slice(cut + 1) }
  const after = types.findIndex((each) => each > type)
  if (cut < 1 || !isResourceType(type) || after < 0)
    throw bad(pageParameter, 'the place that the link of the page before gives')
  return { at: after, token: '' }
}

function lastOf(query: Query, name: string): string | undefined {
  return query.findLast(([each]) => each === name)?.[1]
}

function bad(name: string, wanted: string): OutcomeError {
  return invalid(`${name} must be ${wanted}`, { code: 'fhir-api.bad-shape', at: name })
}
