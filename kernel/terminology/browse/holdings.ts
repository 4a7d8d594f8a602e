/** What is held: the code systems, value sets and maps of an institution and those of R4, without their contents. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { CodeSystem, CodeSystemConcept } from '@xinglin/fhir'
import { importedKey } from '../concepts/table.ts'
import type { Found, Kind, Library, ResourceOfKind } from '../find/library.ts'

export type Holding = {
  /** Id of the resource; of R4's own, which no institution stores, only the url is asked by. */
  readonly id?: string
  readonly url?: string
  readonly version?: string
  readonly name?: string
  readonly title?: string
  readonly status: string
  /** Whether it is R4's own. */
  readonly isStandard: boolean
  /** Of a code system: `complete`, `supplement`, `not-present` … (§4.8.6). */
  readonly content?: string
  /** Concepts that are held of a code system; codes that a map translates. Absent for value sets. */
  readonly count?: number
  /** From where to where a map goes, as far as it says. */
  readonly source?: string
  readonly target?: string
}

/** More are looked up by name in the record. */
const mostHeld = 20_000

export type Holdings = (tenant: TenantId, kind: Kind) => Promise<readonly Holding[]>

/** The institution's own first, then R4's, which never change while the process runs. */
export function createHoldings({
  library,
  database,
}: {
  readonly library: Library
  readonly database: Queryable
}): Holdings {
  const standard = new Map<Kind, readonly Holding[]>()
  const standardOf = async (kind: Kind) => {
    const known = standard.get(kind)
    if (known) return known
    const found = await library.standard(kind)
    const told = found
      .map((each) => holdingOf(each, { isStandard: true, tables: new Map() }))
      .toSorted((left, right) => shownAs(left).localeCompare(shownAs(right), 'en'))
    standard.set(kind, told)
    return told
  }
  return async (tenant, kind) => {
    const own = await library.all(tenant, kind, mostHeld)
    const tables = kind === 'CodeSystem' ? await countsOfTables(database) : new Map<string, number>()
    return [...own.map((each) => holdingOf(each, { isStandard: false, tables })), ...(await standardOf(kind))]
  }
}

function shownAs({ title, name, url = '' }: Holding): string {
  return title ?? name ?? url
}

async function countsOfTables(database: Queryable): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query(sql<{ name: string; concepts: number }>`
    select name, concepts
    from terminology.concept_table
    where ready is not null`)
  return new Map(rows.map(({ name, concepts }) => [name, concepts]))
}

type Told = { readonly isStandard: boolean; readonly tables: ReadonlyMap<string, number> }

function holdingOf({ resource }: Found<Kind>, { isStandard, tables }: Told): Holding {
  const { id, url, version, name, title, status } = resource
  return {
    ...(isStandard || id === undefined ? {} : { id }),
    ...(url === undefined ? {} : { url }),
    ...(version === undefined ? {} : { version }),
    ...(name === undefined ? {} : { name }),
    ...(title === undefined ? {} : { title }),
    status,
    isStandard,
    ...contentOf(resource, tables),
  }
}

function contentOf(
  resource: ResourceOfKind<Kind>,
  tables: ReadonlyMap<string, number>,
): Pick<Holding, 'content' | 'count' | 'source' | 'target'> {
  switch (resource.resourceType) {
    case 'CodeSystem':
      return { content: resource.content, count: conceptsOf(resource, tables) }
    case 'ValueSet':
      return {}
    case 'ConceptMap': {
      const groups = resource.group ?? []
      const source = resource.sourceUri ?? resource.sourceCanonical ?? groups[0]?.source
      const target = resource.targetUri ?? resource.targetCanonical ?? groups[0]?.target
      return {
        count: groups.reduce((sum, { element }) => sum + element.length, 0),
        ...(source === undefined ? {} : { source }),
        ...(target === undefined ? {} : { target }),
      }
    }
  }
}

function conceptsOf(system: CodeSystem, tables: ReadonlyMap<string, number>): number {
  const imported = importedKey(system)
  return imported === undefined ? countOf(system.concept ?? []) : (tables.get(imported) ?? 0)
}

function countOf(concepts: readonly CodeSystemConcept[]): number {
  return concepts.reduce((sum, { concept = [] }) => sum + 1 + countOf(concept), 0)
}
