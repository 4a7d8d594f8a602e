/** Queries that can be judged of one resource alone, by its own index values: no other resource, no terminology, no text index. */
import type { ParameterQuery } from '@xinglin/fhir/search'

const kinds = [
  'token',
  'string',
  'uri',
  'reference',
  'compartment',
  'date',
  'number',
  'quantity',
  'missing',
  'composite',
] as const

export type JudgeableQuery = Extract<ParameterQuery, { readonly kind: (typeof kinds)[number] }>

/** Whether `holds.ts` can judge a query of this kind. */
export function isJudgeable(query: ParameterQuery): query is JudgeableQuery {
  return kinds.some((kind) => kind === query.kind)
}
