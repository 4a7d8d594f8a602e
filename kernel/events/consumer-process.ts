/** For tests of kill -9: a process that runs one consumer, pausing between an entry's effect and the commit. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase, sql } from '@xinglin/database'
import { systemRuntime } from '@xinglin/runtime'
import { createEventLog } from './events.ts'

const pauseMs = 5

async function main(url: string): Promise<void> {
  const runtime = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'silent' })
  const database = await openDatabase({ url, log: runtime.log, poolSize: 4 })
  const log = createEventLog({ database, runtime })
  log
    .consumer({
      name: 'crash',
      from: 'start',
      batchSize: 20,
      handle: async (entries, transaction) => {
        for (const { data } of entries) {
          await transaction.query(sql`insert into public.effect (number) values (${data}::integer)`)
        }
        process.stdout.write('in a batch\n')
        await sleep(pauseMs)
      },
    })
    .start()
}

const [url] = process.argv.slice(2)
if (url) await main(url)
