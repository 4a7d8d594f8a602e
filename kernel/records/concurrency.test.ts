/** Many writers at once: no change is lost, none is made on a version that its writer did not see. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError } from '@xinglin/fhir'
import { aPatient, aResult, asha, leo } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from './fixtures.ts'
import { parseVersion } from './records.ts'

function failureOf(result: PromiseSettledResult<unknown>): string {
  if (result.status === 'fulfilled') return 'done'
  return result.reason instanceof OutcomeError ? result.reason.failure : String(result.reason)
}

test('of twenty updates that saw the same version one is made, the others are told that it is stale', async () => {
  const { records } = await emptyRecord()
  await store(records, asha)

  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, bed) =>
      records.commit(qilu, (unit) =>
        unit.write([{ kind: 'update', resource: { ...asha, language: `x-${bed}` }, ifVersion: 1 }]),
      ),
    ),
  )

  assert.deepEqual(results.map(failureOf).sort(), ['done', ...Array.from({ length: 19 }, () => 'stale')])
  assert.equal((await records.read(qilu.tenant, 'Patient', 'asha'))?.version, 2)
})

test('updates without a version follow one another: each makes its own', async () => {
  const { records } = await emptyRecord()
  await store(records, asha)

  await Promise.all(
    Array.from({ length: 30 }, (_, bed) =>
      records.commit(qilu, (unit) =>
        unit.write([{ kind: 'update', resource: { ...asha, language: `x-${bed}` } }]),
      ),
    ),
  )

  const { versions } = await records.history(qilu.tenant, { type: 'Patient', id: 'asha', count: 100 })
  assert.deepEqual(
    versions.map(({ version }) => version),
    Array.from({ length: 31 }, (_, index) => 31 - index),
  )
  const languages = versions.slice(0, 30).map((version) => parseVersion(version, 'Patient').language)
  assert.equal(new Set(languages).size, 30)
})

test('of many who create the same id by an update one creates it, the others change it', async () => {
  const { records, database } = await emptyRecord()

  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      records.commit(qilu, (unit) =>
        unit.write([
          { kind: 'update', resource: aPatient({ id: 'ann', name: [{ family: `Family${index}` }] }) },
          { kind: 'create', resource: aResult({ for: { id: 'ann' } }) },
        ]),
      ),
    ),
  )

  assert.deepEqual(
    answers.map(([version]) => version?.version).sort((a, b) => Number(a) - Number(b)),
    Array.from({ length: 16 }, (_, index) => index + 1),
  )
  const found = await records.search(qilu.tenant, 'Patient', [['family', 'family']])
  assert.equal(found.matches.length, 1)
  const stray = await database.query({
    text: `select from records.string_value where key not in (select key from records.current where not deleted)`,
    values: [],
  })
  assert.equal(stray.length, 0)
})

test('of many who create the same id one does, the others are told of the conflict', async () => {
  const { records } = await emptyRecord()

  const results = await Promise.allSettled(Array.from({ length: 8 }, () => store(records, leo)))

  assert.deepEqual(results.map(failureOf).sort(), [...Array.from({ length: 7 }, () => 'conflict'), 'done'])
})

test('changes of two resources in opposite order end: done whole, or told to try again', async () => {
  const { records } = await emptyRecord()
  await store(records, asha, leo)
  const patients = [asha, leo]

  const results = await Promise.allSettled(
    Array.from({ length: 6 }, (_, index) =>
      records.commit(qilu, async (unit) => {
        for (const patient of index % 2 === 0 ? patients : [...patients].reverse()) {
          await unit.write([{ kind: 'update', resource: { ...patient, language: `x-${index}` } }])
        }
      }),
    ),
  )

  const failures = results.map(failureOf)
  assert.ok(
    failures.every((failure) => failure === 'done' || failure === 'busy'),
    failures.join(),
  )
  const done = failures.filter((failure) => failure === 'done').length
  for (const { id } of patients) {
    assert.equal((await records.read(qilu.tenant, 'Patient', id))?.version, 1 + done, id)
  }
})

test('forty commands at once, more than connections, all end', async () => {
  const { records } = await emptyRecord()

  await Promise.all(
    Array.from({ length: 40 }, (_, bed) =>
      records.commit(qilu, async (unit) => {
        await unit.write([{ kind: 'create', resource: aPatient({ language: `x-${bed}` }) }])
        await unit.search('Patient', [['gender', 'unknown']])
        await unit.write(
          Array.from({ length: 60 }, () => ({ kind: 'create', resource: aResult({ for: asha }) })),
        )
      }),
    ),
  )

  assert.deepEqual(await records.counts(qilu.tenant), { Observation: 2400, Patient: 40 })
})
