/** A process that carries out what was chosen to be sealed in the database of its first argument, and says each step; for the test that kills it. */
import { openDatabase } from '@xinglin/database'
import { createEventLog } from '@xinglin/events'
import { openKeys } from '@xinglin/keys'
import { testMasterKey, testRuntime } from '@xinglin/testkit'
import { createRecords } from '../../records.ts'

const runtime = testRuntime()
const database = await openDatabase({ url: process.argv[2] ?? '', log: runtime.log, poolSize: 2 })
const keys = await openKeys({ database, runtime, suite: 'international', master: testMasterKey })
const events = createEventLog({ database, runtime })
const records = createRecords({ database, events, runtime, keys })
for (let isDone = false; !isDone; ) {
  isDone = (await records.sealing.step()).isDone
  process.stdout.write('step\n')
}
await database.close()
