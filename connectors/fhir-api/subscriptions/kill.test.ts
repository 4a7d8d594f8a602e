/** Law 1 and delivery at least once: whenever a delivering process is killed, every event still reaches the receiver. */
import { deepEqual, equal } from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from '@xinglin/database'
import { asha } from '@xinglin/testkit'
import { aStay, aSubscription, openHospital, put } from './testing/hospital.ts'
import { numbersIn, openReceiver, typeOf } from './testing/receiver.ts'

const program = fileURLToPath(new URL('./testing/killed-worker.ts', import.meta.url))
const stays = 90
const kills = 3

async function startWorker(databaseUrl: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, databaseUrl], { stdio: ['ignore', 'pipe', 'inherit'] })
  after(() => child.kill('SIGKILL'))
  if (child.stdout) await once(child.stdout, 'data')
  return child
}

test('no event is lost and none is out of order when the delivering process is killed again and again', async () => {
  const hospital = await openHospital({ isIdle: true })
  const receiver = await openReceiver()
  receiver.answer = async () => {
    await sleep(5)
    return 200
  }
  await put(hospital, asha)
  let worker = await startWorker(hospital.kernel.database.url)
  const id = await hospital.subscribe(aSubscription({ endpoint: receiver.endpoint }))
  await hospital.untilStatus(id, 'active')

  const numbersNow = () =>
    numbersIn(
      receiver.received
        .filter(({ bundle }) => typeOf(bundle) === 'event-notification')
        .map((each) => each.bundle),
    )
  const admitting = (async () => {
    for (let index = 0; index < stays; index++) await put(hospital, aStay(`killed-${index}`, 'asha'))
  })()
  for (let kill = 1; kill <= kills; kill++) {
    while (new Set(numbersNow()).size < (kill * stays) / (kills + 2)) await sleep(2)
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    // A killed process' claims end by themselves after half a minute; the test does not wait for that.
    await hospital.kernel.database.query(
      sql`update subscriptions.delivery set claimed_until = clock_timestamp()`,
    )
    worker = await startWorker(hospital.kernel.database.url)
  }
  await admitting
  while (new Set(numbersNow()).size < stays) await sleep(20)

  const numbers = numbersNow()
  deepEqual(
    [...new Set(numbers)],
    Array.from({ length: stays }, (_, index) => index + 1),
  )
  // Only what was on its way at a kill is told twice.
  equal(numbers.length <= stays + kills, true)
  const told = receiver.received.flatMap(({ bundle }) => bundle.entry?.[1]?.fullUrl?.split('/').at(-1) ?? [])
  deepEqual(
    [...new Set(told)],
    Array.from({ length: stays }, (_, index) => `killed-${index}`),
  )
})
