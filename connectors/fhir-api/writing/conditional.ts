/** http.html §3.1.0.8.1 conditional create, §3.1.0.7.1 update, §3.1.0.9.1 delete: the one resource that a search finds. */
import { sql } from '@xinglin/database'
import { ambiguous, type ResourceType } from '@xinglin/fhir'
import type { Query, Unit, Version } from '@xinglin/records'
import { queryText } from '../http/request.ts'
import type { WriteOperation } from './operation.ts'

/** The match, undefined where there is none; throws `ambiguous` (412) where there are several. */
export async function theOneMatch(
  unit: Unit,
  type: ResourceType,
  query: Query,
): Promise<Version | undefined> {
  const { matches } = await unit.search(type, [...query, ['_count', '2']])
  if (matches.length <= 1) return matches[0]
  throw ambiguous(`the condition on ${type} matches several resources; make it name one`, {
    code: 'fhir-api.several-matches',
    at: type,
  })
}

/**
 * Two requests with the same condition must not both find nothing and create: the second waits here until the first
 * has committed. Sorted, so that two bundles cannot wait for each other.
 */
export async function lockConditions(
  unit: Unit,
  writes: readonly { readonly operation: WriteOperation }[],
): Promise<void> {
  const keys = writes.flatMap(({ operation }) => {
    const query = conditionOf(operation)
    return query ? [`${unit.tenant} ${operation.type}?${queryText(query)}`] : []
  })
  if (keys.length === 0) return
  await unit.transaction.query(sql`
    select pg_advisory_xact_lock(key)
    from (select distinct hashtextextended(text, 0) as key from unnest(${keys}::text[]) as text order by 1) as condition`)
}

function conditionOf(operation: WriteOperation): Query | undefined {
  if (operation.kind === 'create') return operation.unless
  return 'query' in operation.target ? operation.target.query : undefined
}
