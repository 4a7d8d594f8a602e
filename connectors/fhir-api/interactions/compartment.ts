/**
 * search.html §3.1.1.4.1 compartment search: `[base]/Patient/42/Observation?code=…` is a search of the type in which one of
 * the parameters of the compartment refers to the resource; `[base]/Patient/42/*` is the compartment as a whole.
 */
import { invalid, notFound, type ResourceType } from '@xinglin/fhir'
import {
  compartmentParameter,
  compartmentTypes,
  isCompartmentType,
  isResourceType,
} from '@xinglin/fhir/search'
import type { GuardedRecords } from '@xinglin/identity'
import type { CompartmentQuery, Query } from '@xinglin/records'
import { bundleText, type Link, searchEntry } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import { type FhirRequest, queryText } from '../http/request.ts'
import { mostPerPage, usualPerPage } from '../limits.ts'
import { knownId, knownType } from '../writing/operation.ts'
import { search } from './search.ts'

export type InCompartment = { readonly type: string; readonly id: string; readonly member: string }

/** Members of one type, or of every type for `*`. Throws `notFound` where R4 gives the type no compartment. */
export function searchCompartment(
  records: GuardedRecords,
  { type, id, member }: InCompartment,
  request: FhirRequest,
): Promise<Answer> {
  const root = knownType(type)
  if (!isCompartmentType(root))
    throw notFound(`${root} has no compartment; ${compartmentTypes.join(', ')} have one`, {
      code: 'fhir-api.no-compartment',
    })
  const place = `${root}/${knownId(id)}`
  if (member !== '*') return search(records, knownType(member), request, place)
  if (root === 'Patient' || root === 'Encounter') return whole(records, { type: root, id }, request)
  throw notFound(`only Patient/[id]/* and Encounter/[id]/* are answered; name a type: ${place}/[type]`, {
    code: 'fhir-api.no-compartment',
  })
}

/** The query of a search within the compartment `Patient/42`. */
export function within(place: string, query: Query): Query {
  return [...query, [compartmentParameter, place]]
}

/** A query as the client may see it: the compartment stands in the address. */
export function withoutCompartment(query: Query): Query {
  return query.filter(([name]) => name !== compartmentParameter)
}

const afterParameter = '_after'

async function whole(
  records: GuardedRecords,
  of: CompartmentQuery['of'],
  { baseUrl, query }: FhirRequest,
): Promise<Answer> {
  const asked = askedOf(of, query)
  const { root, members, next } = await records.compartment(asked)
  const isShown = root && root.interaction !== 'delete' && (!asked.types || asked.types.includes(root.type))
  const matches = isShown ? [root, ...members] : members
  const rest = query.filter(([name]) => name !== afterParameter)
  const url = (pairs: Query) =>
    pairs.length === 0
      ? `${baseUrl}/${of.type}/${of.id}/*`
      : `${baseUrl}/${of.type}/${of.id}/*?${queryText(pairs)}`
  const links: Link[] = [{ relation: 'self', url: url(query) }]
  if (next !== undefined) links.push({ relation: 'next', url: url([...rest, [afterParameter, next]]) })
  const entries = matches.map((version) => searchEntry(baseUrl, version, 'match'))
  return { status: 200, body: bundleText({ type: 'searchset', links, entries }) }
}

function askedOf(of: CompartmentQuery['of'], query: Query): CompartmentQuery {
  let asked: CompartmentQuery = { of, count: usualPerPage }
  for (const [name, value] of query) {
    if (name === '_count' && /^[1-9]\d{0,8}$/.test(value))
      asked = { ...asked, count: Math.min(Number(value), mostPerPage) }
    else if (name === '_count')
      throw invalid('_count must be a whole number from 1', { code: 'fhir-api.count', at: '_count' })
    else if (name === '_type') asked = { ...asked, types: value.split(',').map(typeOf) }
    else if (name === afterParameter) asked = { ...asked, after: value }
    else
      throw invalid(
        `a whole compartment is asked with _type and _count; other parameters need a type: ${of.type}/[id]/[type]`,
        { code: 'fhir-api.compartment-parameter', at: /^[\w-]{1,64}$/.test(name) ? name : undefined },
      )
  }
  return asked
}

function typeOf(name: string): ResourceType {
  if (isResourceType(name)) return name
  throw invalid('_type must name resource types of FHIR R4, separated by commas', {
    code: 'fhir-api.compartment-parameter',
    at: '_type',
  })
}
