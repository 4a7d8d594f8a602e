/** What was stored before search learned something new is found by it after reindexing, and its versions stay. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { OutcomeError } from '@xinglin/fhir'
import { aResult, asha } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'

test('old resources are indexed again in batches, and half an answer is refused meanwhile', async () => {
  const { database, records } = await emptyRecord()
  const stored = await store(
    records,
    asha,
    ...Array.from({ length: 700 }, (_, at) => aResult({ for: asha, id: `r${at}`, value: at })),
  )
  // As a store stands that was made before: nothing of today's index, and the mark that its migration sets.
  await database.query(sql`update records.current set terms = '{}'`)
  await database.query(sql`delete from records.quantity_value`)
  await database.query(sql`
    update records.reindexing set next = 0, last = (select max(key) from records.current)`)
  const find = (name: string, value: string) => records.search(qilu.tenant, 'Observation', [[name, value]])

  const refusal = await find('code-value-quantity', '2823-3$gt697').catch((error: unknown) => error)
  const first = await records.reindex()
  const second = await records.reindex()
  const third = await records.reindex()
  const found = await find('code-value-quantity', '2823-3$gt697')

  assert.ok(refusal instanceof OutcomeError)
  assert.deepEqual(
    [refusal.failure, refusal.outcome.issue[0]?.details?.coding?.[0]?.code],
    ['busy', 'records.indexing'],
  )
  assert.deepEqual(
    [first.isDone, second, third],
    [false, { isDone: true, share: 1 }, { isDone: true, share: 1 }],
  )
  assert.deepEqual(found.matches.map(({ id }) => id).sort(), ['r698', 'r699'])
  assert.deepEqual((await find('patient', 'asha')).matches.length, 50)
  assert.deepEqual(await records.read(qilu.tenant, 'Observation', 'r5'), stored[6])
})
