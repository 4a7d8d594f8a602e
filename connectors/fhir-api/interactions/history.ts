/** http.html §3.1.0.12 history of one resource, of a type, or of everything, newest first, by pages. */
import { type Instant, invalid, notFound, type ResourceType } from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'
import type { GuardedRecords } from '@xinglin/identity'
import type { Query } from '@xinglin/records'
import { bundleText, historyEntry, type Link } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import { type FhirRequest, queryText } from '../http/request.ts'
import { historyPage, mostPerPage } from '../limits.ts'

export type HistoryOf = { readonly type?: ResourceType; readonly id?: string }

/** Parameter of the next link: the place in the history after which it goes on. */
const beforeParameter = '_before'

export async function history(records: GuardedRecords, of: HistoryOf, request: FhirRequest): Promise<Answer> {
  const asked = askedOf(request.query)
  const { versions, next } = await records.history({ ...of, ...asked })
  if (
    versions.length === 0 &&
    of.id !== undefined &&
    asked.before === undefined &&
    asked.since === undefined &&
    asked.at === undefined
  ) {
    throw notFound(`there is no such ${of.type}`, { code: 'fhir-api.not-found' })
  }
  const links = linksOf(request, next)
  const entries = versions.map((version) => historyEntry(request.baseUrl, version))
  return { status: 200, body: bundleText({ type: 'history', links, entries }) }
}

type Asked = {
  readonly count: number
  readonly since?: Instant
  readonly at?: string
  readonly before?: string
}

function askedOf(query: Query): Asked {
  let asked: Asked = { count: historyPage }
  for (const [name, value] of query) asked = { ...asked, ...part(name, value) }
  return asked
}

function part(name: string, value: string): Partial<Asked> {
  switch (name) {
    case '_count':
      return { count: countOf(value) }
    case '_since':
      return { since: sinceOf(value) }
    case '_at':
      // A `+` that was not encoded arrives as a space.
      return { at: value.replace(' ', '+') }
    case beforeParameter:
      return { before: value }
    default:
      throw invalid(`history has no parameter ${/^[\w-]{1,64}$/.test(name) ? name : 'of that name'}`, {
        code: 'fhir-api.history-parameter',
      })
  }
}

function countOf(value: string): number {
  const count = /^\d{1,9}$/.test(value) ? Number(value) : 0
  if (count >= 1) return Math.min(count, mostPerPage)
  throw invalid('_count must be a whole number from 1', { code: 'fhir-api.count', at: '_count' })
}

function sinceOf(value: string): Instant {
  const written = value.replace(' ', '+')
  if (/T.*(?:Z|[+-]\d\d:\d\d)$/.test(written) && dateRange(written, 'UTC')) return written as Instant
  throw invalid('_since must be an instant with offset', { code: 'fhir-api.since', at: '_since' })
}

function linksOf({ baseUrl, path, query }: FhirRequest, next: string | undefined): readonly Link[] {
  const urlOf = (pairs: Query) => {
    const text = queryText(pairs)
    return text === '' ? `${baseUrl}/${path}` : `${baseUrl}/${path}?${text}`
  }
  const self: Link = { relation: 'self', url: urlOf(query) }
  if (next === undefined) return [self]
  const rest = query.filter(([name]) => name !== beforeParameter)
  return [self, { relation: 'next', url: urlOf([...rest, [beforeParameter, next]]) }]
}
