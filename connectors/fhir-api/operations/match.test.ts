/** R4 patient-operation-match over the master index's answers: grades, rights, parameters. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MatchedPatient } from '@xinglin/master-index/contract'
import { type Answered, said, testDoor } from '../testing/door.ts'

const found: readonly MatchedPatient[] = [
  { id: 'zhang', probability: 0.9999, outcome: 'certain' },
  { id: 'zhang-2', probability: 0.81, outcome: 'doubtful' },
  { id: 'gone', probability: 0.5, outcome: 'doubtful' },
  { id: 'zhang-3', probability: 0.125, outcome: 'doubtful' },
]
const asked: unknown[] = []
const matcher = {
  match: async (question: unknown) => {
    asked.push(question)
    return found
  },
}
const { ask, kernel } = await testDoor({ matcher })
for (const id of ['zhang', 'zhang-2', 'zhang-3']) {
  const body = { resourceType: 'Patient', id, name: [{ text: '张伟' }] }
  assert.equal((await ask('PUT', `Patient/${id}`, { body })).status, 201)
}
const patient = { resourceType: 'Patient', name: [{ text: '张伟' }] }

function entriesOf({ body }: Answered): readonly unknown[] {
  const { entry = [] } = body as {
    entry?: readonly {
      resource: { id: string }
      search: { score: number; extension: { valueCode: string }[] }
    }[]
  }
  return entry.map(({ resource, search }) => [resource.id, search.score, search.extension[0]?.valueCode])
}

test('matches come by their score, graded, without those that are not there to be seen', async () => {
  const parameter = [{ name: 'resource', resource: patient }]
  const answer = await ask('POST', 'Patient/$match', { body: { resourceType: 'Parameters', parameter } })
  assert.deepEqual(entriesOf(answer), [
    ['zhang', 0.9999, 'certain'],
    ['zhang-2', 0.81, 'probable'],
    ['zhang-3', 0.125, 'possible'],
  ])
  assert.deepEqual(asked, [{ tenant: kernel.actor.tenant, patient, count: 100 }])
})

test('only certain matches, and no more than asked for', async () => {
  const only = (name: string, value: object) => ({
    resourceType: 'Parameters',
    parameter: [
      { name: 'resource', resource: patient },
      { name, ...value },
    ],
  })
  const certain = await ask('POST', 'Patient/$match', {
    body: only('onlyCertainMatches', { valueBoolean: true }),
  })
  const one = await ask('POST', 'Patient/$match', { body: only('count', { valueInteger: 2 }) })
  const plain = await ask('POST', 'Patient/$match', { body: patient })
  assert.deepEqual([entriesOf(certain).length, entriesOf(one).length, entriesOf(plain).length], [1, 2, 3])
})

test('a question without a Patient is refused, and so is one without the right to search Patients', async () => {
  const empty = await ask('POST', 'Patient/$match', { body: { resourceType: 'Parameters' } })
  assert.deepEqual(said(empty).slice(0, 4), [400, 'invalid', 'fhir-api.operation-missing', 'resource'])
  const headers = await kernel.authorisation(['system/Observation.rs'])
  const refused = await ask('POST', 'Patient/$match', { body: patient, headers })
  assert.equal(refused.status, 403)
})
