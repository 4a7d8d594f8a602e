import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@xinglin/database'
import { createEventLog, type EventLog, type TenantId } from '@xinglin/events'
import { testDatabase, testRuntime } from '@xinglin/testkit'
import { type Arrival, createTraffic } from './traffic.ts'

export const tenant = 1 as TenantId
export const otherTenant = 2 as TenantId
export const bytes = (text: string) => Buffer.from(text, 'utf8')

/** A result message of a laboratory system, with what is given instead. */
export function anArrival(given: Partial<Arrival> = {}): Arrival {
  return {
    tenant,
    door: 'hl7v2',
    sender: 'LIS|QLYX',
    subject: 'ORU^R01',
    controlId: 'C1',
    raw: bytes('MSH|^~\\&|LIS'),
    charset: 'UNICODE UTF-8',
    ...given,
  }
}

/** A journal on a fresh database with a clock that the test moves. */
export async function aJournal(around: (database: Database) => Database = (database) => database) {
  const runtime = testRuntime()
  const database = await testDatabase()
  const events = createEventLog({ database, runtime })
  return {
    runtime,
    database,
    events,
    traffic: createTraffic({ database: around(database), events, runtime }),
  }
}

/** Kinds and data of what was stated; an entry is readable once every older transaction of the server has ended. */
export async function stated(events: EventLog, { atLeast }: { atLeast: 0 | 1 }) {
  const start = '' as Parameters<EventLog['read']>[0]['after']
  const giveUpAt = performance.now() + 10_000
  let entries = await events.read({ after: start, limit: 100 })
  while (entries.length < atLeast && performance.now() < giveUpAt) {
    await sleep(20)
    entries = await events.read({ after: start, limit: 100 })
  }
  return entries.map(({ kind, data, actor }) => ({ kind, data, actor }))
}
