/** Subscriptions R5 Backport 1.1.0 for R4: what a receiver gets, from the handshake to the events of each payload. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Bundle, Encounter, Observation } from '@xinglin/fhir'
import { validate } from '@xinglin/fhir/validate'
import { asha, leo } from '@xinglin/testkit'
import { type Asked, aStay, aSubscription, openHospital, put } from './testing/hospital.ts'
import { numbersIn, openReceiver, plain, statusIn } from './testing/receiver.ts'

const hospital = await openHospital()
await put(hospital, asha, leo)

const at = '2026-03-02T08:00:00.000+08:00'
const topic = 'urn:xinglin:topic:encounter-start'

/** The first entry of a notification, with what is told besides subscription, status and type. */
const statusEntry = (id: string, parameters: readonly object[], type = 'event-notification') => ({
  fullUrl: 'urn:uuid',
  resource: {
    resourceType: 'Parameters',
    meta: {
      profile: [
        'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4',
      ],
    },
    parameter: [
      {
        name: 'subscription',
        valueReference: { reference: `http://hospital.test/fhir/R4/Subscription/${id}` },
      },
      ...parameters.slice(0, -1),
      { name: 'status', valueCode: type === 'handshake' ? 'requested' : 'active' },
      { name: 'type', valueCode: type },
      ...parameters.slice(-1).flat(),
    ],
  },
  request: { method: 'GET', url: `http://hospital.test/fhir/R4/Subscription/${id}/$status` },
  response: { status: '200' },
})

const notification = (entry: readonly object[]) => ({
  resourceType: 'Bundle',
  meta: {
    lastUpdated: at,
    profile: [
      'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-notification-r4',
    ],
  },
  type: 'history',
  timestamp: at,
  entry,
})

const withTopic = { name: 'topic', valueCanonical: topic }
const since = (count: number) => ({ name: 'events-since-subscription-start', valueString: String(count) })
const part = (...more: readonly object[]) => ({
  name: 'notification-event',
  part: [{ name: 'event-number', valueString: '1' }, { name: 'timestamp', valueInstant: at }, ...more],
})
const focus = (id: string) => ({
  name: 'focus',
  valueReference: { reference: `http://hospital.test/fhir/R4/Encounter/${id}` },
})
const context = {
  name: 'additional-context',
  valueReference: { reference: 'http://hospital.test/fhir/R4/Patient/asha' },
}

const created = (type: string, id: string, resource?: unknown) => ({
  fullUrl: `http://hospital.test/fhir/R4/${type}/${id}`,
  ...(resource === undefined ? {} : { resource }),
  request: { method: 'POST', url: type },
  response: { status: '201' },
})

/** Subscribes with a payload, admits asha, and gives what came. */
async function admitted(stay: string, asked: Omit<Asked, 'endpoint'>) {
  const receiver = await openReceiver()
  const id = await hospital.subscribe(aSubscription({ ...asked, endpoint: receiver.endpoint }))
  await hospital.untilStatus(id, 'active')
  await put(hospital, aStay(stay, 'asha'))
  const [event] = await receiver.until('event-notification', 1)
  await hospital.ask('DELETE', `Subscription/${id}`)
  const bundle: Bundle = event?.bundle ?? { resourceType: 'Bundle', type: 'history' }
  deepEqual([...validate(bundle)], [])
  return { id, receiver, notification: plain(bundle) }
}

test('§rest-hook: a subscription is requested, its endpoint is shaken hands with, then it is active', async () => {
  const receiver = await openReceiver()
  const asked = aSubscription({
    endpoint: receiver.endpoint,
    headers: ['Authorization: Bearer of-the-receiver'],
  })

  const { status, body } = await hospital.ask('POST', 'Subscription', asked)
  const { id = '' } = body as { id?: string }
  const active = await hospital.untilStatus(id, 'active')

  equal(status, 201)
  deepEqual(
    { ...(body as object), id: '', meta: {} },
    {
      ...asked,
      channel: { ...asked.channel, header: ['Authorization: (hidden)'] },
      id: '',
      meta: {},
    },
  )
  equal(active.meta?.versionId, '2')
  const [handshake] = receiver.received
  equal(receiver.received.length, 1)
  deepEqual(
    plain(handshake?.bundle ?? { resourceType: 'Bundle', type: 'history' }),
    notification([statusEntry(id, [withTopic, [since(0)]], 'handshake')]),
  )
  deepEqual(
    [handshake?.headers['content-type'], handshake?.headers.authorization],
    ['application/fhir+json', 'Bearer of-the-receiver'],
  )
})

test('§empty: neither topic, focus nor context is named and no other entry stands beside the status', async () => {
  const told = await admitted('stay-empty', { content: 'empty' })

  deepEqual(told.notification, notification([statusEntry(told.id, [[since(1), part()]])]))
})

test('§id-only: focus and context are named, and each has an entry with its address and no content', async () => {
  const told = await admitted('stay-id', { content: 'id-only' })

  deepEqual(
    told.notification,
    notification([
      statusEntry(told.id, [withTopic, [since(1), part(focus('stay-id'), context)]]),
      created('Encounter', 'stay-id'),
      created('Patient', 'asha'),
    ]),
  )
})

test('§full-resource: focus and context stand in the bundle as they are stored', async () => {
  const told = await admitted('stay-full', { content: 'full-resource' })
  const [stay, patient] = await Promise.all(
    ['Encounter/stay-full', 'Patient/asha'].map(async (path) => (await hospital.ask('GET', path)).body),
  )

  deepEqual(
    told.notification,
    notification([
      statusEntry(told.id, [withTopic, [since(1), part(focus('stay-full'), context)]]),
      created('Encounter', 'stay-full', stay),
      created('Patient', 'asha', patient),
    ]),
  )
})

test('criteria filters are joined by and: only the encounters of the patient and service that are asked for are told', async () => {
  const receiver = await openReceiver()
  const id = await hospital.subscribe(
    aSubscription({
      endpoint: receiver.endpoint,
      filters: ['Encounter?patient=Patient/leo', 'Encounter?class=IMP,EMER'],
    }),
  )
  await hospital.untilStatus(id, 'active')
  const visit: Encounter = { ...aStay('visit', 'leo'), class: { code: 'AMB' } }

  await put(
    hospital,
    aStay('other', 'asha'),
    visit,
    aStay('planned', 'leo', 'planned'),
    aStay('wanted', 'leo'),
  )
  await put(hospital, { ...aStay('wanted', 'leo'), priority: { text: 'urgent' } }, aStay('planned', 'leo'))
  const told = await receiver.until('event-notification', 2)

  deepEqual(
    told.map(({ bundle }) =>
      bundle.entry?.slice(1).map(({ fullUrl, request }) => [fullUrl, request?.method]),
    ),
    [
      [
        ['http://hospital.test/fhir/R4/Encounter/wanted', 'POST'],
        ['http://hospital.test/fhir/R4/Patient/leo', 'POST'],
      ],
      [
        ['http://hospital.test/fhir/R4/Encounter/planned', 'PUT'],
        ['http://hospital.test/fhir/R4/Patient/leo', 'POST'],
      ],
    ],
  )
})

test('max-count: a notification holds no more events than asked for, in the order of their numbers', async () => {
  const receiver = await openReceiver()
  const id = await hospital.subscribe(
    aSubscription({ endpoint: receiver.endpoint, maxCount: 3, content: 'empty' }),
  )
  await hospital.untilStatus(id, 'active')

  const stays = Array.from({ length: 7 }, (_, index) => aStay(`of-seven-${index}`, 'asha'))
  await hospital.kernel.records.commit(
    { tenant: hospital.kernel.actor.tenant, actor: 'system/test' },
    (unit) => unit.write(stays.map((resource) => ({ kind: 'update', resource }))),
  )
  await receiver.until('event-notification', 3)

  const events = receiver.received.slice(1).map(({ bundle }) => numbersIn([bundle]))
  deepEqual(events, [[1, 2, 3], [4, 5, 6], [7]])
})

test('heartbeat: one is sent when nothing was told for the period, and none without being asked for', async () => {
  const [beating, quiet] = await Promise.all([openReceiver(), openReceiver()])
  const ids = await Promise.all([
    hospital.subscribe(aSubscription({ endpoint: beating.endpoint, heartbeat: 60 })),
    hospital.subscribe(aSubscription({ endpoint: quiet.endpoint })),
  ])
  await Promise.all(ids.map((id) => hospital.untilStatus(id, 'active')))

  hospital.kernel.runtime.advance(60_000)
  const [heartbeat] = await beating.until('heartbeat', 1)

  deepEqual(statusIn(heartbeat?.bundle ?? { resourceType: 'Bundle', type: 'history' }).parameter?.slice(2), [
    { name: 'status', valueCode: 'active' },
    { name: 'type', valueCode: 'heartbeat' },
    since(0),
  ])
  deepEqual(quiet.received.length, 1)
})

test('the content type of a notification is that of the subscription: XML holds the same as JSON', async () => {
  const told = await admitted('stay-xml', { content: 'full-resource', payload: 'application/fhir+xml' })
  const [stay, patient] = await Promise.all(
    ['Encounter/stay-xml', 'Patient/asha'].map(async (path) => (await hospital.ask('GET', path)).body),
  )
  const [, last] = told.receiver.received

  equal(last?.headers['content-type'], 'application/fhir+xml')
  equal(last?.text.startsWith('<Bundle xmlns="http://hl7.org/fhir">') || last?.text.startsWith('<?xml'), true)
  const [, focusEntry, contextEntry] = last?.bundle.entry ?? []
  deepEqual([focusEntry?.resource, contextEntry?.resource], [stay, patient])
})

test('events whose content fills a notification are cut into several, none left out', async () => {
  const receiver = await openReceiver()
  const topic = 'urn:xinglin:topic:observation'
  const id = await hospital.subscribe(
    aSubscription({ endpoint: receiver.endpoint, topic, content: 'full-resource', maxCount: 10 }),
  )
  await hospital.untilStatus(id, 'active')
  const large = (each: number): Observation => ({
    resourceType: 'Observation',
    id: `large-${each}`,
    status: 'final',
    code: { text: 'report' },
    note: [{ text: 'x'.repeat(1_000_000) }, { text: 'y'.repeat(1_000_000) }],
  })

  await hospital.kernel.records.commit(
    { tenant: hospital.kernel.actor.tenant, actor: 'system/test' },
    (unit) => unit.write([1, 2, 3, 4, 5].map((each) => ({ kind: 'update', resource: large(each) }))),
  )
  const told = await receiver.until('event-notification', 3)

  deepEqual(
    told.map(({ bundle }) => numbersIn([bundle])),
    [[1, 2], [3, 4], [5]],
  )
})
