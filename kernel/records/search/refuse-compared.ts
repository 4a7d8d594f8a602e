/** A search whose answer would depend on what somebody may not see is refused, wherever the parameter stands in it. */
import { forbidden, type ResourceType } from '@xinglin/fhir'
import { allResourceTypes, type ParameterQuery } from '@xinglin/fhir/search'
import type { SearchRights } from '../records.ts'
import type { SearchRequest } from './request.ts'

type MayCompare = NonNullable<SearchRights['mayCompare']>

/** Throws `forbidden` (`records.not-compared`) naming the parameter. */
export function refuseCompared(
  type: ResourceType,
  { conditions, sort, includes, revincludes }: SearchRequest,
  mayCompare: SearchRights['mayCompare'],
): void {
  if (!mayCompare) return
  for (const query of conditions) refuseQuery(type, query, mayCompare)
  for (const { parameter } of sort) refuse(type, parameter, mayCompare)
  for (const { type: source, parameter } of [...includes, ...revincludes]) {
    const sources = source === '*' ? allResourceTypes : [source]
    for (const each of sources) refuse(each, parameter, mayCompare)
  }
}

function refuseQuery(type: ResourceType, query: ParameterQuery, mayCompare: MayCompare): void {
  switch (query.kind) {
    case 'chain':
      refuse(type, query.parameter, mayCompare)
      for (const target of query.targets) refuseQuery(target.type, target.query, mayCompare)
      return
    case 'has':
      refuse(query.type, query.parameter, mayCompare)
      refuseQuery(query.type, query.query, mayCompare)
      return
    case 'logic':
      for (const each of query.queries) refuseQuery(type, each, mayCompare)
      return
    case 'compartment':
      for (const parameter of query.parameters) refuse(type, parameter, mayCompare)
      return
    default:
      refuse(type, query.parameter, mayCompare)
  }
}

function refuse(type: ResourceType, parameter: string, mayCompare: MayCompare): void {
  if (mayCompare(type, parameter)) return
  throw forbidden(
    `what ${parameter} of ${type} compares is hidden from you, so it cannot be searched, sorted or followed`,
    {
      code: 'records.not-compared',
      at: parameter,
    },
  )
}
