/** A process that carries an erasure out on the database and objects of its arguments, and says each step; for the test that kills it. */
import { pathToFileURL } from 'node:url'
import { openDatabase } from '@xinglin/database'
import { createEventLog, type TenantId } from '@xinglin/events'
import { createIdentity } from '@xinglin/identity'
import { createJobs } from '@xinglin/jobs'
import { openKeys } from '@xinglin/keys'
import { openObjects, sealedObjects } from '@xinglin/objects'
import { createRecords } from '@xinglin/records'
import { testMasterKey, testRuntime } from '@xinglin/testkit'
import { createTraffic } from '@xinglin/traffic'
import { erasureStep } from '../steps.ts'

const [url = '', folder = '', id = ''] = process.argv.slice(2)
const runtime = testRuntime()
const database = await openDatabase({ url, log: runtime.log, poolSize: 4 })
const keys = await openKeys({ database, runtime, suite: 'international', master: testMasterKey })
const events = createEventLog({ database, runtime })
const records = createRecords({ database, events, runtime, keys })
const identity = createIdentity({ database, records, events, runtime, keys })
const stored = await openObjects({ url: pathToFileURL(folder).href, log: runtime.log })
const objects = sealedObjects({ objects: stored, keys, database, runtime, isSealing: false })
const traffic = createTraffic({ database, events, runtime, sealing: { keys, isOn: records.sealing.isOn } })
const jobs = createJobs({ database, runtime })
const kernel = { database, events, identity, jobs, keys, objects, records, runtime, traffic }

// The test kills this process in the middle of the step that follows a line.
for (let isDone = false; !isDone; ) {
  process.stdout.write('step\n')
  isDone = (await erasureStep(kernel, { tenant: 1 as TenantId, id })).isDone
}
await identity.stop()
await database.close()
