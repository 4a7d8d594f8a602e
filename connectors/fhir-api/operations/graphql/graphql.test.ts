/** FHIR R4 graphql.html: one question, just the elements that it asks for, each read decided as the caller's own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDoor } from '../../testing/door.ts'

const { ask, kernel } = await testDoor()

const resources = [
  { resourceType: 'Organization', id: 'org', name: '杏林医院' },
  {
    resourceType: 'Patient',
    id: 'zhang',
    active: true,
    birthDate: '1970-01-01',
    name: [
      { use: 'official', family: '张', given: ['三'] },
      { use: 'nickname', given: ['小三', '三儿'] },
    ],
    telecom: [{ system: 'phone', value: '13800000000' }],
    managingOrganization: { reference: 'Organization/org' },
    generalPractitioner: [{ reference: '#gp' }],
    contained: [{ resourceType: 'Practitioner', id: 'gp', name: [{ family: '王' }] }],
  },
  ...['k', 'na'].map((id, index) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: index === 0 ? '2823-3' : '2951-2' }] },
    subject: { reference: 'Patient/zhang' },
    effectiveDateTime: `2026-11-0${index + 1}`,
    valueQuantity: { value: index === 0 ? 4.2 : 140, unit: 'mmol/L' },
  })),
]
for (const resource of resources)
  await ask('PUT', `${resource.resourceType}/${resource.id}`, { body: resource })

async function question(
  query: string,
  { variables, path = '$graphql' }: { variables?: object; path?: string } = {},
) {
  const { status, body } = await ask('POST', path, {
    body: { query, ...(variables && { variables }) },
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(status, 200)
  return body
}

test('a resource by its id gives the elements asked for, lists filtered by what their items hold', async () => {
  assert.deepEqual(
    await question(
      '{ Patient(id: "zhang") { id birthDate official: name(use: official) { family given } name { use } } }',
    ),
    {
      data: {
        Patient: {
          id: 'zhang',
          birthDate: '1970-01-01',
          official: [{ family: '张', given: ['三'] }],
          name: [{ use: 'official' }, { use: 'nickname' }],
        },
      },
    },
  )
})

test('a reference opens what it refers to, in the record or contained, by type', async () => {
  assert.deepEqual(
    await question(`{
      Patient(id: "zhang") {
        managingOrganization { resource { __typename ... on Organization { name } ... on Patient { id } } }
        generalPractitioner { resource { ...Named } }
      }
    }
    fragment Named on Practitioner { name { family } }`),
    {
      data: {
        Patient: {
          managingOrganization: { resource: { __typename: 'Organization', name: '杏林医院' } },
          generalPractitioner: [{ resource: { name: [{ family: '王' }] } }],
        },
      },
    },
  )
})

test('lists are searches with variables, within a resource those that refer to it', async () => {
  assert.deepEqual(
    await question(
      'query ($code: String!) { ObservationList(code: $code, patient: "zhang") { id valueQuantity { value } } }',
      {
        variables: { code: '2823-3' },
      },
    ),
    { data: { ObservationList: [{ id: 'k', valueQuantity: { value: 4.2 } }] } },
  )
  assert.deepEqual(
    await question('{ id ObservationList(_reference: subject, _sort: "-date") { id } }', {
      path: 'Patient/zhang/$graphql',
    }),
    { data: { id: 'zhang', ObservationList: [{ id: 'na' }, { id: 'k' }] } },
  )
})

test('a connection counts, pages and goes on from its cursor', async () => {
  const first = (await question(
    '{ ObservationConnection(patient: "zhang", _count: 1, _sort: "date") { count pagesize next edges { mode resource { id } } } }',
  )) as { data: { ObservationConnection: { next: string } } }
  const { next, ...shown } = first.data.ObservationConnection
  const second = await question(
    'query ($at: String) { ObservationConnection(_cursor: $at) { edges { resource { id } } } }',
    { variables: { at: next } },
  )

  assert.deepEqual(shown, { count: 2, pagesize: 1, edges: [{ mode: 'match', resource: { id: 'k' } }] })
  assert.deepEqual(second, { data: { ObservationConnection: { edges: [{ resource: { id: 'na' } }] } } })
})

test('@flatten, @first, @singleton and @slice make lists of values', async () => {
  assert.deepEqual(
    await question('{ Patient(id: "zhang") { name @flatten { given family } telecom @first { value } } }'),
    {
      data: { Patient: { given: ['三', '小三', '三儿'], family: ['张'], telecom: { value: '13800000000' } } },
    },
  )
  assert.deepEqual(
    await question('{ Patient(id: "zhang") { name @flatten @slice(path: "use") { given } } }'),
    { data: { Patient: { 'given.official': ['三'], 'given.nickname': ['小三', '三儿'] } } },
  )
  assert.deepEqual(
    await question('{ Patient(id: "zhang") { name(use: official) @flatten { family @singleton } } }'),
    { data: { Patient: { family: '张' } } },
  )
})

test('@skip and @include decide by variables', async () => {
  assert.deepEqual(
    await question(
      'query ($no: Boolean = false) { Patient(id: "zhang") { id @skip(if: $no) active @include(if: $no) } }',
    ),
    { data: { Patient: { id: 'zhang' } } },
  )
})

test('what does not exist is an error at its place, the rest is answered', async () => {
  assert.deepEqual(await question('{ Patient(id: "zhang") { id shoeSize } Bed(id: "1") { id } }'), {
    data: { Patient: { id: 'zhang', shoeSize: null }, Bed: null },
    errors: [
      {
        message: 'there is no such field; a field is Type(id), TypeList or TypeConnection',
        path: ['Bed'],
        extensions: { code: 'graphql.field' },
      },
      {
        message: 'Patient has no element shoeSize',
        path: ['Patient', 'shoeSize'],
        extensions: { code: 'graphql.field' },
      },
    ],
  })
})

test('a type that the caller may not read is an error at its place', async () => {
  const answer = await kernel.web.http.inject({
    method: 'POST',
    url: '/fhir/R4/$graphql',
    headers: { ...(await kernel.authorisation(['system/Patient.read'])), 'content-type': 'application/json' },
    payload: { query: '{ Patient(id: "zhang") { id ObservationList(_reference: subject) { id } } }' },
  })

  const { data, errors } = answer.json()
  assert.deepEqual(data, { Patient: { id: 'zhang', ObservationList: null } })
  assert.deepEqual(errors[0].path, ['Patient', 'ObservationList'])
})

test('a question by GET and as text alone is answered the same', async () => {
  const query = '{ Patient(id: "zhang") { id } }'
  const byGet = await ask('GET', `$graphql?query=${encodeURIComponent(query)}`)
  const asText = await ask('POST', '$graphql', {
    body: query,
    headers: { 'content-type': 'application/graphql' },
  })

  assert.deepEqual(
    [byGet.body, asText.body],
    [{ data: { Patient: { id: 'zhang' } } }, { data: { Patient: { id: 'zhang' } } }],
  )
})

for (const [what, query] of [
  ['no GraphQL', '{ Patient('],
  ['a mutation', 'mutation { PatientDelete(id: "zhang") { id } }'],
  [
    'two operations without a name',
    'query A { Patient(id: "zhang") { id } } query B { Patient(id: "zhang") { id } }',
  ],
  ['a missing variable', 'query ($id: ID!) { Patient(id: $id) { id } }'],
] as const)
  test(`${what} is refused with an OperationOutcome`, async () => {
    const { status, body } = await ask('POST', '$graphql', {
      body: { query },
      headers: { 'content-type': 'application/json' },
    })

    assert.equal(status, 400)
    assert.equal((body as { resourceType: string }).resourceType, 'OperationOutcome')
  })

test('a question without end is cut off by its limits', async () => {
  const deep = `{ Patient(id: "zhang") { ${'ObservationList(_reference: subject) { subject { resource { ... on Patient { '.repeat(8)} id ${'} } } } '.repeat(8)} } }`
  const answer = (await question(deep)) as { errors: readonly { extensions: { code: string } }[] }

  assert.ok(answer.errors.some(({ extensions }) => /^graphql\.too/.test(extensions.code)))
})
