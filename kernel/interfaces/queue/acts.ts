/** What people do with queues: look, send again, give up, pause, purge. */
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Keeping, MessageId, StoredBytes } from '@xinglin/traffic'
import type { Delivery, DeliveryState, Interfaces, Part } from '../interfaces.ts'
import { keyOf } from '../make.ts'

/** A page longer than this is a mistake of the caller. */
const mostListed = 500
/** Rows of one transaction of a purge: some 100 ms. */
const purgedAtOnce = 5_000

type Needs = {
  readonly database: Database
  readonly runtime: Runtime
  readonly keeping: Keeping
  readonly channel: string
  /** Throws `notFound` for a part that is not deployed. */
  readonly part: (tenant: TenantId, part: Part) => void
}

type Acts = Pick<Interfaces, 'deliveries' | 'content' | 'retry' | 'drop' | 'setPaused' | 'purge'>

/** The acts over one database; other processes hear of them by NOTIFY. */
export function acts({ database, runtime, keeping, channel, part }: Needs): Acts {
  const tellChanged = (transaction: Transaction, tenant: TenantId, interfaces: readonly string[]) => {
    for (const id of new Set(interfaces))
      transaction.send(sql`select pg_notify(${channel}, ${`${tenant}/${id}/changed`})`)
  }
  const settle = async (
    transaction: Transaction,
    { tenant, ids, to }: { tenant: TenantId; ids: readonly string[]; to: 'waiting' | 'dropped' },
  ) => {
    const changed =
      to === 'dropped'
        ? await dropRows(transaction, { tenant, ids, at: runtime.now() })
        : await askAgain(transaction, { tenant, ids, at: runtime.now() })
    tellChanged(
      transaction,
      tenant,
      changed.map((row) => row.interface),
    )
    return changed.length
  }
  return {
    deliveries: (options) => list(database, runtime, options),
    async content(tenant, id) {
      if (!/^[0-9]{1,18}$/.test(id)) return undefined
      const [row] = await database.query(sql<StoredBytes & { sender: string; controlId: string }>`
        select
          message.sender, message.control_id as "controlId",
          content.bytes, content.is_compressed as "isCompressed", content.is_sealed as "isSealed"
        from interfaces.delivery
        join interfaces.content on content.id = delivery.content
        join traffic.message on message.id = delivery.message
        where delivery.id = ${id}::bigint and delivery.tenant = ${tenant}`)
      return row && keeping.open(row, { ...row, tenant, door: 'interface' })
    },
    retry: (transaction, tenant, ids) => settle(transaction, { tenant, ids, to: 'waiting' }),
    drop: (transaction, tenant, ids) => settle(transaction, { tenant, ids, to: 'dropped' }),
    async setPaused(transaction, tenant, given, isPaused) {
      part(tenant, given)
      transaction.send(sql`
        insert into interfaces.destination (tenant, interface, destination, is_paused)
        values (${tenant}, ${given.interface}, ${given.destination ?? ''}, ${isPaused})
        on conflict (tenant, interface, destination) do update set is_paused = excluded.is_paused`)
      tellChanged(transaction, tenant, [given.interface])
    },
    async purge(tenant, settledBefore, id) {
      let purged = 0
      for (;;) {
        const [row] = await database.query(sql<{ purged: number }>`
          with old as (
            delete from interfaces.delivery
            where id in (
              select id from interfaces.delivery
              where tenant = ${tenant} and state in ('sent', 'dropped') and settled_at < ${settledBefore}::timestamptz
                and (${id ?? null}::text is null or interface = ${id ?? null})
              limit ${purgedAtOnce})
            returning content
          )
,
          gone as (
          delete from interfaces.content
          using (select distinct content from old) as gone
          where content.id = gone.content
            and not exists (
              select from interfaces.delivery
              where delivery.message = content.message and delivery.content = content.id
                and (delivery.state not in ('sent', 'dropped') or delivery.settled_at >= ${settledBefore}::timestamptz))
          )
          select count(*)::integer as purged from old`)
        purged += row?.purged ?? 0
        if (!row || row.purged < purgedAtOnce) return purged
      }
    },
  }
}

type Changed = { readonly interface: string }
type Given = { readonly tenant: TenantId; readonly ids: readonly string[]; readonly at: string }

function dropRows(transaction: Transaction, { tenant, ids, at }: Given): Promise<readonly Changed[]> {
  return transaction.query(sql<Changed>`
    update interfaces.delivery
    set state = 'dropped', settled_at = ${at}::timestamptz, next_at = null
    where id = any(${ids}::bigint[]) and tenant = ${tenant} and state in ('waiting', 'refused')
    returning interface`)
}

/** As new deliveries at the end of their queue: what came after them has been sent. The old ones are given up. */
function askAgain(transaction: Transaction, { tenant, ids, at }: Given): Promise<readonly Changed[]> {
  return transaction.query(sql<Changed>`
    with laid_aside as (
      update interfaces.delivery
      set state = 'dropped'
      where id = any(${ids}::bigint[]) and tenant = ${tenant} and state = 'refused'
      returning id, tenant, interface, version, destination, message, content, key
    )
    insert into interfaces.delivery (tenant, interface, version, destination, message, content, key, asked_at)
    select tenant, interface, version, destination, message, content, key, ${at}::timestamptz
    from laid_aside
    order by id
    returning interface`)
}

type ListOptions = Parameters<Interfaces['deliveries']>[0]

type Row = {
  readonly id: string
  readonly interface: string
  readonly version: string
  readonly destination: string
  readonly message: MessageId
  readonly state: DeliveryState
  readonly askedMs: number
  readonly settledMs: number | null
  readonly nextMs: number | null
  readonly tries: number
  readonly code: string | null
  readonly reason: string | null
  readonly sizeBytes: number
}

async function list(
  database: Database,
  runtime: Runtime,
  { tenant, interface: id, destination, state, message, key, text, before, limit }: ListOptions,
): Promise<readonly Delivery[]> {
  const like = text === undefined ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  const rows = await database.query(sql<Row>`
    select
      delivery.id::text as id, interface, version, destination, delivery.message::text as message, delivery.state,
      delivery.tries,
      (extract(epoch from asked_at) * 1000)::float8 as "askedMs",
      (extract(epoch from delivery.settled_at) * 1000)::float8 as "settledMs",
      (extract(epoch from next_at) * 1000)::float8 as "nextMs",
      delivery.code, delivery.reason, content.size_bytes as "sizeBytes"
    from interfaces.delivery
    join interfaces.content on content.id = delivery.content
    left join traffic.message on message.id = delivery.message
    where delivery.tenant = ${tenant}
      and (${id ?? null}::text is null or interface = ${id ?? null})
      and (${destination ?? null}::text is null or destination = ${destination ?? null})
      and (${state ?? null}::text is null or delivery.state = ${state ?? null})
      and (${message ?? null}::bigint is null or delivery.message = ${message ?? null}::bigint)
      and (${key === undefined ? null : keyOf(key)}::bigint is null
        or delivery.key = ${key === undefined ? null : keyOf(key)}::bigint)
      and (${like}::text is null or delivery.code ilike ${like} or delivery.reason ilike ${like}
        or message.control_id ilike ${like} or message.sender ilike ${like})
      and (${before ?? null}::bigint is null or delivery.id < ${before ?? null}::bigint)
    order by delivery.id desc
    limit ${Math.min(limit, mostListed)}`)
  const at = (ms: number) => instantOf(Math.round(ms), runtime.timeZone)
  return rows.map(({ askedMs, settledMs, nextMs, code, reason, ...row }) => ({
    ...row,
    askedAt: at(askedMs),
    ...(settledMs === null ? {} : { settledAt: at(settledMs) }),
    ...(nextMs === null || nextMs <= epochMs(runtime.now()) ? {} : { nextAt: at(nextMs) }),
    ...(code === null ? {} : { code }),
    ...(reason === null ? {} : { reason }),
  }))
}
