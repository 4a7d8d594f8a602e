/** A process that publishes the log until it is killed: `node feed-process.ts <database> <nats>…`. */
import { openDatabase } from '@xinglin/database'
import { createEventLog } from '@xinglin/events'
import { testRuntime } from '@xinglin/testkit'
import { startEventFeed } from '../nats.ts'

const [url = '', ...urls] = process.argv.slice(2)
const runtime = testRuntime()
const database = await openDatabase({ url, log: runtime.log })
const events = createEventLog({ database, runtime })
await events.start()
startEventFeed({ database, events, runtime, settings: { urls, stream: 'XINGLIN', replicas: 1 } })
process.stdout.write('ready\n')
