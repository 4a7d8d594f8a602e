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

test('a profile that is not known is refused where it is asked for, and told where it is claimed', async () => {
  const base = 'http://hl7.org/fhir/StructureDefinition/Observation'
  const path = (profile: string) => `Observation/$validate?profile=${encodeURIComponent(profile)}`
  const claiming = { ...observation, meta: { profile: ['http://example.org/nobody', base] } }

  assert.deepEqual(issuesIn(await ask('POST', path(`${base}|4.0.1`), { body: observation })), [
    200,
    'information informational',
  ])
  assert.deepEqual(said(await ask('POST', path('http://example.org/nobody'), { body: observation })), [
    422,
    'not-supported',
    'fhir-api.unknown-profile',
    'profile',
    `the profile asked for is not known here; Observation can be validated against ${base} and the profiles of loaded guides`,
  ])
  assert.deepEqual(issuesIn(await ask('POST', 'Observation/$validate', { body: claiming })), [
    200,
    'information informational',
    'warning not-supported Observation.meta.profile[0]',
  ])
})

const potassium = {
  resourceType: 'StructureDefinition',
  id: 'potassium',
  text: narrative,
  url: 'http://example.org/potassium',
  name: 'Potassium',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Observation',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Observation',
  derivation: 'constraint',
  snapshot: {
    element: [
      { id: 'Observation', path: 'Observation', definition: 'x', min: 0, max: '*' },
      {
        id: 'Observation.value[x]',
        path: 'Observation.value[x]',
        definition: 'x',
        min: 1,
        max: '1',
        type: [{ code: 'Quantity' }],
      },
    ],
  },
}
const place = (base: object) => ({ base: { path: 'x', min: 0, max: '*', ...base } })

test('a profile of the record is judged by, on type and instance, asked for or claimed, and a write as well', async () => {
  const element = potassium.snapshot.element.map((each) => ({ ...each, ...place({ path: each.path }) }))
  const stored = await ask('PUT', 'StructureDefinition/potassium', {
    body: { ...potassium, snapshot: { element } },
  })
  const claiming = { ...observation, id: 'claiming', meta: { profile: [potassium.url] } }
  const quantity = { ...claiming, valueInteger: undefined, valueQuantity: { value: 4 } }
  const path = `Observation/$validate?profile=${encodeURIComponent(potassium.url)}`
  const wrong = [200, 'error structure Observation.value']
  const refused = await ask('PUT', 'Observation/claiming', { body: claiming })
  const entry = [{ resource: claiming, request: { method: 'PUT', url: 'Observation/claiming' } }]
  const bundled = await ask('POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry } })

  assert.equal(stored.status, 201, JSON.stringify(stored.body))
  assert.deepEqual(issuesIn(await ask('POST', path, { body: observation })), wrong)
  assert.deepEqual(issuesIn(await ask('POST', 'Observation/$validate', { body: claiming })), wrong)
  assert.deepEqual(issuesIn(refused), [400, 'error structure Observation.value'])
  assert.deepEqual(issuesIn(bundled), [400, 'error structure Bundle.entry[0].resource.value'])
  assert.equal((await ask('PUT', 'Observation/claiming', { body: quantity })).status, 201)
  assert.deepEqual(issuesIn(await ask('GET', `Observation/claiming/$validate?mode=profile`)), [
    200,
    'information informational',
  ])
  assert.deepEqual(
    issuesIn(
      await ask('POST', 'Patient/$validate', {
        body: { resourceType: 'Patient', text: narrative, meta: { profile: [potassium.url] } },
      }),
    ),
    [200, 'error invalid Patient.meta.profile[0]'],
  )
})

test('a warning of a write is told to who prefers an OperationOutcome', async () => {
  const body = { ...observation, meta: { profile: ['http://example.org/nobody'] } }
  const answer = await ask('POST', 'Observation', { body, headers: { prefer: 'return=OperationOutcome' } })

  assert.deepEqual(issuesIn(answer), [
    201,
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
