/** R4 patient-operation-everything and encounter-operation-everything: a searchset of all that is held, by pages. */
import { gone, type Instant, notFound, type ResourceType } from '@xinglin/fhir'
import { dateRange, isResourceType } from '@xinglin/fhir/search'
import type { CompartmentPage, CompartmentQuery, Version } from '@xinglin/records'
import { bundleText, type Link, searchEntry } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import { queryText } from '../http/request.ts'
import { mostPerPage } from '../limits.ts'
import type { OperationCall } from './operation.ts'
import { badValue, countOf, type Parameters, refuseUnknown, textOf, textsOf } from './parameters.ts'

/** Parameter of the next link: the place after which the page goes on. */
const afterParameter = '_after'

/** One page: the patient or encounter first, then its members, then what they refer to. */
export async function everything(
  type: 'Patient' | 'Encounter',
  { kernel, records, request, id = '', parameters }: OperationCall,
): Promise<Answer> {
  const asked = askedOf({ type, id }, parameters, kernel.runtime.timeZone)
  const page = await records.compartment(asked)
  refuseAbsent(type, asked, page)
  const { root, members, referred } = page
  const matches = root && isAskedFor(root, asked) ? [root, ...members] : members
  const entries = [
    ...matches.map((version) => searchEntry(request.baseUrl, version, 'match')),
    ...referred.map((version) => searchEntry(request.baseUrl, version, 'include')),
  ]
  const links = linksOf(`${request.baseUrl}/${type}/${id}/$everything`, parameters, page.next)
  return { status: 200, body: bundleText({ type: 'searchset', links, entries }) }
}

function askedOf(of: CompartmentQuery['of'], parameters: Parameters, timeZone: string): CompartmentQuery {
  const dates = of.type === 'Patient' ? ['start', 'end', '_asOf'] : []
  refuseUnknown(parameters, [...dates, '_since', '_type', '_count', afterParameter])
  const types = textsOf(parameters, '_type').flatMap((text) => text.split(','))
  const since = textOf(parameters, '_since')
  const after = textOf(parameters, afterParameter)
  const asOf = textOf(parameters, '_asOf')
  return {
    of,
    count: Math.min(countOf(parameters, '_count') ?? mostPerPage, mostPerPage),
    care: {
      fromMs: momentOf(parameters, 'start', timeZone)?.lowMs,
      beforeMs: momentOf(parameters, 'end', timeZone)?.highMs,
    },
    ...(types.length > 0 ? { types: types.map(typeOf) } : {}),
    ...(since === undefined ? {} : { since: instantIn(since) }),
    ...(after === undefined ? {} : { after }),
    ...(asOf === undefined ? {} : { asOf }),
  }
}

function typeOf(name: string): ResourceType {
  const trimmed = name.trim()
  if (isResourceType(trimmed)) return trimmed
  throw badValue('_type', 'must name resource types of FHIR R4, separated by commas')
}

function instantIn(text: string): Instant {
  // A `+` that was not encoded arrives as a space.
  const written = text.replace(' ', '+')
  if (/T.*(?:Z|[+-]\d\d:\d\d)$/.test(written) && dateRange(written, 'UTC')) return written as Instant
  throw badValue('_since', 'must be an instant with offset')
}

function momentOf(parameters: Parameters, name: string, timeZone: string) {
  const text = textOf(parameters, name)
  if (text === undefined) return undefined
  const range = /^(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-8]\d{3}|9[0-8]\d\d)\b/.test(text)
    ? dateRange(text, timeZone)
    : undefined
  if (range) return range
  throw badValue(name, 'must be a date: YYYY, YYYY-MM or YYYY-MM-DD')
}

function refuseAbsent(type: string, asked: CompartmentQuery, { root }: CompartmentPage): void {
  if (asked.after !== undefined) return
  if (!root && asked.asOf !== undefined)
    throw notFound(`there was no such ${type} at that instant`, { code: 'fhir-api.not-found' })
  if (!root) throw notFound(`there is no such ${type}`, { code: 'fhir-api.not-found' })
  if (root.interaction === 'delete')
    throw gone(`this ${type} was deleted; its history is still there`, { code: 'fhir-api.deleted' })
}

function isAskedFor({ type, updated }: Version, { types, since }: CompartmentQuery): boolean {
  return (!types || types.includes(type)) && (since === undefined || Date.parse(updated) >= Date.parse(since))
}

/** Parameters of a POST stand in the links too: the next page is a GET. */
function linksOf(url: string, parameters: Parameters, next: string | undefined): readonly Link[] {
  const pairs = parameters.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text] as const]))
  const withPairs = (query: typeof pairs) => (query.length === 0 ? url : `${url}?${queryText(query)}`)
  const self: Link = { relation: 'self', url: withPairs(pairs) }
  if (next === undefined) return [self]
  const rest = pairs.filter(([name]) => name !== afterParameter)
  return [self, { relation: 'next', url: withPairs([...rest, [afterParameter, next]]) }]
}
