/** What the explorer tells about the record, on a real PostgreSQL. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change } from '@xinglin/records'
import { testKernel, testTenant } from '@xinglin/testkit'
import { recordExplorer } from './app.ts'
import type { ParametersAnswer, SavedQueriesAnswer, TypesAnswer, VersionsAnswer } from './contract.ts'

const kernel = await testKernel({ apps: [recordExplorer] })
const all = ['system/*.*', 'xinglin/record-explorer.*', 'xinglin/integration.*']

async function ask<T>(path: string, scopes: readonly string[] = all) {
  const response = await kernel.web.http.inject({
    url: `/api/record-explorer${path}`,
    headers: await kernel.authorisation(scopes),
  })
  return { status: response.statusCode, body: response.json() as T }
}

async function write(subject: string, change: Change) {
  const guarded = kernel.identity.recordsFor(kernel.actor)
  await guarded.commit(async (unit) => {
    const [made] = await unit.write([change])
    assert.ok(made)
    await kernel.traffic.record(
      unit,
      {
        tenant: testTenant,
        door: 'fhir',
        sender: 'HIS',
        subject,
        controlId: subject,
        raw: Buffer.from('{}'),
      },
      { outcome: 'accepted', made: [`${made.type}/${made.id}/_history/${made.version}`] },
    )
  })
}

const ward = (name: string) => ({ resourceType: 'Location', id: 'w9', name, status: 'active' }) as const
await write('PUT Location/w9', { kind: 'update', resource: ward('九病区') })
await write('PUT Location/w9', { kind: 'update', resource: ward('第九病区') })
await write('DELETE Location/w9', { kind: 'delete', type: 'Location', id: 'w9' })

test('every version tells who made it and by which message of a door', async () => {
  const { status, body } = await ask<VersionsAnswer>('/resources/Location/w9/versions')

  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(
    body.versions.map(({ version, interaction, actor, message }) => [
      version,
      interaction,
      actor,
      message?.sender,
      message?.subject,
    ]),
    [
      [3, 'delete', kernel.actor.reference, 'HIS', 'DELETE Location/w9'],
      [2, 'update', kernel.actor.reference, 'HIS', 'PUT Location/w9'],
      [1, 'create', kernel.actor.reference, 'HIS', 'PUT Location/w9'],
    ],
  )
})

test('who may not see messages of the doors is shown none', async () => {
  const { body } = await ask<VersionsAnswer>('/resources/Location/w9/versions', [
    'system/*.rs',
    'xinglin/record-explorer.*',
  ])

  assert.deepEqual(
    body.versions.map(({ message }) => message),
    [undefined, undefined, undefined],
  )
})

test('types are counted as far as the reader may search them', async () => {
  const everything = await ask<TypesAnswer>('/types')
  const locations = await ask<TypesAnswer>('/types', ['system/Patient.rs', 'xinglin/record-explorer.*'])

  assert.deepEqual(
    everything.body.types.find(({ type }) => type === 'Location'),
    { type: 'Location', count: 0, isOfPatient: false },
  )
  assert.deepEqual(
    locations.body.types.map(({ type }) => type),
    ['Patient'],
  )
})

test('parameters tell their kind, their targets and the codes of a required binding', async () => {
  const { body } = await ask<ParametersAnswer>('/types/Encounter/parameters')
  const named = (name: string) => body.parameters.find((parameter) => parameter.name === name)

  assert.deepEqual(
    [named('status')?.codes?.[0], named('patient'), named('date')],
    [
      { system: 'http://hl7.org/fhir/encounter-status', code: 'planned' },
      { name: 'patient', kind: 'reference', targets: ['Patient'] },
      { name: 'date', kind: 'date' },
    ],
  )
})

test('unknown resources, types that are none and missing rights are refused', async () => {
  const statuses = [
    await ask('/resources/Location/nobody/versions'),
    await ask('/resources/Ward/w9/versions'),
    await ask('/resources/Location/a%20b/versions'),
    await ask('/types/Ward/parameters'),
    await ask('/types', ['system/*.rs']),
    await ask('/resources/Location/w9/versions', ['system/Patient.rs', 'xinglin/record-explorer.*']),
  ].map(({ status }) => status)

  assert.deepEqual(statuses, [404, 400, 400, 400, 403, 403])
})

test("a person keeps queries under names and sees nobody else's", async () => {
  const act = async (name: string, payload: object, scopes = all) => {
    const headers = await kernel.authorisation(scopes)
    const url = `/api/record-explorer/commands/${name}`
    return (await kernel.web.http.inject({ method: 'POST', url, headers, payload })).statusCode
  }
  const kept = async (scopes = all) => (await ask<SavedQueriesAnswer>('/queries', scopes)).body.queries
  const save = (name: string, query: string) => act('save-query', { name, type: 'Patient', query })
  const somebodyElse = ['xinglin/record-explorer.*']

  assert.equal(await save('姓李的', 'name=李'), 200)
  assert.equal(await save(' 姓李的 ', 'name=李&gender=female'), 200)

  const [only, ...others] = await kept()
  assert.deepEqual(
    [only?.name, only?.type, only?.query, others],
    ['姓李的', 'Patient', 'name=李&gender=female', []],
  )
  assert.deepEqual(await kept(somebodyElse), [])
  assert.equal(await act('remove-query', { id: only?.id }, somebodyElse), 204)
  assert.equal((await kept()).length, 1)
  assert.equal(await act('remove-query', { id: only?.id }), 204)
  assert.deepEqual(await kept(), [])
  assert.deepEqual(
    [await save('', 'name=李'), await act('save-query', { name: 'a', type: 'Ward', query: '' })],
    [400, 400],
  )
})
