/** How each interface of an institution fares, for the screens. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { type DestinationState, type InterfaceState, mostCounted } from './interfaces.ts'
import { type Running, usualParallel } from './running.ts'
import { readTallies } from './tallies.ts'

type PartRow = {
  readonly interface: string
  readonly destination: string
  readonly isPaused: boolean
  readonly downMs: number | null
  readonly sentMs: number | null
  readonly code: string | null
  readonly reason: string | null
}
type CountRow = {
  readonly interface: string
  readonly destination: string
  readonly waiting: number
  readonly refused: number
  readonly oldestMs: number | null
}

/** One look at what each part is and two counts a destination, each stopped at `mostCounted`. */
export async function readStates(
  from: Queryable,
  runtime: Runtime,
  { tenant, running }: { readonly tenant: TenantId; readonly running: readonly Running[] },
): Promise<readonly InterfaceState[]> {
  const queues = running.flatMap(({ definition }) =>
    definition.destinations.map(({ id }) => ({ interface: definition.id, destination: id })),
  )
  const [parts, counts, tallyOf] = await Promise.all([
    readParts(from, tenant),
    readCounts(from, tenant, queues),
    readTallies(from, runtime, tenant),
  ])
  const at = (ms: number | null, name: string) =>
    ms === null ? {} : { [name]: instantOf(Math.round(ms), runtime.timeZone) }
  return running.map(({ definition, address }): InterfaceState => {
    const partOf = (id: string) =>
      parts.find((each) => each.interface === definition.id && each.destination === id)
    const listens = address()
    const sourcePart = partOf('')
    return {
      ...{ id: definition.id, version: definition.version, title: definition.title },
      source: {
        kind: definition.source.kind,
        isPaused: sourcePart?.isPaused ?? false,
        ...(listens === undefined ? {} : { address: listens }),
        ...at(sourcePart?.downMs ?? null, 'downSince'),
        ...(sourcePart?.reason ? { reason: sourcePart.reason } : {}),
        tally: tallyOf(definition.id, ''),
      },
      ...{ hasKey: !!definition.key, hasFilter: !!definition.filter, hasMap: !!definition.map },
      destinations: definition.destinations.map(({ id, to, filter, map, parallel }): DestinationState => {
        const part = partOf(id)
        const count = counts.find((each) => each.interface === definition.id && each.destination === id)
        return {
          ...{ id, kind: to.kind, isPaused: part?.isPaused ?? false },
          ...{ hasFilter: !!filter, hasMap: !!map, parallel: parallel ?? usualParallel },
          tally: tallyOf(definition.id, id),
          ...{ waiting: count?.waiting ?? 0, refused: count?.refused ?? 0 },
          ...at(part?.downMs ?? null, 'downSince'),
          ...at(part?.sentMs ?? null, 'lastSentAt'),
          ...at(count?.oldestMs ?? null, 'oldestAt'),
          ...(part?.code ? { code: part.code } : {}),
          ...(part?.reason ? { reason: part.reason } : {}),
        }
      }),
    }
  })
}

function readParts(from: Queryable, tenant: TenantId): Promise<readonly PartRow[]> {
  return from.query(sql<PartRow>`
    select
      interface, destination, is_paused as "isPaused",
      (extract(epoch from down_since) * 1000)::float8 as "downMs",
      (extract(epoch from last_sent_at) * 1000)::float8 as "sentMs",
      code, reason
    from interfaces.destination
    where tenant = ${tenant}`)
}

function readCounts(
  from: Queryable,
  tenant: TenantId,
  queues: readonly { readonly interface: string; readonly destination: string }[],
): Promise<readonly CountRow[]> {
  return from.query(sql<CountRow>`
    select
      queue.interface, queue.destination, waiting.count as waiting, refused.count as refused,
      (extract(epoch from waiting.oldest) * 1000)::float8 as "oldestMs"
    from unnest(
      ${queues.map((queue) => queue.interface)}::text[],
      ${queues.map((queue) => queue.destination)}::text[]) as queue (interface, destination)
    cross join lateral (
      select count(*)::integer as count, (array_agg(asked_at))[1] as oldest
      from (
        select asked_at from interfaces.delivery
        where tenant = ${tenant} and delivery.interface = queue.interface
          and delivery.destination = queue.destination and state = 'waiting'
        order by id limit ${mostCounted}
      ) as those
    ) as waiting
    cross join lateral (
      select count(*)::integer as count
      from (
        select from interfaces.delivery
        where tenant = ${tenant} and delivery.interface = queue.interface
          and delivery.destination = queue.destination and state = 'refused'
        limit ${mostCounted}
      ) as those
    ) as refused`)
}
