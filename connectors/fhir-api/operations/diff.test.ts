/** `$diff` between versions: a FHIRPath Patch (R4 fhirpatch.html) as Parameters. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { said, testDoor } from '../testing/door.ts'

const { ask } = await testDoor()
const put = (words: object) =>
  ask('PUT', 'Patient/a', { body: { resourceType: 'Patient', id: 'a', ...words } })
await put({ gender: 'female' })
await put({ gender: 'female', name: [{ family: 'Verma' }] })
await put({ gender: 'other', name: [{ family: 'Verma' }] })

const gender = (valueCode: string) => ({
  name: 'operation',
  part: [
    { name: 'type', valueCode: 'replace' },
    { name: 'path', valueString: 'Patient.gender' },
    { name: 'value', valueCode },
  ],
})
const parameters = (...parameter: readonly object[]) => ({ resourceType: 'Parameters', parameter })

test('without versions the last change is shown, from whatever version is named all since then', async () => {
  const last = await ask('GET', 'Patient/a/$diff')
  const all = await ask('GET', 'Patient/a/$diff?fromVersion=1')

  assert.deepEqual([last.status, last.body], [200, parameters(gender('other'))])
  assert.deepEqual(
    all.body,
    parameters(
      {
        name: 'operation',
        part: [
          { name: 'type', valueCode: 'add' },
          { name: 'path', valueString: 'Patient' },
          { name: 'name', valueString: 'name' },
          { name: 'value', valueHumanName: { family: 'Verma' } },
        ],
      },
      gender('other'),
    ),
  )
})

test('versions may be compared backwards', async () => {
  const { body } = await ask('GET', 'Patient/a/$diff?fromVersion=3&toVersion=2')

  assert.deepEqual(body, parameters(gender('female')))
})

test('a version that is not there, has none before it or is a deletion is refused', async () => {
  const first = await ask('GET', 'Patient/a/$diff?toVersion=1')
  const unknown = await ask('GET', 'Patient/a/$diff?fromVersion=9')
  await ask('DELETE', 'Patient/a')
  const deleted = await ask('GET', 'Patient/a/$diff')

  const absent = [
    404,
    'not-found',
    'fhir-api.no-version',
    undefined,
    'there is no such version of this Patient; its history lists those there are',
  ]
  assert.deepEqual([first, unknown, deleted].map(said), [
    absent,
    absent,
    [
      410,
      'deleted',
      'fhir-api.deleted',
      undefined,
      'version 4 is a deletion, which has no content to compare',
    ],
  ])
})
