/** http.html §3.1.0.10 search by GET and by POST `_search`: a searchset Bundle with links and, where asked, a total. */
import type { ResourceType } from '@xinglin/fhir'
import type { OwnParameterStatus, Page, Query, Version } from '@xinglin/records'
import { bundleText, type Link, searchEntry } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import { type FhirRequest, queryOf, queryText } from '../http/request.ts'
import { within, withoutCompartment } from './compartment.ts'
import { ignoredEntry, knownOf, type Understood } from './search-handling.ts'
import { shaped, shapeOf, shapeParameters } from './search-shape.ts'

/** What can search: the guarded record, or one unit inside a transaction. */
type Searchable = {
  search(type: ResourceType, query: Query): Promise<Page>
  ownParameters?(): Promise<readonly OwnParameterStatus[]>
}

/** `compartment`: only members of it, as `Patient/42`. */
export async function search(
  records: Searchable,
  type: ResourceType,
  request: FhirRequest,
  compartment?: string,
): Promise<Answer> {
  const { baseUrl } = request
  const { query, ignored } = await understood(records, type, request)
  const shape = shapeOf(type, query)
  const page = await records.search(type, compartment === undefined ? query : within(compartment, query))
  const isCount = query.some(([name, value]) => name === '_summary' && value === 'count')
  const entry = (mode: 'match' | 'include') => (version: Version) =>
    searchEntry(baseUrl, { ...version, json: shaped(version.json, shape) }, mode)
  const entries = isCount ? [] : [...page.matches.map(entry('match')), ...page.included.map(entry('include'))]
  if (ignored.length > 0) entries.push(ignoredEntry(ignored))
  const self = [...withoutCompartment(page.applied), ...shapeParameters(query)]
  const url = compartment === undefined ? `${baseUrl}/${type}` : `${baseUrl}/${compartment}/${type}`
  const next = compartment === undefined ? page.next : nextWithin(page.next)
  const links = linksOf(url, { ...page, applied: self, next }, isCount)
  return { status: 200, body: bundleText({ type: 'searchset', total: page.total, links, entries }) }
}

function nextWithin(next: string | undefined): string | undefined {
  return next === undefined ? undefined : queryText(withoutCompartment(queryOf(next)))
}

async function understood(
  records: Searchable,
  type: ResourceType,
  { handling, query }: FhirRequest,
): Promise<Understood> {
  if (handling !== 'lenient') return { query, ignored: [] }
  return knownOf(type, query, await records.ownParameters?.())
}

function linksOf(url: string, page: Page, isCount: boolean): readonly Link[] {
  const self: Link = { relation: 'self', url: withQuery(url, page.applied) }
  return page.next === undefined || isCount
    ? [self]
    : [self, { relation: 'next', url: `${url}?${page.next}` }]
}

/** Commas, pipes and colons stay readable, as FHIR's own links have them. */
function withQuery(url: string, query: Query): string {
  if (query.length === 0) return url
  const text = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return `${url}?${text}`
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/%2C|%7C|%3A|%2F|%24/g, decodeURIComponent)
}
