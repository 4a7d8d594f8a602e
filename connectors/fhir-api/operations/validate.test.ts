/** R4 resource-operation-validate: what a write would be answered, without writing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answered, said, testDoor } from '../testing/door.ts'

const { ask } = await testDoor()
const narrative = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">potassium</div>' }
const observation = {
  resourceType: 'Observation',
  text: narrative,
  status: 'final',
  code: { text: 'potassium' },
  valueInteger: 4,
}
const parameters = (resource: object | undefined, values: Readonly<Record<string, string>> = {}) => ({
  resourceType: 'Parameters',
  parameter: [
    ...(resource ? [{ name: 'resource', resource }] : []),
    ...Object.entries(values).map(([name, valueCode]) => ({ name, valueCode })),
  ],
})

type Outcome = {
  readonly issue: readonly { severity: string; code: string; expression?: readonly string[] }[]
}
const issuesIn = ({ status, body }: Answered) => [
  status,
  ...(body as Outcome).issue.map(({ severity, code, expression }) =>
    [severity, code, expression?.[0]].join(' ').trim(),
  ),
]

test('a resource without fault is answered with the information that none was found', async () => {
  const answer = await ask('POST', 'Observation/$validate', { body: observation })

  assert.deepEqual(
    [answer.status, answer.body],
    [
      200,
      {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'information', code: 'informational', diagnostics: 'no error was found' }],
      },
    ],
  )
})

test('every error and every warning is told, with its place', async () => {
  const { text: _, ...bare } = observation
  const wrong = { ...bare, status: 'done', subject: { reference: 'Medication/1' } }
  const broken = { ...bare, dataAbsentReason: { text: 'x' } }

  assert.deepEqual(issuesIn(await ask('POST', 'Observation/$validate', { body: parameters(wrong) })), [
    200,
    'error code-invalid Observation.status',
    'error structure Observation.subject',
  ])
  assert.deepEqual(issuesIn(await ask('POST', 'Observation/$validate', { body: broken })), [
    200,
    'warning invariant Observation',
    'error invariant Observation',
  ])
})

test('nothing is written', async () => {
  await ask('POST', 'Observation/$validate', { body: { ...observation, id: 'unwritten' } })

  assert.equal((await ask('GET', 'Observation/unwritten')).status, 404)
})

test('the mode says which write is meant', async () => {
  await ask('PUT', 'Observation/kept', { body: { ...observation, id: 'kept' } })
  const asked = (path: string, resource: object | undefined, mode: string) =>
    ask('POST', path, { body: parameters(resource, { mode }) })
  const fine = [200, 'information informational']

  assert.deepEqual(issuesIn(await asked('Observation/$validate', observation, 'create')), fine)
  assert.deepEqual(issuesIn(await asked('Observation/$validate', observation, 'update')), [
    200,
    'error invalid Observation.id',
  ])
  const other = { ...observation, id: 'other' }
  assert.deepEqual(issuesIn(await asked('Observation/kept/$validate', other, 'update')), [
    200,
    'error invalid Observation.id',
  ])
  assert.deepEqual(issuesIn(await asked('Observation/kept/$validate', undefined, 'delete')), fine)
  assert.deepEqual(issuesIn(await ask('GET', 'Observation/kept/$validate?mode=profile')), fine)
  assert.equal((await asked('Observation/nobody/$validate', undefined, 'delete')).status, 404)
})

test('a resource of another type is told apart', async () => {
  const answer = await ask('POST', 'Observation/$validate', {
    body: { resourceType: 'Patient', text: narrative },
  })

  assert.deepEqual(issuesIn(answer), [200, 'error invalid resourceType'])
})

test('the base definition is the only profile that is known', async () => {
  const base = 'http://hl7.org/fhir/StructureDefinition/Observation'
  const path = (profile: string) => `Observation/$validate?profile=${encodeURIComponent(profile)}`
  const claiming = { ...observation, meta: { profile: ['http://example.org/potassium', base] } }

  assert.deepEqual(issuesIn(await ask('POST', path(`${base}|4.0.1`), { body: observation })), [
    200,
    'information informational',
  ])
  assert.deepEqual(said(await ask('POST', path('http://example.org/potassium'), { body: observation })), [
    422,
    'not-supported',
    'fhir-api.unknown-profile',
    'profile',
    `the profile asked for is not known here; Observation can be validated against ${base}`,
  ])
  assert.deepEqual(issuesIn(await ask('POST', 'Observation/$validate', { body: claiming })), [
    200,
    'information informational',
    'warning not-supported Observation.meta.profile[0]',
  ])
})

test('a call that says too little or too much is refused', async () => {
  assert.deepEqual(
    said(await ask('POST', 'Observation/$validate', { body: parameters(undefined) })).slice(0, 3),
    [400, 'invalid', 'fhir-api.operation-missing'],
  )
  assert.deepEqual(
    said(await ask('POST', 'Observation/$validate?mode=burn', { body: observation })).slice(0, 3),
    [400, 'invalid', 'fhir-api.operation-value'],
  )
})
