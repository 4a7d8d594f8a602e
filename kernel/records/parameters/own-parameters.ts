/**
 * An institution's own search parameters as one process knows them. Each process asks again when what it knows is older than
 * `keptForMs`; a new parameter is announced for longer than that before older resources are gone through, so that by then
 * whatever is written is written with it.
 */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { busy, invalid } from '@xinglin/fhir'
import { type Extractor, ownExtractor, type SearchParameterDefinition } from '@xinglin/fhir/search'

/** How long a process goes by what it read, in ms; the announcement (`index-own.ts`) lasts twice as long. */
export const keptForMs = 1_000

export type OwnState = 'announced' | 'waiting' | 'indexing' | 'ready' | 'refused'

/** One SearchParameter of an institution. */
export type OwnParameterStatus = {
  /** Logical id of the resource. */
  readonly id: string
  readonly code: string
  readonly types: readonly string[]
  readonly definition: SearchParameterDefinition | undefined
  readonly state: OwnState
  /** Why it cannot be indexed. */
  readonly reason: string | undefined
  /** Of the older resources, from 0 to 1. */
  readonly share: number
}

export interface OwnOfTenant {
  readonly all: readonly OwnParameterStatus[]
  /** Reads the values of a type; undefined where it has no own parameter. */
  extractorOf(type: string): Extractor | undefined
  /** The definition that a search asks by; throws `busy` while it is indexed and `invalid` for one that cannot be. */
  definitionOf(type: string, code: string): SearchParameterDefinition | undefined
}

export interface OwnParameters {
  of(from: Queryable, tenant: TenantId): Promise<OwnOfTenant>
  /** Asks again at the next occasion. */
  forget(tenant: TenantId): void
}

/** What one process knows. */
export function createOwnParameters(): OwnParameters {
  const known = new Map<TenantId, { readonly readAtMs: number; readonly own: OwnOfTenant }>()
  return {
    async of(from, tenant) {
      const found = known.get(tenant)
      if (found && performance.now() - found.readAtMs < keptForMs) return found.own
      const readAtMs = performance.now()
      const own = ownOfTenant(await readOwn(from, tenant))
      known.set(tenant, { readAtMs, own })
      return own
    },
    forget: (tenant) => void known.delete(tenant),
  }
}

type Row = Omit<OwnParameterStatus, 'definition' | 'reason' | 'share'> & {
  readonly definition: SearchParameterDefinition | null
  readonly reason: string | null
  readonly next: number
  readonly last: number
}

async function readOwn(from: Queryable, tenant: TenantId): Promise<readonly OwnParameterStatus[]> {
  const rows = await from.query(sql<Row>`
    select id, code, types, definition, state, reason, next::float8 as next, last::float8 as last
    from records.parameter
    where tenant = ${tenant}
    order by code, id`)
  return rows.map(({ definition, reason, next, last, ...row }) => ({
    ...row,
    definition: definition ?? undefined,
    reason: reason ?? undefined,
    share: shareOf(row.state, next, last),
  }))
}

function shareOf(state: OwnState, next: number, last: number): number {
  if (state === 'ready') return 1
  return state === 'indexing' && last > 0 ? next / last : 0
}

function ownOfTenant(all: readonly OwnParameterStatus[]): OwnOfTenant {
  const extractors = new Map<string, Extractor>()
  for (const type of new Set(all.flatMap(({ types }) => types))) {
    const definitions = all.flatMap(({ types, definition }) =>
      definition && types.includes(type) ? [definition] : [],
    )
    if (definitions.length > 0) extractors.set(type, ownExtractor(type, definitions))
  }
  return {
    all,
    extractorOf: (type) => extractors.get(type),
    definitionOf(type, code) {
      const found = all.find((each) => each.code === code && each.types.includes(type))
      if (found?.state === 'refused')
        throw invalid(`SearchParameter/${found.id} is not indexed: ${found.reason}`, {
          code: 'records.parameter-refused',
          at: code,
        })
      if (found && found.state !== 'ready')
        throw busy(`${code} is still being indexed, ${Math.floor(found.share * 100)}% are; ask again later`, {
          code: 'records.indexing',
          at: code,
        })
      return found?.definition
    },
  }
}
