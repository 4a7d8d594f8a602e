/** Backport §filters and FHIR R4 §3.1.1.4: filters that ask other resources, and what codes mean. */
import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { CodeSystem, Observation, OperationOutcome, Patient, ValueSet } from '@xinglin/fhir'
import { aSubscription, openHospital, put } from './testing/hospital.ts'
import { openReceiver } from './testing/receiver.ts'
import { builtInPrefix } from './topics/built-in.ts'

const hospital = await openHospital()
const tests = 'http://hospital.test/CodeSystem/tests'
const codes: CodeSystem & { id: string } = {
  resourceType: 'CodeSystem',
  id: 'tests',
  url: tests,
  status: 'active',
  content: 'complete',
  hierarchyMeaning: 'is-a',
  concept: [
    { code: 'electrolyte', concept: [{ code: 'potassium' }, { code: 'sodium' }] },
    { code: 'glucose' },
  ],
}
const urgent: ValueSet & { id: string } = {
  resourceType: 'ValueSet',
  id: 'urgent',
  url: 'http://hospital.test/ValueSet/urgent',
  status: 'active',
  compose: { include: [{ system: tests, concept: [{ code: 'potassium' }, { code: 'glucose' }] }] },
}
const person = (id: string, gender: Patient['gender']): Patient & { id: string } => ({
  resourceType: 'Patient',
  id,
  ...(gender ? { gender } : {}),
})
const result = (id: string, code: string, patient: string): Observation & { id: string } => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: tests, code, display: `${code} in serum` }] },
  subject: { reference: `Patient/${patient}` },
})
await put(hospital, codes, urgent, person('asha', 'female'), person('leo', 'male'))

const ofResults = `${builtInPrefix}observation`
const filters = [
  'Observation?patient.gender=female',
  'Observation?subject:Patient._id=leo',
  'Observation?code:in=http://hospital.test/ValueSet/urgent',
  'Observation?code:not-in=ValueSet/urgent',
  `Observation?code:below=${tests}|electrolyte`,
  `Observation?code:above=${tests}|sodium`,
  'Observation?code:text=serum glucose',
  `Observation?patient.gender=female&code:below=${tests}|electrolyte`,
]

test('§3.1.1.4.4 and §3.1.1.4.5 each filter lets pass what a search by it finds', async () => {
  const listening = await Promise.all(
    filters.map(async (filter) => {
      const receiver = await openReceiver()
      const id = await hospital.subscribe(
        aSubscription({ topic: ofResults, endpoint: receiver.endpoint, filters: [filter] }),
      )
      await hospital.untilStatus(id, 'active')
      return { filter, receiver }
    }),
  )
  await put(
    hospital,
    result('r1', 'potassium', 'asha'),
    result('r2', 'glucose', 'leo'),
    result('r3', 'sodium', 'leo'),
    result('r4', 'electrolyte', 'asha'),
  )

  for (const { filter, receiver } of listening) {
    const { body } = await hospital.ask('GET', `${filter}&_sort=_id`)
    const found = ((body as { entry?: { resource: { id: string } }[] }).entry ?? []).map(
      ({ resource }) => resource.id,
    )
    const told = (await receiver.until('event-notification', found.length)).flatMap(({ bundle }) =>
      [
        ...JSON.stringify(bundle).matchAll(
          /"name":"focus","valueReference":\{"reference":"[^"]*Observation\/(\w+)"/g,
        ),
      ].map(([, id]) => id),
    )
    deepEqual(told.toSorted(), found, filter)
  }
})

test('a filter that can never be answered is refused when it is asked for', async () => {
  const refused = async (filter: string, scopes?: readonly string[]) => {
    const asked = aSubscription({ topic: ofResults, filters: [filter] })
    const { status, body } = await hospital.ask('POST', 'Subscription', asked, scopes)
    return [status, (body as OperationOutcome).issue[0]?.details?.coding?.[0]?.code]
  }

  deepEqual(await refused('Observation?code:in=http://hospital.test/ValueSet/unknown'), [
    404,
    'terminology.unknown-value-set',
  ])
  deepEqual(await refused('Observation?patient.shoe=43'), [400, 'search.bad-chain'])
  deepEqual(await refused('Observation?performer.name=Li'), [400, 'subscription.filter'])
  deepEqual(
    await refused('Observation?patient.gender=female', ['system/Observation.*', 'system/Subscription.*']),
    [403, 'search.type-not-allowed'],
  )
})
