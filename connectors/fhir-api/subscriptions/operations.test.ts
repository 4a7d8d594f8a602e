/** $status, $events, discovery of topics, and what the monitor shows (backport 1.1.0 operations and §"Subscription topics in R4"). */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Bundle, CapabilityStatement, Parameters } from '@xinglin/fhir'
import { validate } from '@xinglin/fhir/validate'
import { asha } from '@xinglin/testkit'
import { aStay, aSubscription, openHospital, put } from './testing/hospital.ts'
import { numbersIn, openReceiver, statusIn } from './testing/receiver.ts'

const [hospital, receiver] = await Promise.all([openHospital(), openReceiver()])
await put(hospital, asha)
const id = await hospital.subscribe(aSubscription({ endpoint: receiver.endpoint }))
await hospital.untilStatus(id, 'active')
await put(hospital, aStay('one', 'asha'), aStay('two', 'asha'), aStay('three', 'asha'))
await receiver.until('event-notification', 3)
const waiting = await hospital.subscribe(aSubscription({}))
await hospital.untilStatus(waiting, 'active')
await hospital.ask('PUT', `Subscription/${waiting}`, { ...aSubscription({}), id: waiting, status: 'off' })

const bundleOf = async (path: string) => (await hospital.ask('GET', path)).body as Bundle
const told = ({ entry = [] }: Bundle) =>
  entry.map(({ resource }) => {
    const { parameter = [] } = resource as Parameters
    const text = (name: string) => parameter.find((each) => each.name === name)
    const reference = text('subscription')?.valueReference?.reference ?? ''
    return [
      reference.split('/').at(-1),
      text('status')?.valueCode,
      text('type')?.valueCode,
      text('events-since-subscription-start')?.valueString,
    ]
  })

test('$status: a searchset with one status each, of one, of named ones, or of all in a state', async () => {
  const one = await bundleOf(`Subscription/${id}/$status?status=off`)
  const all = await bundleOf('Subscription/$status')
  const named = await bundleOf(`Subscription/$status?id=${id},${waiting}&status=off,error`)
  const mine = [id, 'active', 'query-status', '3']
  const off = [waiting, 'off', 'query-status', '0']

  deepEqual([one.type, one.total, told(one)], ['searchset', 1, [mine]])
  deepEqual(told(all).sort(), [mine, off].sort())
  deepEqual(told(named), [off])
  deepEqual([...validate(all)], [])
})

test('$events: bounds are inclusive, content is as asked, and the type is query-event', async () => {
  const range = await bundleOf(
    `Subscription/${id}/$events?eventsSinceNumber=2&eventsUntilNumber=3&content=empty`,
  )
  const all = await bundleOf(`Subscription/${id}/$events?content=full-resource`)

  deepEqual([range.type, range.entry?.length, numbersIn([range])], ['history', 1, [2, 3]])
  equal(statusIn(range).parameter?.find(({ name }) => name === 'type')?.valueCode, 'query-event')
  deepEqual(
    all.entry?.slice(1).map(({ resource }) => `${resource?.resourceType}/${resource?.id}`),
    ['Encounter/one', 'Encounter/two', 'Encounter/three', 'Patient/asha'],
  )
  deepEqual([...validate(all)], [])
})

test('$events: what is no number or content is refused', async () => {
  const answers = await Promise.all(
    ['eventsSinceNumber=first', 'content=everything', 'since=1'].map((query) =>
      hospital.ask('GET', `Subscription/${id}/$events?${query}`),
    ),
  )

  deepEqual(
    answers.map(({ status }) => status),
    [400, 400, 400],
  )
})

test('the CapabilityStatement names the topics by the canonical extension, the profile and the operations', async () => {
  const { body } = await hospital.ask('GET', 'metadata')
  const of = (body as CapabilityStatement).rest?.[0]?.resource?.find(({ type }) => type === 'Subscription')

  deepEqual(
    of?.extension?.map(({ url, valueCanonical }) => [url.split('/').at(-1), valueCanonical]),
    [
      'encounter-start',
      'encounter-end',
      'patient-admission',
      'observation',
      'laboratory-result',
      'diagnostic-report-final',
      'medication-request',
      'resource-change',
    ].map((name) => ['capabilitystatement-subscriptiontopic-canonical', `urn:xinglin:topic:${name}`]),
  )
  deepEqual((body as CapabilityStatement).rest?.[0]?.extension, [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket',
      valueUri: 'ws://hospital.test/fhir/R4/$subscriptions',
    },
  ])
  deepEqual(of?.supportedProfile, [
    'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription',
  ])
  deepEqual(
    of?.operation?.map(({ name }) => name).filter((name) => /status|events|ws/.test(name)),
    ['status', 'get-ws-binding-token', 'events'],
  )
})

test('the monitor lists every subscription with its progress and no secret, and asks for a permission', async () => {
  const ask = async (scopes?: readonly string[]) =>
    hospital.kernel.web.http.inject({
      url: '/api/subscriptions?status=active',
      headers: await hospital.kernel.authorisation(scopes),
    })
  const listed = await ask(['xinglin/integration.subscription.read'])

  equal((await ask()).statusCode, 403)
  deepEqual(listed.json(), {
    subscriptions: [
      {
        id,
        status: 'active',
        owner: 'client/test-system-',
        topic: 'urn:xinglin:topic:encounter-start',
        filters: [],
        content: 'id-only',
        channel: 'rest-hook',
        endpoint: receiver.endpoint,
        lastEvent: 3,
        delivered: 3,
        pending: 0,
        deadLetters: 0,
        failures: 0,
        lastSent: '2026-03-02T08:00:00.000+08:00',
      },
    ],
  })
})
