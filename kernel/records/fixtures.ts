/** What the tests of the record begin with: an empty record over a fresh database, and a count of its statements. */
import type { Database, Sql } from '@xinglin/database'
import { createEventLog, type TenantId } from '@xinglin/events'
import type { Resource } from '@xinglin/fhir'
import { openKeys } from '@xinglin/keys'
import { isSealedRun, sealFields, testDatabase, testMasterKey, testRuntime } from '@xinglin/testkit'
import { createRecords, type Records, type Version } from './records.ts'

export const qilu = { tenant: 1 as TenantId, actor: 'user/asha' }
export const union = { tenant: 2 as TenantId, actor: 'user/leo' }

/** An empty record with its clock, database and log; `statements` fills with those of its transactions. */
export async function emptyRecord() {
  const plain = await testDatabase({ poolSize: 12 })
  const runtime = testRuntime()
  const statements: string[] = []
  const database = counting(plain, statements)
  const events = createEventLog({ database, runtime })
  const keys = await openKeys({ database: plain, runtime, suite: 'international', master: testMasterKey })
  const records = createRecords({ database, events, runtime, keys })
  if (isSealedRun) await sealFields({ database: plain, records }, qilu)
  return { database, runtime, events, records, statements, keys }
}

/** Stores resources, under their own ids where they have one. */
export function store(records: Records, ...resources: readonly Resource[]): Promise<readonly Version[]> {
  return records.commit(qilu, (unit) =>
    unit.write(resources.map((resource) => ({ kind: 'create', resource, id: resource.id }))),
  )
}

/** The database with the tables that each statement of a transaction inserts into noted, in the order in which they are sent. */
function counting(database: Database, statements: string[]): Database {
  return {
    ...database,
    transaction: (work) =>
      database.transaction(async (transaction) => {
        let waiting: string[] = []
        const sendWaiting = () => {
          if (waiting.length > 0) statements.push(waiting.join(' '))
          waiting = []
        }
        const note = (statement: Sql) => {
          // What an institution searches by is asked once a second, whatever is done.
          if (/from records\.(?:parameter|sealing)/.test(statement.text)) return
          sendWaiting()
          statements.push(tablesOf(statement))
        }
        const result = await work({
          ...transaction,
          query: (statement) => {
            note(statement)
            return transaction.query(statement)
          },
          send: (statement) => {
            note(statement)
            transaction.send(statement)
          },
          insertSoon: (insert) => {
            waiting.push(tablesOf(insert))
            transaction.insertSoon(insert)
          },
          insertLast: (insert) => {
            waiting.push(tablesOf(insert))
            transaction.insertLast(insert)
          },
        })
        sendWaiting()
        return result
      }),
  }
}

function tablesOf({ text }: Sql): string {
  return [...text.matchAll(/insert into (\S+)/g)].map(([, table]) => table).join(' ')
}
