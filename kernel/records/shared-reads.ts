/**
 * Reads by identity that are asked at the same time share a statement. Alone each costs two system calls and a statement,
 * about a third of a whole read over HTTP; while two are under way those that come wait for the next.
 */
import { type Database, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import { selfOf } from './index/space.ts'
import type { RowFilter, SearchRights, Version } from './records.ts'
import { seenOf } from './search/row-filter-sql.ts'
import { type VersionRow, versionOf } from './versions.ts'

export type Asked = { readonly tenant: TenantId; readonly type: ResourceType; readonly id: string }

type Waiting = Asked & {
  readonly self: bigint
  readonly answer: (version: Version | undefined) => void
  readonly fail: (cause: unknown) => void
}

const current = sql.id('current')

/** One for each core of a small machine: PostgreSQL answers one while the next is gathered. */
const mostStatementsAtOnce = 2
/** The largest resources have megabytes each: more of them at once would fill the memory and gain nothing. */
const mostReadsPerStatement = 16

type SharedRead = (asked: Asked) => Promise<Version | undefined>

/** Of whoever sees rows by the same filter: one look, narrowed alike. */
type Narrowing = { readonly filter: RowFilter; readonly by: SearchRights }

/**
 * The same where rows are narrowed. A filter that serves many askers, as that of labels does, is one object for all of them,
 * and their reads share statements; undefined for a filter that was never met before, of which most are made for one look.
 */
export function createNarrowedReads(
  reading: Database['reading'],
  timeZone: string,
): (asked: Asked, narrowing: Narrowing) => Promise<Version | undefined> | undefined {
  const known = new WeakMap<RowFilter, Map<string, SharedRead>>()
  return (asked, { filter, by }) => {
    const shared = known.get(filter)
    if (!shared) {
      known.set(filter, new Map())
      return undefined
    }
    const { tenant, type } = asked
    const kind = `${tenant}/${type}`
    let read = shared.get(kind)
    if (!read) {
      read = createSharedReads(reading, timeZone, seenOf({ tenant, timeZone, by }, { alias: current, type }))
      shared.set(kind, read)
    }
    return read(asked)
  }
}

/** The current version of what is asked, as `readCurrent` gives it; `seen` is a condition on `current` that hides rows. */
export function createSharedReads(reading: Database['reading'], timeZone: string, seen?: Sql): SharedRead {
  let waiting: Waiting[] = []
  let underWay = 0

  function start(): void {
    while (underWay < mostStatementsAtOnce && waiting.length > 0) {
      const together = waiting.slice(0, mostReadsPerStatement)
      waiting = waiting.slice(mostReadsPerStatement)
      underWay += 1
      void answerAll(together).finally(() => {
        underWay -= 1
        start()
      })
    }
  }

  async function answerAll(together: readonly Waiting[]): Promise<void> {
    try {
      const rows = await reading((from) => from.query(currentOf(together, seen)))
      const bySelf = new Map(rows.map((row) => [row.self, row]))
      for (const each of together) {
        const row = bySelf.get(String(each.self))
        // Two identities may share a hash, of which one is stored.
        const isIt = row?.tenant === each.tenant && row.type === each.type && row.id === each.id
        each.answer(isIt ? versionOf(row, timeZone) : undefined)
      }
    } catch (cause) {
      for (const { fail } of together) fail(cause)
    }
  }

  return (asked) =>
    new Promise((answer, fail) => {
      waiting.push({ ...asked, self: selfOf(asked.tenant, asked.type, asked.id), answer, fail })
      start()
    })
}

type SelfRow = VersionRow & { readonly self: string; readonly tenant: TenantId }

function currentOf(asked: readonly Waiting[], seen: Sql | undefined): Sql<SelfRow> {
  const selves = asked.map(({ self }) => String(self))
  // Without a condition the text is constant, and named from the start.
  if (!seen)
    return sql<SelfRow>`
      select self::text as self, tenant, type::text as type, id, version, updated, deleted, content
      from records.current
      where self = any (${selves}::bigint[])`
  return sql<SelfRow>`
    select self::text as self, tenant, type::text as type, id, version, updated, deleted, content
    from records.current
    where self = any (${selves}::bigint[])${seen}`
}
