/** IHE PIXm [ITI-83]: numbers of one person across what was merged and linked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answered, said, testDoor } from '../testing/door.ts'

const { ask } = await testDoor()
const [hospital, insurance, clinic] = ['urn:oid:2.999.1', 'urn:oid:2.999.2', 'urn:oid:2.999.3']
const number = (system: string, value: string) => ({ system, value })
const link = (id: string, type: string) => ({ other: { reference: `Patient/${id}` }, type })

const patients = [
  {
    id: 'lin',
    identifier: [number(hospital, '1'), number(insurance, 'A'), { ...number(hospital, '2'), use: 'old' }],
    link: [link('lin-merged', 'replaces'), link('lin-clinic', 'seealso')],
  },
  {
    id: 'lin-merged',
    active: false,
    identifier: [number(hospital, '2')],
    link: [link('lin', 'replaced-by')],
  },
  { id: 'lin-clinic', identifier: [number(clinic, 'C9')], link: [link('lin', 'seealso')] },
  { id: 'wu', identifier: [number(hospital, '7')] },
]
for (const patient of patients) {
  const body = { resourceType: 'Patient', ...patient }
  assert.ok((await ask('PUT', `Patient/${patient.id}`, { body })).status < 300)
}

const asked = (source: string, ...targets: readonly string[]) =>
  ask(
    'GET',
    `Patient/$ihe-pix?${new URLSearchParams([
      ['sourceIdentifier', source],
      ...targets.map((target): [string, string] => ['targetSystem', target]),
    ])}`,
  )

function told({ status, body }: Answered): readonly unknown[] {
  assert.equal(status, 200)
  const { parameter } = body as {
    parameter: readonly {
      name: string
      valueReference?: { reference: string }
      valueIdentifier?: { system: string; value: string }
    }[]
  }
  return parameter.map(({ valueReference, valueIdentifier }) =>
    valueReference ? valueReference.reference : `${valueIdentifier?.system}|${valueIdentifier?.value}`,
  )
}

test('every other number of a person is told, with the Patients that stand', async () => {
  assert.deepEqual(told(await asked(`${insurance}|A`)), [
    'Patient/lin',
    `${hospital}|1`,
    'Patient/lin-clinic',
    `${clinic}|C9`,
  ])
})

test('a number that a merge made old finds the person, and is not told itself', async () => {
  assert.deepEqual(told(await asked(`${hospital}|2`, hospital)), ['Patient/lin', `${hospital}|1`])
})

test('only numbers of the wanted systems are told; a person without one there has none', async () => {
  assert.deepEqual(told(await asked(`${hospital}|1`, clinic)), ['Patient/lin-clinic', `${clinic}|C9`])
  assert.deepEqual(told(await asked(`${hospital}|7`, clinic, insurance)), [])
})

test('an unknown number, authority or target is refused as the profile says', async () => {
  const answers = await Promise.all([
    asked(`${hospital}|99`),
    asked('urn:oid:2.999.4|1'),
    asked(`${hospital}|1`, 'urn:oid:2.999.4'),
    asked(hospital),
    ask('GET', 'Patient/$ihe-pix'),
  ])
  assert.deepEqual(
    answers.map((answer) => said(answer).slice(0, 3)),
    [
      [404, 'not-found', 'fhir-api.pix-source'],
      [400, 'code-invalid', 'fhir-api.pix-authority'],
      [403, 'code-invalid', 'fhir-api.pix-target'],
      [400, 'invalid', 'fhir-api.operation-value'],
      [400, 'invalid', 'fhir-api.operation-missing'],
    ],
  )
})
