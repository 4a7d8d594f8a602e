/**
 * Raw messages of an institution that seals chosen fields of the record are encrypted whole. Those that came before follow in
 * batches that note how far they came in their own transaction, so that a killed process loses nothing.
 */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { fault } from '@xinglin/fhir'
import type { Keys, SealedPlace } from '@xinglin/keys'
import { type KeptBytes, keepBytes, keptBytes } from './raw.ts'
import type { Arrival, SealedChoice } from './traffic.ts'

/** What decides whether messages are sealed, and by what. */
export type TrafficSealing = {
  readonly keys: Keys
  /** Whether what this institution receives now is sealed. */
  readonly isOn: (tenant: TenantId) => Promise<boolean>
}

/** Bytes as they stand in the journal. */
export type StoredBytes = KeptBytes & { readonly isSealed: boolean }

type Origin = Pick<Arrival, 'tenant' | 'door' | 'sender' | 'controlId'>

export interface Keeping {
  keep(arrival: Origin & Pick<Arrival, 'raw'>): Promise<StoredBytes>
  open(stored: StoredBytes, origin: Origin): Promise<Uint8Array>
}

/** Rows of one transaction: some 50 ms. */
const batchRows = 200
const purpose = 'traffic.raw'

/** Keeps bytes as the institution chose; without `sealing` none is ever sealed. */
export function createKeeping(sealing: TrafficSealing | undefined): Keeping {
  return {
    async keep(arrival) {
      const kept = await keepBytes(arrival.raw)
      if (!sealing || !(await sealing.isOn(arrival.tenant))) return { ...kept, isSealed: false }
      return { ...kept, bytes: await sealed(kept.bytes, arrival, sealing.keys), isSealed: true }
    },
    async open({ bytes, isCompressed, isSealed }, origin) {
      const plain = isSealed ? await opened(bytes, origin, sealing?.keys) : bytes
      return keptBytes({ bytes: plain, isCompressed })
    },
  }
}

async function sealed(bytes: Uint8Array, origin: Origin, keys: Keys): Promise<Buffer> {
  return Buffer.from(await keys.seal(bytes, { purpose, context: contextOf(origin) }))
}

async function opened(bytes: Uint8Array, origin: Origin, keys: Keys | undefined): Promise<Buffer> {
  if (!keys) throw fault('messages are sealed here, and this process has no keys', { code: 'traffic.sealed' })
  return Buffer.from(await keys.open(bytes, { purpose, context: contextOf(origin) }))
}

/** Where sealed messages lie, under the door and number by which `reads` names them. */
export function sealedMessagesAt(
  at: SealedPlace['at'],
  { reads, door }: { readonly reads: SealedPlace['reads']; readonly door?: string },
): SealedPlace {
  return {
    ...{ purpose, at, form: 'bytes', reads, where: sql`is_sealed` },
    contextOf: (row) =>
      contextOf({
        tenant: Number(row.tenant) as TenantId,
        door: (door ?? String(row.door)) as Origin['door'],
        sender: String(row.sender),
        controlId: String(row.controlId),
      }),
  }
}

function contextOf({ tenant, door, sender, controlId }: Origin): string {
  return JSON.stringify([tenant, door, sender, controlId])
}

type Older = Origin & { readonly id: string; readonly bytes: Buffer; readonly isSealed: boolean }

/** Takes the next batch of an institution's older messages; true where all follow its choice. */
export function sealOlder(database: Database, keys: Keys, choice: SealedChoice): Promise<boolean> {
  const { tenant, version, isOn } = choice
  return database.transaction(async (transaction) => {
    await transaction.query(sql`
      insert into traffic.sealing (tenant, version, next, last)
      values (${tenant}, ${version}, 0, (select coalesce(max(id), 0) from traffic.message))
      on conflict (tenant) do update
      set version = excluded.version, next = 0, last = excluded.last
      where sealing.version < excluded.version`)
    const [place] = await transaction.query(sql<{ next: string; last: string }>`
      select next::text as next, last::text as last
      from traffic.sealing
      where tenant = ${tenant} and next < last
      for update skip locked`)
    if (!place) return true
    const rows = await transaction.query(sql<Older>`
      select id::text as id, tenant, door, sender, control_id as "controlId", raw as bytes, is_sealed as "isSealed"
      from traffic.message
      where id > ${place.next}::bigint and id <= ${place.last}::bigint and tenant = ${tenant}
      order by message.id
      limit ${batchRows}
      for no key update`)
    const changed = await Promise.all(
      rows
        .filter((row) => isOn || row.isSealed)
        .map(async (row) => {
          const plain = row.isSealed ? await opened(row.bytes, row, keys) : row.bytes
          return { id: row.id, bytes: isOn ? await sealed(plain, row, keys) : plain }
        }),
    )
    await transaction.query(sql`
      update traffic.message
      set raw = given.bytes, is_sealed = ${isOn}
      from unnest(${changed.map(({ id }) => id)}::bigint[], ${changed.map(({ bytes }) => bytes)}::bytea[])
        as given (id, bytes)
      where message.id = given.id`)
    const isLast = rows.length < batchRows
    await transaction.query(sql`
      update traffic.sealing
      set next = ${isLast ? place.last : (rows.at(-1)?.id ?? place.last)}::bigint
      where tenant = ${tenant}`)
    return isLast
  })
}
