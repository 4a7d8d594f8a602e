/**
 * A search of one patient's record as it stood (`_asOf`): the versions that were current in the chart are read, and looked
 * at one by one by the meaning of search. No index of the past is kept: a value that nobody asks for of the past would
 * cost every write, while a chart has some hundred resources of a type (docs/decisions/0011). Cost grows with the
 * resources of the types asked for in this one chart.
 */
import type { Queryable } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, invalid, type ResourceType } from '@xinglin/fhir'
import type { ParameterQuery } from '@xinglin/fhir/search'
import type { Runtime } from '@xinglin/runtime'
import { badToken, tokenOf, valuesOf } from '../page-token.ts'
import type { Page, Query, SearchRights } from '../records.ts'
import { nextQuery } from '../search/next-query.ts'
import { refuseCompared } from '../search/refuse-compared.ts'
import { requestOf } from '../search/request.ts'
import { asOfBeforeMs, asOfParameter, badInstant } from './as-of-instant.ts'
import { holds, pastRecord, refuseUnanswered, typesIn } from './past-conditions.ts'
import { includedAt, termsTo } from './past-include.ts'
import { inOrder } from './past-order.ts'
import { chartAt, type Past, type PastResource, referrersAt, resourcesAt } from './past-versions.ts'
import { patientAsked } from './whose.ts'

export type PastNeeds = {
  readonly queryable: Queryable
  readonly runtime: Runtime
  readonly by?: SearchRights
}
type TypedSpace = { readonly tenant: TenantId; readonly type: ResourceType }

/** True for a query that asks for the past. */
export function isAsOf(query: Query): boolean {
  return query.some(([name]) => name === asOfParameter)
}

/** Answers a search with `_asOf`; throws `invalid` where it names no one patient, and for what is unknown or malformed. */
export async function searchAsOf(
  { queryable, runtime, by }: PastNeeds,
  { tenant, type }: TypedSpace,
  query: Query,
): Promise<Page> {
  const { timeZone } = runtime
  const options = { timeZone, nowMs: epochMs(runtime.now()), ...by }
  const asked = query.filter(([name]) => name === asOfParameter)
  const [instant] = asked
  if (!instant || asked.length > 1) throw badInstant('may stand once')
  const beforeMs = asOfBeforeMs(instant[1], options)
  const request = requestOf(
    type,
    query.filter(([name]) => name !== asOfParameter),
    options,
  )
  refuseCompared(type, request, by?.mayCompare)
  if (request.contained !== 'false') throw notOfPast()
  for (const condition of request.conditions) refuseUnanswered(condition)
  const past: Past = { tenant, timeZone, by, patient: patientAsked(type, request.conditions), beforeMs }
  const found = await matchesAt(queryable, past, { type, conditions: request.conditions })
  const applied: Query = [...request.applied, instant]
  const counted = request.isTotalAsked || request.isCountOnly ? { total: found.length } : {}
  if (request.isCountOnly) return { matches: [], included: [], applied, ...counted }
  const ordered = inOrder(found, request.sort, type)
  const start = request.page === undefined ? 0 : placeAfter(ordered, request.page)
  const matches = ordered.slice(start, start + request.count)
  const last = start + request.count < ordered.length ? matches.at(-1) : undefined
  const included = await includedAt(queryable, past, { matches, asked: request })
  return {
    matches: matches.map(({ version }) => version),
    included: included.map(({ version }) => version),
    applied,
    ...counted,
    ...(last ? { next: nextQuery(query, tokenOf([last.name])) } : {}),
  }
}

function notOfPast() {
  return invalid('contained resources are not looked for in the past; leave _contained or _asOf out', {
    code: 'records.not-of-contained',
    at: '_contained',
  })
}

/** The past does not change: a page goes on after the resource that the one before ended with. */
function placeAfter(ordered: readonly PastResource[], page: string): number {
  const [name] = valuesOf(page, 1)
  const index = ordered.findIndex((resource) => resource.name === name)
  if (index < 0) throw badToken()
  return index + 1
}

type Conditions = { readonly type: ResourceType; readonly conditions: readonly ParameterQuery[] }

async function matchesAt(
  from: Queryable,
  past: Past,
  { type, conditions }: Conditions,
): Promise<readonly PastResource[]> {
  const types = [...new Set([type, ...conditions.flatMap((query) => typesIn(type, query))])]
  const chart = await chartAt(from, past, types)
  const isAround = conditions.some(({ kind }) => kind === 'chain' || kind === 'has')
  const around = isAround ? await aroundAt(from, past, { chart, types, conditions }) : []
  const record = pastRecord([...chart, ...around])
  return chart.filter(
    (resource) =>
      resource.version.type === type && conditions.every((query) => holds(query, resource, record)),
  )
}

/** Chains go four steps deep. */
const mostSteps = 4

/** What stands around a chart and is nobody else's: referred to by it over some steps, and referring to it where `_has` asks. */
async function aroundAt(
  from: Queryable,
  past: Past,
  {
    chart,
    types,
    conditions,
  }: {
    readonly chart: readonly PastResource[]
    readonly types: readonly ResourceType[]
    readonly conditions: readonly ParameterQuery[]
  },
): Promise<readonly PastResource[]> {
  const known = new Set(chart.map(({ name }) => name))
  const found: PastResource[] = []
  const take = (resources: readonly PastResource[]) => {
    const fresh = resources.filter(({ name }) => !known.has(name) && known.add(name))
    found.push(...fresh)
    return fresh
  }
  let frontier = chart
  for (let step = 0; step < mostSteps && frontier.length > 0; step += 1) {
    const names = frontier.flatMap(({ values }) =>
      values.references.flatMap(({ type, id }) =>
        type !== undefined &&
        id !== undefined &&
        types.some((each) => each === type) &&
        !known.has(`${type}/${id}`)
          ? [{ type, id }]
          : [],
      ),
    )
    const referrers = await Promise.all(
      conditions.flatMap(hasIn).map((wanted) =>
        referrersAt(from, past, {
          type: wanted.type,
          terms: termsTo(past, { ...wanted, targets: frontier }),
        }),
      ),
    )
    frontier = take([...(await resourcesAt(from, past, names)), ...referrers.flat()])
  }
  return found
}

type Has = Extract<ParameterQuery, { readonly kind: 'has' }>

/** Every `_has` in a condition. */
function hasIn(query: ParameterQuery): readonly Has[] {
  if (query.kind === 'has') return [query, ...hasIn(query.query)]
  return query.kind === 'chain' ? query.targets.flatMap((target) => hasIn(target.query)) : []
}
