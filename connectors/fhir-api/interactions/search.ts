/** http.html §3.1.0.10 search by GET and by POST `_search`: a searchset Bundle with links and, where asked, a total. */
import { type ResourceType, unsupported } from '@xinglin/fhir'
import type { Page, Query } from '@xinglin/records'
import { bundleText, type Link, searchEntry } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import type { FhirRequest } from '../http/request.ts'

/** What can search: the guarded record, or one unit inside a transaction. */
type Searchable = { search(type: ResourceType, query: Query): Promise<Page> }

export async function search(records: Searchable, type: ResourceType, request: FhirRequest): Promise<Answer> {
  const { query, baseUrl } = request
  refuseUnsupported(query)
  const page = await records.search(type, query)
  const isCount = query.some(([name, value]) => name === '_summary' && value === 'count')
  const entries = isCount
    ? []
    : [
        ...page.matches.map((version) => searchEntry(baseUrl, version, 'match')),
        ...page.included.map((version) => searchEntry(baseUrl, version, 'include')),
      ]
  const links = linksOf(`${baseUrl}/${type}`, page, isCount)
  return { status: 200, body: bundleText({ type: 'searchset', total: page.total, links, entries }) }
}

/** What would change the answer's shape is refused and not ignored: a client that asked for a part must not get the whole. */
function refuseUnsupported(query: Query): void {
  for (const [name, value] of query) {
    const isRefused =
      name === '_elements' ||
      name === '_contained' ||
      (name === '_summary' && value !== 'count' && value !== 'false')
    if (isRefused)
      throw unsupported(`${name} is not supported here; leave it out`, {
        code: 'fhir-api.search-shape',
        at: name,
      })
  }
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
