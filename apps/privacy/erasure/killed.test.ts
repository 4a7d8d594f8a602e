/** kill -9 in the middle of an erasure, again and again: it goes on where it stood, nothing of the person is left, and one certificate says so. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from '@xinglin/database'
import type { Resource } from '@xinglin/fhir'
import { aPatient, testKernel, textsHeldBelow, textsHeldIn } from '@xinglin/testkit'
import { privacy } from '../app.ts'

const program = fileURLToPath(new URL('./testing/erasing-process.ts', import.meta.url))
// Without jobs of its own: the processes of the test alone carry it out.
const { jobs: _jobs, ...withoutJobs } = privacy
const kernel = await testKernel({ apps: [withoutJobs] })
const { database, objects, records, runtime, traffic } = kernel
const { tenant } = kernel.actor
const author = { tenant, actor: 'system/test' }
const observations = 150
const secrets = ['欧阳若兮', '13912345678', '月牙形胎记 1.', '月牙形胎记 149.']

test('a process that is killed while it erases loses nothing, and the next one goes on', async () => {
  await holdSomebody()
  await records.commit(author, async (unit) => {
    await unit.transaction.query(sql`
      insert into privacy.erasure (tenant, id, request, state, patient, granted_by, granted, decided_by, decided, phase)
      values (${tenant}, 'e1', 'r1', 'running', 'ruoxi', 'user/1', ${runtime.now()}::timestamptz, 'user/2',
        ${runtime.now()}::timestamptz, 'plan')`)
  })

  let kills = 0
  for (let after = 2; await isUnderWay(); after = after === 2 ? 4 : 2)
    if (await runUntilKilled(after)) kills += 1

  assert.ok(kills > 3, `killed ${kills} times`)
  assert.deepEqual(await textsHeldIn(database, secrets), [])
  assert.deepEqual(await textsHeldBelow(kernel.objectsFolder, [secrets[0] ?? '']), [])
  const certificates = await database.query(sql<{ content: string }>`select content from privacy.certificate`)
  assert.equal(certificates.length, 1)
  const { erased, verification } = JSON.parse(certificates[0]?.content ?? '{}')
  assert.deepEqual(
    [erased['resources.Observation'], erased['resources.Patient'], erased.versions, verification.leftovers],
    [observations, 1, 2 * observations + 1, []],
  )
  assert.equal((await records.read(tenant, 'Patient', 'bo'))?.interaction, 'create')
})

async function holdSomebody(): Promise<void> {
  const subject = { reference: 'Patient/ruoxi', display: '欧阳若兮' }
  const marks = Array.from({ length: observations }, (_, index) => ({
    resourceType: 'Observation',
    id: `mark-${index}`,
    status: 'final',
    code: { text: '体表检查' },
    subject,
    effectiveDateTime: '2001-05-01',
    valueString: `月牙形胎记 ${index}.`,
  })) as unknown as readonly (Resource & { id: string })[]
  const telecom = [{ system: 'phone' as const, value: '13912345678' }]
  await records.commit(author, (unit) =>
    unit.write(
      [
        aPatient({ id: 'ruoxi', name: [{ text: '欧阳若兮' }], telecom }),
        aPatient({ id: 'bo' }),
        ...marks,
      ].map((resource) => ({
        kind: 'create',
        resource,
        id: resource.id ?? '',
      })),
    ),
  )
  await records.commit(author, (unit) =>
    unit.write(marks.map((resource) => ({ kind: 'update', resource: { ...resource, language: 'zh' } }))),
  )
  for (let index = 0; index < 30; index++) {
    const raw = Buffer.from(`PID|||||欧阳若兮||||||||13912345678 ${index}`)
    await traffic.receive({
      tenant,
      door: 'hl7v2',
      sender: 'HIS',
      subject: 'ADT^A01',
      controlId: `c${index}`,
      raw,
    })
  }
  const { hash } = await objects.put([Buffer.from('欧阳若兮'.repeat(500))], { maxBytes: 100_000 })
  await database.query(sql`
    insert into privacy.erasure_object (tenant, erasure, name) values (${tenant}, 'e1', ${hash})`)
}

async function isUnderWay(): Promise<boolean> {
  return (await database.query(sql`select from privacy.erasure where state = 'running'`)).length > 0
}

/** Kills the process in its step of this number; tells whether it was killed. */
async function runUntilKilled(step: number): Promise<boolean> {
  const child = spawn(process.execPath, [program, database.url, kernel.objectsFolder, 'e1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  let steps = 0
  for await (const line of createInterface({ input: child.stdout }))
    if (line === 'step' && ++steps > step) child.kill('SIGKILL')
  const [, signal] = await exited
  return signal === 'SIGKILL'
}
