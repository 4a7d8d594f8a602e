/** CodeSystems, ValueSets and ConceptMaps of an institution: those of its record, else R4's own. */
import type { TenantId } from '@xinglin/events'
import type { CodeSystem, ConceptMap, ValueSet } from '@xinglin/fhir'
import type { Query, Records, Version } from '@xinglin/records'
import { byVersion, type Canonical } from './canonical.ts'
import { createKept } from './kept.ts'

export type Kind = 'CodeSystem' | 'ValueSet' | 'ConceptMap'
export type ResourceOfKind<K extends Kind> = {
  CodeSystem: CodeSystem
  ValueSet: ValueSet
  ConceptMap: ConceptMap
}[K]

/** A resource and by what it is told from its other versions. */
export type Found<K extends Kind> = { readonly resource: ResourceOfKind<K>; readonly key: string }

export interface Library {
  /** The named version, else the newest active one; undefined where there is none. */
  byUrl<K extends Kind>(tenant: TenantId, kind: K, canonical: Canonical): Promise<Found<K> | undefined>
  byId<K extends Kind>(tenant: TenantId, kind: K, id: string): Promise<Found<K> | undefined>
  search<K extends Kind>(tenant: TenantId, kind: K, query: Query): Promise<readonly Found<K>[]>
  /** All of the record, at most `most`. */
  all<K extends Kind>(tenant: TenantId, kind: K, most: number): Promise<readonly Found<K>[]>
  /** R4's own of a kind. */
  standard<K extends Kind>(kind: K): Promise<readonly Found<K>[]>
}

/** Text of parsed resources that is kept, in characters; a parsed one takes some five times that in memory. */
const keptCharacters = 32_000_000
/** Versions of one url that are looked at. */
const mostVersions = '50'
/** Resources of one page where all are asked for. */
const pageOfAll = '500'

/** Always asks the record, so that what was written is answered at once; only parsing is saved. */
export function createLibrary(records: Records): Library {
  const parsed = createKept<unknown>(keptCharacters)
  const standards = createStandards()
  const read = <K extends Kind>({ type, id, version, json }: Version, tenant: TenantId): Found<K> => {
    const key = `${tenant}/${type}/${id}/${version}`
    const resource = (parsed.get(key) ?? JSON.parse(json)) as ResourceOfKind<K>
    parsed.keep(key, resource, json.length)
    return { resource, key }
  }
  const search = async <K extends Kind>(tenant: TenantId, kind: K, query: Query) => {
    const { matches } = await records.search(tenant, kind, query)
    return matches.map((version) => read<K>(version, tenant))
  }
  return {
    search,
    async byUrl<K extends Kind>(tenant: TenantId, kind: K, { url, version }: Canonical) {
      const named: Query = version === undefined ? [] : [['version', escaped(version)]]
      const found = await search<K>(tenant, kind, [['url', escaped(url)], ...named, ['_count', mostVersions]])
      const ownIds = found.filter(({ resource }) => resource.status !== 'retired')
      return newest(ownIds.length > 0 ? ownIds : found) ?? (await standards.byUrl(kind, { url, version }))
    },
    async byId<K extends Kind>(tenant: TenantId, kind: K, id: string) {
      const version = await records.read(tenant, kind, id)
      if (version && version.interaction !== 'delete') return read<K>(version, tenant)
      return version ? undefined : standards.byId(kind, id)
    },
    async all<K extends Kind>(tenant: TenantId, kind: K, most: number) {
      const found: Found<K>[] = []
      let query: Query | undefined = [['_count', pageOfAll]]
      while (query && found.length < most) {
        const page = await records.search(tenant, kind, query)
        found.push(...page.matches.map((version) => read<K>(version, tenant)))
        query = page.next === undefined ? undefined : [...new URLSearchParams(page.next)]
      }
      return found
    },
    standard: standards.all,
  }
}

function escaped(text: string): string {
  return text.replace(/[\\,|$]/g, '\\$&')
}

function newest<K extends Kind>(found: readonly Found<K>[]): Found<K> | undefined {
  const isActive = ({ resource }: Found<K>) => (resource.status === 'active' ? 0 : 1)
  return found.toSorted(
    (a, b) => isActive(a) - isActive(b) || byVersion(a.resource.version, b.resource.version),
  )[0]
}

/** R4's own, loaded when they are first asked for. */
function createStandards() {
  let loading: Promise<typeof import('@xinglin/fhir/terminology')> | undefined
  const table = async <K extends Kind>(kind: K) => {
    loading ??= import('@xinglin/fhir/terminology')
    const { standardCodeSystems, standardValueSets, standardConceptMaps } = await loading
    const tables = {
      CodeSystem: standardCodeSystems,
      ValueSet: standardValueSets,
      ConceptMap: standardConceptMaps,
    }
    return tables[kind] as Readonly<Record<string, ResourceOfKind<K>>>
  }
  const found = <K extends Kind>(resource: ResourceOfKind<K>): Found<K> => ({
    resource,
    key: `standard/${resource.resourceType}/${resource.url}`,
  })
  return {
    async byUrl<K extends Kind>(kind: K, { url, version }: Canonical): Promise<Found<K> | undefined> {
      const of = await table(kind)
      const resource = Object.hasOwn(of, url) ? of[url] : undefined
      return resource && (version === undefined || version === resource.version) ? found(resource) : undefined
    },
    async byId<K extends Kind>(kind: K, id: string): Promise<Found<K> | undefined> {
      const resource = Object.values(await table(kind)).find((each) => each.id === id)
      return resource && found(resource)
    },
    async all<K extends Kind>(kind: K): Promise<readonly Found<K>[]> {
      return Object.values(await table(kind)).map((each) => found<K>(each))
    },
  }
}
