/** FHIR R4 §3.1.1.4 conditions on resources as they stood, over chains and `_has` too, by the meaning in `search/naive-search.ts`. */
import { type OutcomeError, type ResourceType, unsupported } from '@xinglin/fhir'
import type { ParameterQuery } from '@xinglin/fhir/search'
import { matches } from '../search/naive-search.ts'
import type { PastResource } from './past-versions.ts'

/** Resources that a condition may look at, by name and by what refers to them. */
export type PastRecord = {
  readonly all: readonly PastResource[]
  named(name: string): PastResource | undefined
  referrersOf(name: string): readonly PastResource[]
}

/** The record of these resources, each once. */
export function pastRecord(resources: readonly PastResource[]): PastRecord {
  const byName = new Map(resources.map((resource) => [resource.name, resource]))
  const all = [...byName.values()]
  const byTarget = new Map<string, PastResource[]>()
  for (const resource of all) {
    const targets = new Set(
      resource.values.references.flatMap(({ type, id }) => (type && id ? [`${type}/${id}`] : [])),
    )
    for (const target of targets) {
      const known = byTarget.get(target)
      if (known) known.push(resource)
      else byTarget.set(target, [resource])
    }
  }
  return {
    all,
    named: (name) => byName.get(name),
    referrersOf: (name) => byTarget.get(name) ?? [],
  }
}

/** Whether a resource of the record meets a condition. */
export function holds(query: ParameterQuery, resource: PastResource, record: PastRecord): boolean {
  if (query.kind === 'chain') {
    return resource.values.references.some(({ parameter, type, id }) => {
      const target = parameter === query.parameter ? record.named(`${type}/${id}`) : undefined
      return (
        target !== undefined &&
        query.targets.some((each) => each.type === type && holds(each.query, target, record))
      )
    })
  }
  if (query.kind === 'has') {
    return record
      .referrersOf(resource.name)
      .some(
        (referrer) =>
          referrer.version.type === query.type &&
          referrer.values.references.some(
            ({ parameter, type, id }) => parameter === query.parameter && `${type}/${id}` === resource.name,
          ) &&
          holds(query.query, referrer, record),
      )
  }
  return matches(query, resource.values)
}

/** The types that a condition on `type` looks at. */
export function typesIn(type: ResourceType, query: ParameterQuery): readonly ResourceType[] {
  if (query.kind === 'chain')
    return [type, ...query.targets.flatMap((each) => typesIn(each.type, each.query))]
  if (query.kind === 'has') return [type, ...typesIn(query.type, query.query)]
  return [type]
}

/** Throws `unsupported` for a condition that is not answered of the past. */
export function refuseUnanswered(query: ParameterQuery): void {
  switch (query.kind) {
    case 'token':
      if (query.modifier !== undefined && query.modifier !== 'not' && query.modifier !== 'of-type')
        throw unanswered(`${query.parameter}:${query.modifier}`)
      return
    case 'chain':
      for (const { query: inner } of query.targets) refuseUnanswered(inner)
      return
    case 'has':
      refuseUnanswered(query.query)
      return
    case 'composite':
      for (const { components } of query.values) for (const each of components) refuseUnanswered(each)
      return
    case 'string':
    case 'uri':
    case 'date':
    case 'number':
    case 'quantity':
    case 'reference':
    case 'compartment':
    case 'missing':
      return
    default:
      throw unanswered('this parameter')
  }
}

function unanswered(what: string): OutcomeError {
  return unsupported(`${what} is not answered of the past; leave it or _asOf out`, {
    code: 'records.as-of-unsupported',
    at: '_asOf',
  })
}
