/** A process that takes one job and never ends it, until it is killed: `node killed-worker.ts <database url>`; prints `taken`. */
import { openDatabase } from '@xinglin/database'
import { systemRuntime } from '@xinglin/runtime'
import { createJobs } from '../jobs.ts'

const [url = ''] = process.argv.slice(2)
const runtime = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'fatal' })
const database = await openDatabase({ url, log: runtime.log })
await createJobs({ database, runtime, concurrency: 1 }).start({
  'ward.count': async () => {
    process.stdout.write('taken\n')
    await new Promise(() => undefined)
  },
})
