/** A job of a process that was killed goes on elsewhere within seconds, and those behind it in its queue with it. */
import { deepEqual, ok } from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openTestDatabase, testRuntime } from '@xinglin/testkit'
import { createJobs } from './jobs.ts'
import { lookIntervalMs } from './presence.ts'

const program = fileURLToPath(new URL('./testing/killed-worker.ts', import.meta.url))

test('jobs of a killed process are done by another one, those of a living process are left alone', async () => {
  const { database, drop } = await openTestDatabase()
  const jobs = createJobs({ database, runtime: testRuntime() })
  const children: ChildProcess[] = []
  after(async () => {
    for (const child of children) child.kill('SIGKILL')
    await jobs.stop()
    await drop()
  })
  const take = async (queue: string) => {
    await database.transaction((transaction) =>
      jobs.enqueue(transaction, { task: 'ward.count', payload: { queue }, queue }),
    )
    const child = spawn(process.execPath, [program, database.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    if (child.stdout) await once(child.stdout, 'data')
    return child
  }
  const killed = await take('west')
  await take('east')
  const done: unknown[] = []
  const finished = Promise.withResolvers<void>()
  await jobs.start({
    'ward.count': async ({ queue }) => {
      done.push(queue)
      finished.resolve()
    },
  })

  killed.kill('SIGKILL')
  const killedMs = performance.now()
  await finished.promise
  const tookMs = performance.now() - killedMs
  await new Promise((wake) => setTimeout(wake, lookIntervalMs * 2))

  ok(tookMs >= lookIntervalMs / 2)
  deepEqual(done, ['west'])
  deepEqual(await jobs.states(), [{ task: 'ward.count', waiting: 0, running: 1, failed: 0 }])
})
