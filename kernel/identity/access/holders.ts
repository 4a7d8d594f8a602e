/** By which names relations know an actor: the Practitioner who he is, the roles that he has, the departments that he works in. */
import { type Database, sql } from '@xinglin/database'
import type { EventLog } from '@xinglin/events'
import { epochMs } from '@xinglin/fhir'
import type { Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { Actor } from '../identity.ts'
import { believedMs } from '../settings.ts'

/** References as they stand in `access.relation.holder`. */
export type HeldBy = { readonly own: readonly string[]; readonly departments: readonly string[] }

export interface Holders {
  /** A promise where it must be looked up first. */
  of(actor: Actor): HeldBy | Promise<HeldBy>
}

/** System of references of accounts (`user/…`) among the identifiers of a Practitioner. */
const accountSystem = 'urn:xinglin:account'
/** Actors held in memory: everybody on duty. */
const mostHeld = 10_000

type Needs = {
  readonly database: Database
  readonly records: Records
  readonly events: EventLog
  readonly runtime: Runtime
}

/** Looked up once for each actor, and again after seconds or when the log tells that people or positions changed. */
export function createHolders(needs: Needs): Holders {
  const { events, runtime } = needs
  const held = new Map<string, { readonly atMs: number; readonly by: HeldBy }>()
  events.follow((entries) => {
    const isPosition = entries.some(
      ({ kind, resourceType }) =>
        resourceType === 'PractitionerRole' ||
        resourceType === 'Practitioner' ||
        kind.startsWith('identity.person'),
    )
    if (isPosition) held.clear()
  })
  const look = async (actor: Actor, key: string) => {
    const atMs = epochMs(runtime.now())
    const by = await heldBy(needs, actor)
    if (held.size >= mostHeld) held.clear()
    held.set(key, { atMs, by })
    return by
  }
  return {
    of(actor) {
      const key = `${actor.tenant} ${actor.reference} ${actor.practitioner ?? ''} ${actor.departments?.join() ?? ''}`
      const known = held.get(key)
      const isFresh = known && Math.abs(epochMs(runtime.now()) - known.atMs) <= believedMs
      return isFresh ? known.by : look(actor, key)
    },
  }
}

async function heldBy(needs: Needs, actor: Actor): Promise<HeldBy> {
  const practitioner = actor.practitioner ?? (await practitionerOf(needs, actor))
  const named = (actor.departments ?? []).flatMap((id) => [`Organization/${id}`, `Location/${id}`])
  if (practitioner === undefined) return { own: [], departments: named }
  const places = await placesOf(needs, actor, practitioner)
  const isOwn = (place: string) => place.startsWith('PractitionerRole/')
  return {
    own: [`Practitioner/${practitioner}`, ...places.filter(isOwn)],
    departments: [...new Set([...named, ...places.filter((place) => !isOwn(place))])],
  }
}

/** The Practitioner that bears the account among its identifiers; of several none. */
async function practitionerOf({ records }: Needs, { tenant, reference }: Actor): Promise<string | undefined> {
  const identifier = `${accountSystem}|${reference}`
  const { matches } = await records.search(tenant, 'Practitioner', [
    ['identifier', identifier],
    ['_count', '2'],
  ])
  return matches.length === 1 ? matches[0]?.id : undefined
}

async function placesOf(
  { database, runtime }: Needs,
  { tenant }: Actor,
  practitioner: string,
): Promise<readonly string[]> {
  const at = runtime.now()
  const rows = await database.query(sql<{ place: string }>`
    select distinct place
    from access.position
    where tenant = ${tenant} and practitioner = ${practitioner}
      and since <= ${at}::timestamptz and (until is null or until > ${at}::timestamptz)
    order by place`)
  return rows.map(({ place }) => place)
}
