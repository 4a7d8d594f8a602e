/**
 * Reads by identity that are asked at the same time share a statement. Alone each costs two system calls and a statement,
 * about a third of a whole read over HTTP; while two are under way those that come wait for the next.
 */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import { selfOf } from './index/space.ts'
import type { Version } from './records.ts'
import { type VersionRow, versionOf } from './versions.ts'

export type Asked = { readonly tenant: TenantId; readonly type: ResourceType; readonly id: string }

type Waiting = Asked & {
  readonly self: bigint
  readonly answer: (version: Version | undefined) => void
  readonly fail: (cause: unknown) => void
}

/** One for each core of a small machine: PostgreSQL answers one while the next is gathered. */
const mostStatementsAtOnce = 2
/** The largest resources have megabytes each: more of them at once would fill the memory and gain nothing. */
const mostReadsPerStatement = 16

/** The current version of what is asked, as `readCurrent` gives it. */
export function createSharedReads(
  reading: Database['reading'],
  timeZone: string,
): (asked: Asked) => Promise<Version | undefined> {
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
      const rows = await reading((from) => from.query(currentOf(together)))
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

function currentOf(asked: readonly Waiting[]) {
  return sql<VersionRow & { readonly self: string; readonly tenant: TenantId }>`
    select self::text as self, tenant, type::text as type, id, version, updated, deleted, content
    from records.current
    where self = any (${asked.map(({ self }) => String(self))}::bigint[])`
}
