/** What a message names beside its own resource, looked up before it is written: people, places, requests, specimens, results. */

import type { TenantId } from '@xinglin/events'
import type { Reference, Resource, ResourceOf, ResourceType } from '@xinglin/fhir'
import type { Records } from '@xinglin/records'

/** More at once make no query faster. */
const mostAtOnce = 500
/** A bed in a room in a ward on a floor of a building on a site. */
const deepestPlace = 6

export interface Facts {
  /** The resource of this type that a reference names; undefined where it is not there. */
  resource<T extends ResourceType>(type: T, reference: Reference | undefined): ResourceOf<T> | undefined
}

export type Looking = { readonly records: Records; readonly tenant: TenantId }

/** Everything that the references name, and the places that those places are part of. */
export async function factsOf(
  looking: Looking,
  references: readonly (Reference | undefined)[],
): Promise<Facts> {
  const known = new Map<string, Resource>()
  let open = referencesIn(references)
  for (let depth = 0; depth < deepestPlace && open.length > 0; depth++) {
    const found = await read(looking, open)
    for (const each of found) known.set(`${each.resourceType}/${each.id}`, each)
    const parents = found.map((each) => (each.resourceType === 'Location' ? each.partOf : undefined))
    open = referencesIn(parents).filter((reference) => !known.has(reference))
  }
  return {
    resource<T extends ResourceType>(type: T, reference: Reference | undefined) {
      const found = known.get(plain(reference) ?? '')
      return found?.resourceType === type ? (found as ResourceOf<T>) : undefined
    },
  }
}

/** All of a type that a query finds, up to one page. */
export async function search<T extends ResourceType>(
  { records, tenant }: Looking,
  type: T,
  query: Readonly<Record<string, string>>,
): Promise<readonly ResourceOf<T>[]> {
  const page = await records.search(tenant, type, [...Object.entries(query), ['_count', String(mostAtOnce)]])
  return page.matches.map(({ json }) => JSON.parse(json) as ResourceOf<T>)
}

async function read(looking: Looking, references: readonly string[]): Promise<readonly Resource[]> {
  const byType = Map.groupBy(references, (reference) => reference.split('/')[0] as ResourceType)
  const found = [...byType].flatMap(([type, all]) =>
    Array.from({ length: Math.ceil(all.length / mostAtOnce) }, (_, index) => {
      const ids = all
        .slice(index * mostAtOnce, (index + 1) * mostAtOnce)
        .map((each) => each.split('/')[1] ?? '')
      return search(looking, type, { _id: ids.join(',') })
    }),
  )
  return (await Promise.all(found)).flat()
}

function referencesIn(references: readonly (Reference | undefined)[]): readonly string[] {
  return [...new Set(references.map(plain).filter((each) => each !== undefined))]
}

/** `Type/id` of a reference to our own record. */
function plain(reference: Reference | undefined): string | undefined {
  return /^([A-Z]\w+\/[A-Za-z0-9.-]{1,64})(?:\/_history\/\d+)?$/.exec(reference?.reference ?? '')?.[1]
}
