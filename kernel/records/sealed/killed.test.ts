/** kill -9 while a choice of sealed fields is carried out: every version is there as it was, and nothing stays in the clear. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from '@xinglin/database'
import { aPatient, testSealedFields, textsHeldIn } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'

const program = fileURLToPath(new URL('./testing/sealing-process.ts', import.meta.url))
const patients = 900
const numberOf = (index: number) => `110105194912${String(index).padStart(5, '0')}X`
const phoneOf = (index: number) => `1390000${String(index).padStart(4, '0')}`

test('a process that is killed while it seals loses nothing, and the next one goes on', async () => {
  const { database, records } = await emptyRecord()
  const all = Array.from({ length: patients }, (_, index) =>
    aPatient({
      id: `p${index}`,
      identifier: [{ system: testSealedFields.systems[0], value: numberOf(index) }],
      telecom: [{ system: 'phone', value: phoneOf(index) }],
    }),
  )
  await store(records, ...all)
  await records.commit(qilu, (unit) =>
    unit.write(all.map((resource) => ({ kind: 'update', resource: { ...resource, active: false } }))),
  )
  const before = await wholeHistory(records)
  await records.sealing.choose(qilu, { ...testSealedFields, reason: 'test' })
  await database.query(sql`update records.sealing set state = 'waiting', horizon = pg_current_xact_id()`)

  let kills = 0
  while (await isUnderWay(database)) if (await runUntilKilled(database.url)) kills += 1

  assert.ok(kills > 2, `killed ${kills} times`)
  assert.deepEqual(await wholeHistory(records), before)
  const secrets = [0, 1, 299, 300, 301, 600, patients - 1].flatMap((index) => [
    numberOf(index),
    phoneOf(index),
  ])
  assert.deepEqual(await textsHeldIn(database, secrets), [])
})

async function wholeHistory(records: Awaited<ReturnType<typeof emptyRecord>>['records']) {
  const versions: string[] = []
  for (let before: string | undefined; ; ) {
    const page = await records.history(qilu.tenant, { count: 500, ...(before ? { before } : {}) })
    versions.push(...page.versions.map(({ json }) => json))
    if (page.next === undefined) return versions
    before = page.next
  }
}

async function isUnderWay(database: Awaited<ReturnType<typeof emptyRecord>>['database']): Promise<boolean> {
  const rows = await database.query(sql`select from records.sealing where state <> 'done'`)
  return rows.length > 0
}

/** Kills the process in the batch after its first; tells whether it was killed. */
async function runUntilKilled(url: string): Promise<boolean> {
  const child = spawn(process.execPath, [program, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout }))
    if (line === 'step') child.kill('SIGKILL')
  const [, signal] = await exited
  return signal === 'SIGKILL'
}
