/** A process that delivers subscriptions until it is killed: `node killed-worker.ts <database url>`; prints `ready`. */
import { openDatabase } from '@xinglin/database'
import { createEventLog } from '@xinglin/events'
import { createIdentity } from '@xinglin/identity'
import { createRecords } from '@xinglin/records'
import { systemRuntime } from '@xinglin/runtime'
import { createWeb } from '@xinglin/web'
import { startSubscriptions } from '../subscriptions.ts'

const [url = ''] = process.argv.slice(2)
const runtime = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'fatal' })
const database = await openDatabase({ url, log: runtime.log })
const events = createEventLog({ database, runtime })
const records = createRecords({ database, events, runtime })
const identity = createIdentity({ database, records, events, runtime })
const web = await createWeb({ identity, events, runtime, bind: '127.0.0.1', port: 0 })
await events.start()
await startSubscriptions(
  { runtime, database, events, records, identity, web },
  { baseUrl: 'http://hospital.test/fhir/R4', networks: ['127.0.0.1'], attempts: 15 },
)
process.stdout.write('ready\n')
