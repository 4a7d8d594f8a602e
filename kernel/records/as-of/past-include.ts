/** FHIR R4 §3.1.1.5.3 _include and _revinclude of matches as they stood; what belongs to another patient is not brought along. */
import type { Queryable } from '@xinglin/database'
import { invalid, type ResourceType } from '@xinglin/fhir'
import { parametersOf } from '@xinglin/fhir/search'
import { sourcesOf } from '../index/sources.ts'
import { referenceTerm, selfOf } from '../index/space.ts'
import { asksFor, iteratedOf, mostIncluded, mostRounds } from '../search/include.ts'
import type { Include, SearchRequest } from '../search/request.ts'
import {
  chartAt,
  notOfOthers,
  type Past,
  type PastResource,
  referrersAt,
  resourcesAt,
} from './past-versions.ts'

type Asked = Pick<SearchRequest, 'includes' | 'revincludes'>

/** Included resources, each once and none of the matches. */
export async function includedAt(
  from: Queryable,
  past: Past,
  { matches, asked }: { readonly matches: readonly PastResource[]; readonly asked: Asked },
): Promise<readonly PastResource[]> {
  const known = new Set(matches.map(({ name }) => name))
  const included: PastResource[] = []
  let frontier = matches
  let next = asked
  for (let round = 0; round < mostRounds && frontier.length > 0; round += 1) {
    const found = await Promise.all([
      referredTo(from, past, { frontier, includes: next.includes }),
      referring(from, past, { frontier, revincludes: next.revincludes }),
    ])
    frontier = notOfOthers(found.flat(), past).filter(({ name }) => !known.has(name) && known.add(name))
    included.push(...frontier)
    next = iteratedOf(asked)
    if (included.length >= mostIncluded) break
  }
  return included
}

async function referredTo(
  from: Queryable,
  past: Past,
  {
    frontier,
    includes,
  }: { readonly frontier: readonly PastResource[]; readonly includes: readonly Include[] },
): Promise<readonly PastResource[]> {
  const names = frontier.flatMap(({ version, values }) => {
    const wanted = includes.filter(({ type }) => type === '*' || type === version.type)
    return values.references.flatMap((reference) => {
      const { type, id } = reference
      const isAsked = wanted.some((include) => asksFor(include, reference))
      return isAsked && type !== undefined && id !== undefined ? [{ type, id }] : []
    })
  })
  return resourcesAt(from, past, names)
}

async function referring(
  from: Queryable,
  past: Past,
  {
    frontier,
    revincludes,
  }: { readonly frontier: readonly PastResource[]; readonly revincludes: readonly Include[] },
): Promise<readonly PastResource[]> {
  const found = await Promise.all(
    revincludes.map(async ({ type, parameter, target }) => {
      if (type === '*') throw namesNoType()
      const targets = frontier.filter(({ version }) => target === undefined || version.type === target)
      const names = new Set(targets.map(({ name }) => name))
      const candidates = await candidatesFor(from, past, { type, parameter, targets })
      return candidates.filter(({ values }) =>
        values.references.some(
          (reference) =>
            (parameter === '*' || reference.parameter === parameter) &&
            names.has(`${reference.type}/${reference.id}`),
        ),
      )
    }),
  )
  return found.flat()
}

/** Who refers from outside of a chart is looked for type by type. */
function namesNoType() {
  return invalid('_revinclude of the past must name a type: Type:parameter or Type:*', {
    code: 'records.bad-parameter',
    at: '_revinclude',
  })
}

/** What stood in the chart, and what refers from outside of it (Provenance of an order names no patient). */
async function candidatesFor(
  from: Queryable,
  past: Past,
  wanted: {
    readonly type: ResourceType
    readonly parameter: string
    readonly targets: readonly PastResource[]
  },
): Promise<readonly PastResource[]> {
  if (wanted.targets.length === 0) return []
  const found = await Promise.all([
    chartAt(from, past, [wanted.type]),
    referrersAt(from, past, { type: wanted.type, terms: termsTo(past, wanted) }),
  ])
  return found.flat()
}

/** Terms of references by a parameter (`*` for all) to these resources. */
export function termsTo(
  { tenant }: Pick<Past, 'tenant'>,
  wanted: {
    readonly type: ResourceType
    readonly parameter: string
    readonly targets: readonly PastResource[]
  },
): readonly bigint[] {
  const { type, parameter, targets } = wanted
  const names =
    parameter === '*'
      ? [...parametersOf(type).values()].filter(({ kind }) => kind === 'reference').map(({ name }) => name)
      : [parameter]
  const sources = new Set(names.flatMap((name) => sourcesOf(type, name)))
  return [...sources].flatMap((source) =>
    targets.map(({ version }) =>
      referenceTerm({ tenant, type }, source, selfOf(tenant, version.type, version.id)),
    ),
  )
}
