/** Topics: what each built-in one tells of, those that administrators define, and their R4 form as Basic resources. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Basic, Encounter, Extension, Observation, Resource } from '@xinglin/fhir'
import { validate } from '@xinglin/fhir/validate'
import { asha } from '@xinglin/testkit'
import { changedOf, isEventOf, readyTopic } from './matching/judge.ts'
import { type Answered, aStay, aSubscription, openHospital, put } from './testing/hospital.ts'
import { openReceiver } from './testing/receiver.ts'
import { builtInPrefix, builtInTopics } from './topics/built-in.ts'
import { readTopic } from './topics/read-topic.ts'
import { topicBasic } from './topics/write-topic.ts'

const parse = { timeZone: 'Asia/Shanghai', nowMs: Date.parse('2026-03-02T00:00:00Z') }
const ready = new Map(
  await Promise.all(
    builtInTopics.map(
      async (topic) => [topic.url.replace(builtInPrefix, ''), await readyTopic(topic, parse)] as const,
    ),
  ),
)

/** Names of the built-in topics that tell of a change. */
function tellingOf(previous: Resource | undefined, current: Resource | undefined): readonly string[] {
  const type = (current ?? previous)?.resourceType ?? 'Basic'
  const updated = previous ? ('update' as const) : ('create' as const)
  const interaction = current ? updated : ('delete' as const)
  const changed = changedOf({ type, interaction, previous, current }, parse.timeZone)
  return [...ready]
    .flatMap(([name, topic]) => (isEventOf(topic, changed) ? [name] : []))
    .filter((name) => name !== 'resource-change')
}

const result = (status: Observation['status'], category = 'laboratory'): Observation => ({
  resourceType: 'Observation',
  status,
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] },
  ],
  code: { text: 'potassium' },
})
const visit: Encounter = { ...aStay('visit', 'asha'), class: { code: 'AMB' } }

test('an encounter tells its start, its end, and where it is an inpatient one its admission', () => {
  const planned = aStay('stay', 'asha', 'planned')
  const running = aStay('stay', 'asha')
  const finished = aStay('stay', 'asha', 'finished')

  deepEqual(
    [
      tellingOf(undefined, planned),
      tellingOf(planned, running),
      tellingOf(undefined, running),
      tellingOf(undefined, visit),
      tellingOf(running, { ...running, priority: { text: 'urgent' } }),
      tellingOf(running, finished),
      tellingOf(finished, undefined),
    ],
    [
      [],
      ['encounter-start', 'patient-admission'],
      ['encounter-start', 'patient-admission'],
      ['encounter-start'],
      [],
      ['encounter-end'],
      [],
    ],
  )
})

test('a laboratory result tells when it is final and each time it is corrected, a vital sign never', () => {
  deepEqual(
    [
      tellingOf(undefined, result('preliminary')),
      tellingOf(result('preliminary'), result('final')),
      tellingOf(result('final'), result('final')),
      tellingOf(result('final'), result('corrected')),
      tellingOf(result('corrected'), { ...result('corrected'), valueString: '4.1' }),
      tellingOf(undefined, result('final', 'vital-signs')),
    ],
    [
      ['observation'],
      ['observation', 'laboratory-result'],
      ['observation'],
      ['observation', 'laboratory-result'],
      ['observation', 'laboratory-result'],
      ['observation'],
    ],
  )
})

test('every built-in topic is read back from its Basic, which is valid R4', () => {
  for (const topic of builtInTopics) {
    const basic = topicBasic(topic)
    deepEqual(readTopic(basic), topic)
    deepEqual([...validate(basic)], [])
  }
})

const [hospital, receiver] = await Promise.all([openHospital(), openReceiver()])
await put(hospital, asha)
const scopes = ['system/*.*', 'xinglin/*']

/** A topic of the house as the guide's example has it, with elements of 5.0 and 4.3. */
const houseTopic = (url: string, ...trigger: readonly Extension[]): Basic => ({
  resourceType: 'Basic',
  id: url.replace(/[^a-z]+/g, '-'),
  extension: [
    { url: 'http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.url', valueUri: url },
    {
      url: 'http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.title',
      valueString: 'of the house',
    },
    {
      url: 'http://hl7.org/fhir/4.3/StructureDefinition/extension-SubscriptionTopic.resourceTrigger',
      extension: [
        { url: 'resource', valueUri: 'http://hl7.org/fhir/StructureDefinition/Encounter' },
        ...trigger,
      ],
    },
    {
      url: 'http://hl7.org/fhir/4.3/StructureDefinition/extension-SubscriptionTopic.canFilterBy',
      extension: [
        { url: 'resource', valueUri: 'Encounter' },
        { url: 'filterParameter', valueString: 'subject' },
      ],
    },
  ],
  code: { coding: [{ system: 'http://hl7.org/fhir/fhir-types', code: 'SubscriptionTopic' }] },
})
const fhirPath = (valueString: string): Extension => ({ url: 'fhirPathCriteria', valueString })
const query = (...extension: Extension[]): Extension => ({ url: 'queryCriteria', extension })
const send = (basic: Basic, by: readonly string[] = scopes) =>
  hospital.ask('PUT', `Basic/${basic.id}`, basic, by)
const codeOf = ({ status, body }: Answered) => [
  status,
  (body as { issue?: { details?: { coding?: { code?: string }[] } }[] }).issue?.[0]?.details?.coding?.[0]
    ?.code,
]

test('administrators define topics by FHIRPath and by queries, and subscriptions to them are told', async () => {
  const byPath = houseTopic(
    'http://hospital.test/topic/discharge',
    fhirPath("%previous.status = 'in-progress' and %current.status = 'finished'"),
  )
  const byQuery = houseTopic(
    'http://hospital.test/topic/waiting',
    { url: 'supportedInteraction', valueCode: 'update' },
    query(
      { url: 'previous', valueString: 'status=planned' },
      { url: 'current', valueString: 'status=arrived,triaged' },
      { url: 'requireBoth', valueBoolean: true },
    ),
  )
  const created = [await send(byPath), await send(byQuery)]
  const ids = await Promise.all(
    ['discharge', 'waiting'].map((name) =>
      hospital.subscribe(
        aSubscription({
          endpoint: receiver.endpoint,
          topic: `http://hospital.test/topic/${name}|1`,
          filters: ['Encounter?subject=Patient/asha'],
        }),
      ),
    ),
  )
  await Promise.all(ids.map((id) => hospital.untilStatus(id, 'active')))

  await put(hospital, aStay('seen', 'asha', 'planned'), aStay('seen', 'asha', 'arrived'))
  await put(hospital, aStay('seen', 'asha'), aStay('seen', 'asha', 'finished'))
  const told = await receiver.until('event-notification', 2)

  deepEqual(
    created.map(({ status }) => status),
    [201, 201],
  )
  const timesOf = (id: string) => told.filter(({ bundle }) => JSON.stringify(bundle).includes(id)).length
  deepEqual(ids.map(timesOf), [1, 1])
})

test('who lacks the permission defines, changes and removes no topic; a Basic of another kind is everybody’s', async () => {
  const topic = houseTopic('http://hospital.test/topic/mine')
  const other: Basic = { resourceType: 'Basic', id: 'no-topic', code: { text: 'a note' } }

  deepEqual(codeOf(await send(topic, ['system/*.*'])), [403, 'identity.not-allowed'])
  equal((await send(topic)).status, 201)
  deepEqual(codeOf(await hospital.ask('DELETE', `Basic/${topic.id}`)), [403, 'identity.not-allowed'])
  deepEqual(codeOf(await send({ ...other, id: topic.id }, ['system/*.*'])), [403, 'identity.not-allowed'])
  equal((await send(other, ['system/*.*'])).status, 201)
})

const refusals: readonly (readonly [what: string, Basic, readonly unknown[]])[] = [
  [
    'the url of a built-in topic',
    houseTopic(`${builtInPrefix}observation`),
    [409, 'subscription.topic-taken'],
  ],
  [
    'an expression that is no FHIRPath',
    houseTopic('http://hospital.test/topic/a', fhirPath('%current..')),
    [400, 'subscription.topic'],
  ],
  [
    'a criterion that looks at another resource',
    houseTopic('http://hospital.test/topic/b', query({ url: 'current', valueString: 'subject.name=Li' })),
    [400, 'subscription.query'],
  ],
  [
    'a criterion by an unknown parameter',
    houseTopic('http://hospital.test/topic/c', query({ url: 'current', valueString: 'bed=3' })),
    [400, 'search.unknown-parameter'],
  ],
  ['a criterion without any query', houseTopic('http://hospital.test/topic/d', query()), [400, 'fhir.empty']],
  [
    'an unknown interaction',
    houseTopic('http://hospital.test/topic/e', { url: 'supportedInteraction', valueCode: 'read' }),
    [400, 'subscription.topic'],
  ],
]

for (const [what, basic, expected] of refusals)
  test(`a topic with ${what} is refused`, async () => {
    deepEqual(codeOf(await send(basic)), expected)
  })

test('a subscription whose topic is removed is in error and says so', async () => {
  const topic = houseTopic('http://hospital.test/topic/short-lived')
  await send(topic)
  const id = await hospital.subscribe(
    aSubscription({ endpoint: receiver.endpoint, topic: 'http://hospital.test/topic/short-lived' }),
  )
  await hospital.untilStatus(id, 'active')

  const { status } = await hospital.ask('DELETE', `Basic/${topic.id}`, undefined, scopes)
  const { error } = await hospital.untilStatus(id, 'error')

  equal(status, 204)
  equal(error, 'its topic is gone, or no longer allows its filters')
})
