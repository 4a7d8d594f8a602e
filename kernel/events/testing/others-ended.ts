/** Test files share one PostgreSQL: a transaction of another file holds back what this one has committed until it ends. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, sql } from '@xinglin/database'

const lookAgainMs = 10

/** Settles when every transaction that was open at the call has ended: then all that was committed before can be read. */
export async function othersEnded(database: Database): Promise<void> {
  const [now] = await database.query(sql<{ xid: string }>`
    select pg_snapshot_xmax(pg_current_snapshot())::text as xid`)
  for (;;) {
    const [horizon] = await database.query(sql<{ isPast: boolean }>`
      select pg_snapshot_xmin(pg_current_snapshot()) >= ${now?.xid ?? '0'}::xid8 as "isPast"`)
    if (horizon?.isPast) return
    await sleep(lookAgainMs)
  }
}
