/** A process that delivers subscriptions until it is killed: `node killed-worker.ts <database url>`; prints `ready`. */
import { tmpdir } from 'node:os'
import { pathToFileURL } from 'node:url'
import { openDatabase } from '@xinglin/database'
import { createEventLog } from '@xinglin/events'
import { createIdentity } from '@xinglin/identity'
import { createJobs } from '@xinglin/jobs'
import { openObjects } from '@xinglin/objects'
import { createRecords } from '@xinglin/records'
import { systemRuntime } from '@xinglin/runtime'
import { createTerminology } from '@xinglin/terminology'
import { createWeb } from '@xinglin/web'
import { startSubscriptions } from '../subscriptions.ts'

const [url = ''] = process.argv.slice(2)
const runtime = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'fatal' })
const database = await openDatabase({ url, log: runtime.log })
const events = createEventLog({ database, runtime })
const records = createRecords({ database, events, runtime })
const identity = createIdentity({ database, records, events, runtime })
const objects = await openObjects({ url: pathToFileURL(tmpdir()).href, log: runtime.log })
const jobs = createJobs({ database, runtime })
const terminology = createTerminology({ database, objects, events, records, jobs, runtime })
const web = await createWeb({ identity, events, runtime, bind: '127.0.0.1', port: 0 })
await events.start()
await startSubscriptions(
  { runtime, database, events, records, identity, terminology, web },
  { baseUrl: 'http://hospital.test/fhir/R4', networks: ['127.0.0.1'], attempts: 15 },
)
process.stdout.write('ready\n')
