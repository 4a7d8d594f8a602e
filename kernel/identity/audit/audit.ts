/**
 * Leaving audit entries (law 5): a write's in the transaction of the act, a read's in a buffer that is durable within
 * 1 s. The buffer is bounded: when the database cannot keep up, access waits and is then refused; no entry is dropped.
 */
import { type Database, sql, type Transaction } from '@xinglin/database'
import { busy } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Actor, AuditEntry } from '../identity.ts'

/** Half of the second within which a read's entry must be durable; the other half is for the insert. */
const flushAfterMs = 250
/** Rows of one insert: 100 µs + 14 µs a row. */
const rowsAtOnce = 1_000
/** About 2.5 MB; at 20,000 reads/s a quarter of a second. */
const mayWait = 5_000
/** How long an access waits for room in the buffer before it is refused. */
const patienceMs = 5_000
const retryMs = 500
/** A reason of 500 characters and what stands before it. */
const maxTextCharacters = 600

/** What one access leaves; `patients` where it showed more than one. */
export type Access = Pick<AuditEntry, 'action' | 'outcome'> &
  Partial<Pick<AuditEntry, 'resourceType' | 'resourceId' | 'patient' | 'detail'>> & {
    readonly patients?: readonly string[]
  }

type Row = Access & {
  readonly at: string
  readonly tenant: number
  readonly actor: string
  readonly display: string
  readonly address?: string
  readonly purpose?: string
  readonly client?: string
  readonly session?: string
}

export interface Audit {
  /** Buffers one entry. Throws `busy` where the buffer is full. */
  note(actor: Actor, access: Access): void
  /** Undefined while there is room; else settles when there is, or throws `busy`. */
  room(): Promise<void> | undefined
  /** Writes entries with the act that they tell of. */
  write(transaction: Transaction, actor: Actor, accesses: readonly Access[]): void
  /** Settles when everything buffered before the call is durable. */
  flush(): Promise<void>
  /** Flushes and waits for nothing more. */
  stop(): Promise<void>
}

export function createAudit({ database, runtime }: { database: Database; runtime: Runtime }): Audit {
  const buffered: Row[] = []
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined

  const rowOf = (actor: Actor, access: Access): Row => ({
    at: runtime.now(),
    tenant: actor.tenant,
    actor: actor.reference,
    display: actor.display,
    address: actor.address,
    purpose: actor.purpose,
    client: actor.client,
    session: actor.session,
    ...storableAccess(access),
  })

  const later = (delayMs: number) => {
    timer ??= setTimeout(() => {
      timer = undefined
      flush().catch((error: unknown) => {
        runtime.log.error('audit entries wait for the database', {
          waiting: buffered.length,
          error: String(error),
        })
        later(retryMs)
      })
    }, delayMs).unref() // `stop` is what an ending process waits for.
  }

  const flush = (): Promise<void> => {
    flushing ??= flushAll().finally(() => {
      flushing = undefined
    })
    return flushing
  }

  const flushAll = async () => {
    while (buffered.length > 0) {
      const rows = buffered.slice(0, rowsAtOnce)
      await database.query(insertion(rows))
      buffered.splice(0, rows.length)
    }
  }

  return {
    note(actor, access) {
      if (buffered.length >= mayWait * 2) throw full()
      buffered.push(rowOf(actor, access))
      if (buffered.length >= rowsAtOnce && !flushing) flush().catch(() => later(retryMs))
      else later(flushAfterMs)
    },
    room() {
      if (buffered.length < mayWait) return undefined
      return Promise.race([flush(), patience()])
    },
    write(transaction, actor, accesses) {
      if (accesses.length === 0) return
      transaction.insertLast(insertionOf(runtime.now(), actor, accesses.map(storableAccess)))
    },
    flush,
    async stop() {
      await flush()
      clearTimeout(timer)
      timer = undefined
    },
  }
}

/** Ids come from addresses that anybody can type. One text that PostgreSQL refuses would hold up all entries behind it. */
function storable(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  return text.slice(0, maxTextCharacters).toWellFormed().replaceAll('\0', '\uFFFD')
}

function storableAccess(access: Access): Access {
  return {
    ...access,
    resourceType: storable(access.resourceType),
    resourceId: storable(access.resourceId),
    patient: storable(access.patient),
    detail: storable(access.detail),
  }
}

/**
 * What many did. Under a broken glass each access to that record was for the emergency, whatever else was stated; people
 * alone break glass, and it is one look into the index of holders a row.
 */
const insertion = (rows: readonly Row[]) => sql`
  insert into identity.audit
    (at, tenant, actor, actor_display, address, purpose, client, session,
      action, resource_type, resource_id, patient, patients, detail, outcome)
  select at, tenant, actor, display, address,
    case
      when actor like 'user/%' and exists(
        select from consent.break_glass as glass
        where glass.tenant = row.tenant and glass.holder = row.actor and glass.until > row.at and glass.since <= row.at
          and (glass.patient = row.patient or glass.patient = any (row.patients)))
      then 'BTG'
      else purpose
    end, client, session,
    action, "resourceType", "resourceId", patient, patients, detail, outcome
  from json_to_recordset(${sql.json(rows)}::json) as row(
    at timestamptz, tenant int, actor text, display text, address text, purpose text, client text, session text,
    action text, "resourceType" text, "resourceId" text, patient text, patients text[], detail text, outcome text)`

/** What one did at one time. */
const insertionOf = (at: string, actor: Actor, accesses: readonly Access[]) => sql`
  insert into identity.audit
    (at, tenant, actor, actor_display, address, purpose, client, session,
      action, resource_type, resource_id, patient, patients, detail, outcome)
  select
    ${at}::timestamptz, ${actor.tenant}::integer, ${actor.reference}::text, ${actor.display}::text,
    ${actor.address}::text,
    case
      when ${actor.kind === 'user'}::boolean and exists(
        select from consent.break_glass as glass
        where glass.tenant = ${actor.tenant}::integer and glass.holder = ${actor.reference}::text
          and glass.until > ${at}::timestamptz and glass.since <= ${at}::timestamptz
          and (glass.patient = row.patient or glass.patient = any (row.patients)))
      then 'BTG'
      else ${actor.purpose}::text
    end, ${actor.client}::text, ${actor.session}::text, action, "resourceType", "resourceId", patient, patients, detail, outcome
  from json_to_recordset(${sql.json(accesses)}::json) as row(
    action text, "resourceType" text, "resourceId" text, patient text, patients text[], detail text, outcome text)`

async function patience(): Promise<never> {
  await new Promise((elapsed) => setTimeout(elapsed, patienceMs).unref())
  throw full()
}

function full() {
  return busy('the audit trail cannot take more entries at this moment: try again in a few seconds', {
    code: 'identity.audit-full',
  })
}
