/**
 * Several listeners (processes, or the resend button beside a listener) may meet the same new patient at the same moment.
 * Whoever is about to create one takes a lock on its identifiers first and then looks whether it is there by now.
 */
import { sql } from '@xinglin/database'
import { conflict } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import type { DraftChange } from './knowledge.ts'

/** What one person or visit has one of, whichever sender tells of it first. Orders and reports come from one sender. */
const shared: ReadonlySet<string> = new Set(['Patient', 'Encounter', 'Practitioner'])

type Claimed = {
  readonly type: DraftChange['resource']['resourceType']
  readonly system: string
  readonly value: string
}

/**
 * Claims the identifiers of what will be created until the transaction ends. Throws `conflict` (`listener.met-at-once`) where
 * another listener has created it meanwhile: the messages are then mapped again and find it.
 */
export async function claimNew(unit: Unit, changes: readonly DraftChange[]): Promise<void> {
  const claimed = changes.flatMap(identifiersOf)
  if (claimed.length === 0) return
  const names = claimed.map(({ type, system, value }) => `${unit.tenant}/${type}/${system}|${value}`)
  // In one order for all, so that two never wait for each other.
  await unit.transaction.query(sql`
    select pg_advisory_xact_lock(name)
    from (select distinct hashtextextended(name, 0) as name from unnest(${names}::text[]) as name order by 1) as named`)
  const found = await unit.find(
    claimed.map(({ type, system, value }) => ({
      type,
      identifier: { ...(system === '' ? {} : { system }), value },
    })),
  )
  if (found.length === 0) return
  throw conflict('another listener has met the same person or visit at the same moment', {
    code: 'listener.met-at-once',
  })
}

function identifiersOf({ resource, ifVersion }: DraftChange): readonly Claimed[] {
  const { resourceType: type } = resource
  if (ifVersion !== undefined || !shared.has(type) || !('identifier' in resource)) return []
  const all = Array.isArray(resource.identifier) ? resource.identifier : []
  return all.flatMap(({ system = '', value }) => (value === undefined ? [] : [{ type, system, value }]))
}
