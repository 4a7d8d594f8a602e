/** The journal on PostgreSQL (schema traffic). */
import { type Database, type Migrations, sql, type Transaction } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import { conflict, gone, notFound, unsupported } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { createArrivals } from './arrivals.ts'
import { eraseMessages } from './erasing.ts'
import { ratesByDoor } from './rates.ts'
import { messagesByIds, messagesListed, messagesThatMade } from './rows.ts'
import {
  createKeeping,
  type Keeping,
  type StoredBytes,
  sealedMessagesAt,
  sealOlder,
  type TrafficSealing,
} from './sealing.ts'
import {
  type Recorded,
  type Settled,
  settledOf,
  settling,
  statementOf,
  writeRecorded,
} from './settlements.ts'
import type { Door, Message, MessageId, Settlement, Traffic, Within } from './traffic.ts'

/** Tables of the schema `traffic`. */
export const trafficMigrations: Migrations = {
  name: 'traffic',
  folder: new URL('./migrations/', import.meta.url),
}

/** A page longer than this is a mistake of the caller. */
const mostMessagesListed = 500

type Again = (message: Message, raw: Uint8Array) => Promise<void>
type Explain = Parameters<Traffic['onExplain']>[1]

/** The journal of all doors in this process; several processes may share one database. */
export function createTraffic(options: {
  database: Database
  events: EventLog
  runtime: Runtime
  /** Without it no message is sealed. */
  sealing?: TrafficSealing
}): Traffic {
  const { database, events, runtime, sealing } = options
  const keeping = createKeeping(sealing)
  sealing?.keys.rotations.declare(
    sealedMessagesAt(['traffic', 'message', 'raw'], {
      reads: sql`tenant, door, sender, control_id as "controlId"`,
    }),
  )
  const arrivals = createArrivals({ database, runtime, keeping })
  const againByDoor = new Map<Door, Again>()
  const explainByDoor = new Map<Door, Explain>()

  async function settle(id: MessageId, settlement: Settlement, within?: Within): Promise<void> {
    if (!within) return database.transaction((transaction) => settle(id, settlement, transaction))
    const transaction = transactionOf(within)
    const settled = await settledOf(transaction, id, settlement)
    if (!settled) throw unknownMessage()
    transaction.insertLast(settling([{ id, settlement }], runtime.now()))
    stateAll(events, within, [settled])
  }

  function settleAll(within: Within, settlements: Parameters<Traffic['settleAll']>[1]): void {
    if (settlements.length === 0) return
    transactionOf(within).insertLast(settling(settlements, runtime.now()))
    const settled = settlements.map(({ id, arrival, settlement }) => ({
      ...arrival,
      id,
      outcome: settlement.outcome,
    }))
    stateAll(events, within, settled)
  }

  async function recordAll(within: Within, recorded: readonly Recorded[]): Promise<readonly MessageId[]> {
    if (recorded.length === 0) return []
    const ids = await writeRecorded(transactionOf(within), recorded, { at: runtime.now(), keeping })
    const settled = recorded.flatMap(({ arrival, settlement }, index) => {
      const id = ids[index]
      return id ? [{ ...arrival, id, outcome: settlement.outcome }] : []
    })
    stateAll(events, within, settled)
    return ids
  }

  async function read(tenant: TenantId, id: MessageId) {
    if (!/^[0-9]{1,18}$/.test(id)) return undefined
    const message = (await messagesByIds(database, runtime, [id])).get(id)
    if (!message || message.tenant !== tenant) return undefined
    return { message, raw: await rawBytes(database, keeping, message) }
  }

  return {
    receive: arrivals.receive,
    settle,
    settleAll,
    async record(within, arrival, settlement) {
      const [id] = await recordAll(within, [{ arrival, settlement }])
      if (!id) throw new Error('the journal answered no id for a message')
      return id
    },
    recordAll,
    list: (filters) =>
      messagesListed(database, runtime, { ...filters, limit: Math.min(filters.limit, mostMessagesListed) }),
    read,
    makers: (tenant, versions) => messagesThatMade(database, runtime, { tenant, versions }),
    rates: (tenant, minutes) => ratesByDoor(database, runtime, { tenant, minutes }),
    onResend(door, again) {
      againByDoor.set(door, again)
    },
    onExplain(door, explain) {
      explainByDoor.set(door, explain)
    },
    async explain(tenant, id) {
      const stored = await read(tenant, id)
      const explain = stored && explainByDoor.get(stored.message.door)
      if (!explain || stored.message.outcome !== 'accepted' || stored.raw.byteLength === 0) return undefined
      return { message: stored.message, elements: await explain(stored.message, stored.raw) }
    },
    eraser: {
      name: 'traffic.message',
      tables: ['traffic.message', 'traffic.settlement'],
      erase: (transaction, person, after) =>
        eraseMessages(transaction, keeping, { person, at: runtime.now(), after }),
    },
    followSealing: async (choice) => (sealing ? sealOlder(database, sealing.keys, choice) : true),
    async resend(tenant, id) {
      const stored = await read(tenant, id)
      if (!stored) throw unknownMessage()
      refuseAccepted(stored.message)
      await refuseErased(database, id)
      const again = againByDoor.get(stored.message.door)
      if (!again) throw noResend(stored.message.door)
      await again(stored.message, stored.raw)
      return (await read(tenant, id))?.message ?? stored.message
    },
  }
}

function transactionOf(within: Within): Transaction {
  return 'transaction' in within ? within.transaction : within
}

function stateAll(events: EventLog, within: Within, settled: readonly Settled[]): void {
  if ('transaction' in within) {
    within.state(...settled.map(statementOf))
    return
  }
  for (const [tenant, ofTenant] of Map.groupBy(settled, (each) => each.tenant))
    events.append(within, { tenant, actor: 'system/traffic' }, ofTenant.map(statementOf))
}

async function rawBytes(database: Database, keeping: Keeping, message: Message): Promise<Uint8Array> {
  const [row] = await database.query(sql<StoredBytes>`
    select raw as bytes, is_compressed as "isCompressed", is_sealed as "isSealed"
    from traffic.message
    where id = ${message.id}::bigint`)
  return row ? keeping.open(row, message) : new Uint8Array()
}

function refuseAccepted(message: Message): void {
  if (message.outcome !== 'accepted') return
  throw conflict('the message was accepted already; only refused or unsettled ones can be processed again', {
    code: 'traffic.already-accepted',
  })
}

async function refuseErased(database: Database, id: MessageId): Promise<void> {
  const rows = await database.query(sql`
    select from traffic.message where id = ${id}::bigint and erased is not null`)
  if (rows.length > 0)
    throw gone("the raw message was erased with a person's data", { code: 'traffic.erased' })
}

function unknownMessage() {
  return notFound('no such message in the journal of this institution', { code: 'traffic.unknown-message' })
}

function noResend(door: Door) {
  return unsupported(`messages of the door ${door} cannot be processed again; ask the sender to send anew`, {
    code: 'traffic.no-resend',
  })
}
