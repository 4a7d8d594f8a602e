/** Questions inside of questions: what stands within a chain, a `_has` or a filter, to be looked at and replaced. */
import type { ResourceType } from '@xinglin/fhir'
import type { ParameterQuery } from '@xinglin/fhir/search'

/** The questions directly within one, each with the type that it asks of; undefined: the same as around it. */
export function innersOf(
  query: ParameterQuery,
): readonly { readonly type: ResourceType | undefined; readonly query: ParameterQuery }[] {
  switch (query.kind) {
    case 'chain':
      return query.targets
    case 'has':
      return [query]
    case 'logic':
      return query.queries.map((each) => ({ type: undefined, query: each }))
    default:
      return []
  }
}

/** Whether the question or any within it is such. */
export function isAnywhere(query: ParameterQuery, isSuch: (query: ParameterQuery) => boolean): boolean {
  return isSuch(query) || innersOf(query).some((inner) => isAnywhere(inner.query, isSuch))
}

/** The question with each that holds no other replaced. */
export async function withReplaced(
  query: ParameterQuery,
  replace: (leaf: ParameterQuery) => Promise<ParameterQuery>,
): Promise<ParameterQuery> {
  const replaced = (inner: ParameterQuery) => withReplaced(inner, replace)
  switch (query.kind) {
    case 'chain': {
      const targets = query.targets.map(async (each) => ({ ...each, query: await replaced(each.query) }))
      return { ...query, targets: await Promise.all(targets) }
    }
    case 'has':
      return { ...query, query: await replaced(query.query) }
    case 'logic':
      return { ...query, queries: await Promise.all(query.queries.map(replaced)) }
    default:
      return replace(query)
  }
}

/** Conditions of which all must hold, a filter's outermost `and` taken apart: each may lead to the matches. */
export function allOf(conditions: readonly ParameterQuery[]): readonly ParameterQuery[] {
  return conditions.flatMap((query) =>
    query.kind === 'logic' && query.operator === 'and' ? allOf(query.queries) : [query],
  )
}
