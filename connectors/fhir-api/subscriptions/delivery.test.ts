/** Delivery at least once and in order: retries with growing pauses, dead letters, resuming, several processes, slow receivers. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '@xinglin/database'
import { asha } from '@xinglin/testkit'
import { clean } from './delivery/cleaning.ts'
import { aStay, aSubscription, openHospital, put } from './testing/hospital.ts'
import { numbersIn, openReceiver, typeOf } from './testing/receiver.ts'

const hospital = await openHospital({ attempts: 3 })
// A second worker on the same database, as another process would be.
await hospital.work()
await put(hospital, asha)

const isEvent = (bundle: Parameters<typeof typeOf>[0]) => typeOf(bundle) === 'event-notification'

async function monitored(id: string) {
  const { body } = await hospital.ask('GET', `Subscription/${id}`)
  const answer = await hospital.kernel.web.http.inject({
    url: `/api/subscriptions`,
    headers: await hospital.kernel.authorisation(['xinglin/integration.subscription.*']),
  })
  const row = answer.json().subscriptions.find((each: { id: string }) => each.id === id)
  const { status, lastEvent, delivered, pending, deadLetters, failures, failingSince, lastError } = row
  return {
    ...{ status, lastEvent, delivered, pending, deadLetters, failures, failingSince, lastError },
    error: (body as { error?: string }).error,
  }
}

/** Settles when so many failures are kept: from then on, not from when the receiver was asked, the next pause runs. */
async function failed(id: string, count: number): Promise<void> {
  while ((await monitored(id)).failures < count) await sleep(10)
}

/** Settles when everything that was committed has been matched. */
async function matched(): Promise<void> {
  const matching = { name: 'subscriptions.match', from: 'now', handle: async () => {} } as const
  await hospital.kernel.events.consumer(matching).caughtUp()
}

async function resume(id: string, body?: object): Promise<number> {
  const answer = await hospital.kernel.web.http.inject({
    method: 'POST',
    url: `/api/subscriptions/${id}/resume`,
    headers: await hospital.kernel.authorisation(['xinglin/integration.subscription.*']),
    ...(body ? { payload: body } : {}),
  })
  return answer.statusCode
}

test('a failed handshake puts the subscription into error with its reason, and no event is collected', async () => {
  const receiver = await openReceiver()
  receiver.answer = () => 403
  const id = await hospital.subscribe(aSubscription({ endpoint: receiver.endpoint }))

  const { error } = await hospital.untilStatus(id, 'error')
  await put(hospital, aStay('after-no-handshake', 'asha'))
  await matched()

  equal(error, 'the endpoint answered 403')
  equal(receiver.received.length, 1)
  equal((await monitored(id)).lastEvent, 0)
})

test('an event that is not taken is tried again after 1 s, 2 s …, then the subscription is in error and resumes where it stopped', async () => {
  const receiver = await openReceiver()
  const id = await hospital.subscribe(aSubscription({ endpoint: receiver.endpoint, content: 'empty' }))
  await hospital.untilStatus(id, 'active')
  receiver.answer = () => 503
  const attempts = () => receiver.received.filter(({ bundle }) => isEvent(bundle)).length

  await put(hospital, aStay('retried-1', 'asha'))
  await failed(id, 1)
  await put(hospital, aStay('retried-2', 'asha'))
  hospital.kernel.runtime.advance(900)
  await sleep(1_500)
  const tooSoon = attempts()
  hospital.kernel.runtime.advance(100)
  await failed(id, 2)
  hospital.kernel.runtime.advance(2_000)
  const { error } = await hospital.untilStatus(id, 'error')
  await put(hospital, aStay('while-in-error', 'asha'))
  await matched()
  const stopped = await monitored(id)
  receiver.answer = () => 200
  const status = await resume(id)
  await hospital.untilStatus(id, 'active')
  const told = await receiver.until('event-notification', 6)

  equal(tooSoon, 1)
  equal(error, 'the endpoint answered 503')
  deepEqual(
    { ...stopped, failingSince: typeof stopped.failingSince },
    {
      status: 'error',
      lastEvent: 3,
      delivered: 0,
      pending: 0,
      deadLetters: 3,
      failures: 3,
      failingSince: 'string',
      lastError: 'the endpoint answered 503',
      error: 'the endpoint answered 503',
    },
  )
  equal(status, 204)
  deepEqual(numbersIn(told.map(({ bundle }) => bundle)), [1, 1, 1, 1, 2, 3])
  const { failures, deadLetters, delivered } = await monitored(id)
  deepEqual([failures, deadLetters, delivered], [0, 0, 3])
})

test('who resumes may leave out what was not delivered; it can still be read with $events', async () => {
  const receiver = await openReceiver()
  const id = await hospital.subscribe(aSubscription({ endpoint: receiver.endpoint }))
  await hospital.untilStatus(id, 'active')
  receiver.answer = () => 410
  await put(hospital, aStay('left-out', 'asha'))
  await hospital.untilStatus(id, 'error')
  receiver.answer = () => 200

  const statuses = [await resume(id, { skipUndelivered: true }), await resume('nothing')]
  await hospital.untilStatus(id, 'active')
  statuses.push(await resume(id))
  await put(hospital, aStay('goes-on', 'asha'))
  const told = await receiver.until('event-notification', 2)
  const { text } = await hospital.ask('GET', `Subscription/${id}/$events`)

  deepEqual(statuses, [204, 404, 409])
  deepEqual(numbersIn(told.map(({ bundle }) => bundle)), [1, 2])
  equal(text.includes('Encounter/left-out'), true)
  const { delivered, deadLetters, lastEvent } = await monitored(id)
  deepEqual([delivered, deadLetters, lastEvent], [1, 1, 2])
})

test('two workers share the subscriptions: each event is told once, in the order of its number', async () => {
  const receiver = await openReceiver()
  const ids = await Promise.all(
    Array.from({ length: 12 }, () =>
      hospital.subscribe(aSubscription({ endpoint: receiver.endpoint, content: 'empty' })),
    ),
  )
  await Promise.all(ids.map((id) => hospital.untilStatus(id, 'active')))

  await Promise.all(Array.from({ length: 20 }, (_, index) => put(hospital, aStay(`shared-${index}`, 'asha'))))
  await receiver.until('event-notification', 240)
  await sleep(200)

  const byId = new Map<string, number[]>()
  for (const { bundle } of receiver.received.filter((each) => isEvent(each.bundle))) {
    const id = ids.find((each) => JSON.stringify(bundle).includes(each)) ?? ''
    byId.set(id, [...(byId.get(id) ?? []), ...numbersIn([bundle])])
  }
  const inOrder = Array.from({ length: 20 }, (_, index) => index + 1)
  deepEqual(
    ids.map((id) => byId.get(id)),
    ids.map(() => inOrder),
  )
})

test('a receiver that does not answer holds up nobody else', async () => {
  const [slow, quick] = await Promise.all([openReceiver(), openReceiver()])
  const [slowId = ''] = await Promise.all(
    [slow, quick].map(({ endpoint }) =>
      hospital.subscribe(aSubscription({ endpoint, content: 'empty', timeout: 60 })),
    ),
  )
  await Promise.all([slow.until('handshake', 1), quick.until('handshake', 1)])
  await hospital.untilStatus(slowId, 'active')
  const asked = Promise.withResolvers<void>()
  slow.answer = () => {
    asked.resolve()
    return new Promise(() => {})
  }

  await put(hospital, aStay('quick-0', 'asha'))
  await asked.promise
  for (let index = 1; index < 5; index++) await put(hospital, aStay(`quick-${index}`, 'asha'))
  await quick.until('event-notification', 5)

  const { delivered, failures } = await monitored(slowId)
  deepEqual([delivered, failures], [0, 0])
})

test('backport-timeout: a receiver that needs longer than its subscription allows has not taken the event', async () => {
  const receiver = await openReceiver()
  const id = await hospital.subscribe(aSubscription({ endpoint: receiver.endpoint, timeout: 1 }))
  await hospital.untilStatus(id, 'active')
  receiver.answer = () => new Promise(() => {})

  await put(hospital, aStay('too-slow', 'asha'))
  while ((await monitored(id)).failures === 0) await sleep(20)

  equal((await monitored(id)).lastError, 'the endpoint did not answer within 1 s')
})

test('after its end a subscription is off, and numbers go on where it is started again within its life', async () => {
  const receiver = await openReceiver()
  const id = await hospital.subscribe(
    aSubscription({ endpoint: receiver.endpoint, end: '2026-03-02T20:00:00+08:00' }),
  )
  const active = await hospital.untilStatus(id, 'active')
  await put(hospital, aStay('before-update', 'asha'))
  await put(hospital, { ...active, reason: 'goes on', status: 'active' })
  await hospital.untilStatus(id, 'active')
  await put(hospital, aStay('after-update', 'asha'))
  const told = await receiver.until('event-notification', 2)

  hospital.kernel.runtime.advance(12 * 3_600_000)
  await hospital.untilStatus(id, 'off')

  deepEqual(numbersIn(told.map(({ bundle }) => bundle)), [1, 2])
})

test('delivered events are removed after a week, and a subscription that nobody fetches is switched off after a month', async () => {
  const receiver = await openReceiver()
  const [told, abandoned] = [
    await hospital.subscribe(aSubscription({ endpoint: receiver.endpoint })),
    await hospital.subscribe(aSubscription({})),
  ]
  await Promise.all([told, abandoned].map((id) => hospital.untilStatus(id, 'active')))
  await put(hospital, aStay('long-ago', 'asha'))
  await receiver.until('event-notification', 1)
  while ((await monitored(told)).delivered === 0) await sleep(10)
  const kept = async (id: string) => {
    const rows = await hospital.kernel.database.query(
      sql`select number from subscriptions.event where subscription = ${id}`,
    )
    return rows.length
  }

  hospital.kernel.runtime.advance(8 * 86_400_000)
  await clean(hospital.kernel)
  const afterWeek = [await kept(told), await kept(abandoned)]
  hospital.kernel.runtime.advance(30 * 86_400_000)
  await clean(hospital.kernel)

  deepEqual(afterWeek, [0, 1])
  equal(
    (await monitored(abandoned)).error,
    'switched off: events were not delivered for too long or are too many',
  )
})
