/** R4 graphql.html §3.3.3: arguments of a list as search parameters; `-` is written `_`, since GraphQL has no names with it. */
import { invalid, type ResourceType } from '@xinglin/fhir'
import { parameterOf } from '@xinglin/fhir/search'
import type { Query } from '@xinglin/records'
import { mostCount, usualCount } from './limits.ts'
import type { Arguments } from './selection.ts'

const ofList: ReadonlySet<string> = new Set(['_count', '_sort', '_reference', '_cursor', '_filter'])

/** The query of a list; several values of one argument are alternatives. */
export function queryOf(type: ResourceType, given: Arguments): Query {
  const asked = Object.entries(given).flatMap(([name, value]) =>
    value === undefined || name === '_reference' || name === '_cursor' || name === '_count'
      ? []
      : [[parameterName(type, name), textOf(name, value)] as const],
  )
  return [...asked, ['_count', String(countOf(given._count))]]
}

function parameterName(type: ResourceType, name: string): string {
  if (ofList.has(name) || parameterOf(type, name)) return name
  const dashed = name.startsWith('_') ? name : name.replaceAll('_', '-')
  return dashed
}

function textOf(name: string, value: unknown): string {
  const values = Array.isArray(value) ? value : [value]
  if (values.every((each) => ['string', 'number', 'boolean'].includes(typeof each))) return values.join(',')
  throw invalid(`the argument ${name} takes texts, numbers or a list of them`, { code: 'graphql.argument' })
}

function countOf(value: unknown): number {
  if (value === undefined) return usualCount
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return Math.min(value, mostCount)
  throw invalid('_count is a whole number from 1', { code: 'graphql.argument' })
}
