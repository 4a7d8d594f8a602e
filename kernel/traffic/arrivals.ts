/**
 * Arrivals that wait while an insert is on its way share the next one. The insert does not wait for the disk: whoever
 * answers a sender has settled the message before, and that commit brings everything before it to the disk too (PostgreSQL
 * 18, 28.4 Asynchronous Commit: the log is written in order), so each still gets its answer after a durable commit (law 1).
 */
import { createHash } from 'node:crypto'
import { type Database, sql } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { messagesByIds } from './rows.ts'
import type { Keeping, StoredBytes } from './sealing.ts'
import type { Arrival, MessageId, Receipt } from './traffic.ts'

/** More rows in one insert gain nothing: the parse of a longer statement delays the first in it. */
const mostArrivalsPerInsert = 64
/** Raw bytes of one insert travel as one text parameter of twice their size; this keeps it well under 32 MiB. */
const mostBytesPerInsert = 8 * 1024 * 1024

type Waiting = {
  readonly arrival: Arrival
  readonly digest: Buffer
  readonly kept: StoredBytes
  readonly key: string
  readonly at: Instant
  readonly answer: (receipt: Receipt) => void
  readonly fail: (cause: unknown) => void
}

/** Stores arrivals durably, in batches of those that wait at the same time. */
export function createArrivals({
  database,
  runtime,
  keeping,
}: {
  readonly database: Database
  readonly runtime: Runtime
  readonly keeping: Keeping
}) {
  let waiting: Waiting[] = []
  let isWriting = false

  async function receive(arrival: Arrival): Promise<Receipt> {
    const kept = await keeping.keep(arrival)
    return new Promise((answer, fail) => {
      const digest = arrival.digest ? Buffer.from(arrival.digest) : digestOf(arrival.raw)
      waiting.push({
        arrival,
        digest,
        kept,
        key: keyOf(arrival, digest.toString('hex')),
        at: runtime.now(),
        answer,
        fail,
      })
      if (!isWriting) {
        isWriting = true
        // One turn of the event loop: what other sockets have read already joins this insert.
        setImmediate(() => void writeWaiting())
      }
    })
  }

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const { batch, rest } = nextBatch(waiting)
      waiting = rest
      const isStored = await write(batch)
      // One arrival that PostgreSQL refuses must not take the others with it.
      if (!isStored) for (const member of batch) await write([member])
    }
    isWriting = false
  }

  /** Stores and answers; false where a batch of several was refused and nobody is answered yet. */
  async function write(batch: readonly Waiting[]): Promise<boolean> {
    try {
      const receipts = await store(database, runtime, batch)
      for (const [index, member] of batch.entries()) {
        const receipt = receipts[index]
        if (receipt) member.answer(receipt)
      }
    } catch (cause) {
      if (batch.length > 1) return false
      for (const member of batch) member.fail(cause)
    }
    return true
  }

  return { receive }
}

/** SHA-256 of the bytes. */
export function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** Takes from the front while size allows; one message given twice at the same time is split over two inserts. */
function nextBatch(waiting: readonly Waiting[]): { batch: readonly Waiting[]; rest: Waiting[] } {
  const batch: Waiting[] = []
  const rest: Waiting[] = []
  const keys = new Set<string>()
  let bytes = 0
  for (const member of waiting) {
    const isFull =
      batch.length === mostArrivalsPerInsert ||
      (batch.length > 0 && bytes + member.kept.bytes.byteLength > mostBytesPerInsert)
    if (isFull || keys.has(member.key)) {
      rest.push(member)
      continue
    }
    bytes += member.kept.bytes.byteLength
    keys.add(member.key)
    batch.push(member)
  }
  return { batch, rest }
}

type Stored = {
  readonly id: MessageId
  readonly tenant: number
  readonly door: string
  readonly sender: string
  readonly controlId: string
  readonly digest: string
  readonly isNew: boolean
}

async function store(
  database: Database,
  runtime: Runtime,
  batch: readonly Waiting[],
): Promise<readonly Receipt[]> {
  const of = <T>(pick: (member: Waiting) => T) => batch.map(pick)
  const rows = await database.query(sql<Stored>`
    with later as materialized (select set_config('synchronous_commit', 'off', true))
    insert into traffic.message as known
      (tenant, door, sender, subject, control_id, digest, charset, raw, is_compressed, is_sealed, size_bytes, received_at)
    select *
    from unnest(
      ${of((m) => m.arrival.tenant)}::integer[],
      ${of((m) => m.arrival.door)}::text[],
      ${of((m) => m.arrival.sender)}::text[],
      ${of((m) => m.arrival.subject)}::text[],
      ${of((m) => m.arrival.controlId)}::text[],
      ${of((m) => m.digest)}::bytea[],
      ${of((m) => m.arrival.charset ?? null)}::text[],
      ${of((m) => m.kept.bytes)}::bytea[],
      ${of((m) => m.kept.isCompressed)}::boolean[],
      ${of((m) => m.kept.isSealed)}::boolean[],
      ${of((m) => m.arrival.raw.byteLength)}::integer[],
      ${of((m) => m.at)}::timestamptz[])
    where (select true from later)
    on conflict (tenant, door, sender, control_id, digest) where digest is not null
      do update set times = known.times + 1
    returning
      id::text as id,
      tenant,
      door,
      sender,
      control_id as "controlId",
      encode(digest, 'hex') as digest,
      xmax = 0 as "isNew"`)
  const byKey = new Map(rows.map((row) => [keyOf(row, row.digest), row]))
  const resent = rows.filter((row) => !row.isNew).map((row) => row.id)
  const known = resent.length === 0 ? new Map() : await messagesByIds(database, runtime, resent)
  return batch.map((member) => {
    const row = byKey.get(member.key)
    if (!row) throw new Error(`the insert answered ${rows.length} rows for ${batch.length} arrivals`)
    return row.isNew ? { id: row.id } : { id: row.id, known: known.get(row.id) }
  })
}

function keyOf(
  parts: { tenant: number; door: string; sender: string; controlId: string },
  digest: string,
): string {
  return JSON.stringify([parts.tenant, parts.door, parts.sender, parts.controlId, digest])
}
