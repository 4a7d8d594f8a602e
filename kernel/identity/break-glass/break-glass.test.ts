/** J-SEC-3 beneath its screens: the glass is broken with a reason, watched over, and judged by another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Resource } from '@xinglin/fhir'
import {
  auditLines,
  lastAuditId,
  logKinds,
  refusalOf,
  signedInPerson,
  testIdentity,
} from '../test-identity.ts'

const here = await testIdentity()
const { identity, runtime, records } = here
const tenant = 1 as TenantId
const doctor = await signedInPerson(here, { login: 'li', roles: ['clinician'] })
const auditor = await signedInPerson(here, { login: 'zhao', roles: ['auditor'] })
const integrator = await signedInPerson(here, { login: 'qian', roles: ['integrator'] })
const { breakGlass } = identity

await put({ resourceType: 'Patient', id: 'asha', name: [{ text: '张三' }] })
await put({
  resourceType: 'Consent',
  id: 'vip',
  status: 'active',
  scope: { coding: [{ code: 'patient-privacy' }] },
  category: [{ text: 'privacy' }],
  policyRule: { coding: [{ code: 'OPTIN' }] },
  patient: { reference: 'Patient/asha' },
  provision: { type: 'deny' },
})

test('a refused record is opened with a reason, for four hours, and a Task asks for its review', async () => {
  const before = await lastAuditId(here)
  const glass = await breakGlass.open(doctor.actor, { patient: 'asha', reason: '急诊抢救，患者昏迷' })
  assert.deepEqual(
    { ...glass, id: '', task: '' },
    {
      id: '',
      task: '',
      holder: doctor.actor.reference,
      holderDisplay: 'li',
      patient: 'asha',
      reason: '急诊抢救，患者昏迷',
      refusedBy: ['vip'],
      since: runtime.now(),
      until: hoursFromNow(4),
      reviewDue: hoursFromNow(24),
    },
  )
  const task = JSON.parse((await records.read(tenant, 'Task', glass.task))?.json ?? '{}')
  assert.equal(task.status, 'requested')
  assert.deepEqual(task.restriction.period, { start: runtime.now(), end: hoursFromNow(24) })
  assert.deepEqual(task.input, [
    { type: { text: 'refused by' }, valueReference: { reference: 'Consent/vip' } },
  ])
  assert.deepEqual(await auditLines(here, before), [
    `allowed break-glass Patient of asha purpose BTG · until ${hoursFromNow(4)} · 急诊抢救，患者昏迷`,
  ])
  assert.ok((await logKinds(here)).includes('identity.glass-broken'))
  assert.deepEqual(await breakGlass.standing(doctor.actor, 'asha'), [glass])
})

test('no reason, no patient, no right or an open glass: nothing is opened', async () => {
  const open = (actor = doctor.actor, act = { patient: 'asha', reason: '抢救' }) =>
    refusalOf(() => breakGlass.open(actor, act))
  assert.deepEqual(
    [
      await open(),
      await open(doctor.actor, { patient: 'asha', reason: ' ' }),
      await open(doctor.actor, { patient: 'nobody', reason: '抢救' }),
      await open(integrator.actor),
    ],
    [
      'conflict consent.glass-open',
      'invalid identity.reason',
      'notFound consent.no-patient',
      'forbidden identity.not-allowed',
    ],
  )
})

test('each access to that record bears the purpose of an emergency, no other access does', async () => {
  await put({ resourceType: 'Patient', id: 'mira' })
  const before = await lastAuditId(here)
  const seen = identity.recordsFor({ ...doctor.actor, purpose: 'COC' })
  await seen.read('Patient', 'asha')
  await seen.read('Patient', 'mira')
  await seen.commit(async (unit) => {
    await unit.read('Patient', 'asha')
    await unit.read('Patient', 'mira')
  })
  await identity.stop()
  const rows = await here.database.query(sql<{ actor: string; patient: string; purpose: string | null }>`
    select actor, patient, purpose
    from identity.audit
    where id > ${before}::bigint and action = 'read'
    order by id`)
  const line = (actor: string, patient: string, purpose: string | null) => ({ actor, patient, purpose })
  const { reference } = doctor.actor
  assert.deepEqual(
    rows.toSorted(
      (one, other) => one.actor.localeCompare(other.actor) || one.patient.localeCompare(other.patient),
    ),
    [
      line(reference, 'asha', 'BTG'),
      line(reference, 'asha', 'BTG'),
      line(reference, 'mira', 'COC'),
      line(reference, 'mira', 'COC'),
    ],
  )
})

test('two windows of one person open one glass', async () => {
  await put({ resourceType: 'Patient', id: 'leo' })
  const opened = await Promise.all(
    [1, 2, 3].map(() => refusalOf(() => breakGlass.open(doctor.actor, { patient: 'leo', reason: '抢救' }))),
  )
  assert.deepEqual(opened.toSorted(), ['conflict consent.glass-open', 'conflict consent.glass-open', 'done'])
})

test('who broke it does not judge it, another does, once', async () => {
  const [glass] = await breakGlass.standing(doctor.actor, 'asha')
  const id = glass?.id ?? ''
  const judge = (actor = auditor.actor) =>
    refusalOf(() => breakGlass.review(actor, { id, outcome: 'justified', note: '抢救记录相符' }))
  assert.equal(await judge(doctor.actor), 'forbidden identity.not-allowed')
  await identity.people.setRoles(here.administrator, {
    id: doctor.id,
    roles: ['clinician', 'auditor'],
    reason: 'both for this test',
  })
  const both = { ...doctor.actor, roles: ['clinician', 'auditor'] }
  assert.equal(await judge(both), 'conflict consent.glass-own')
  assert.equal(await judge(), 'done')
  assert.equal(await judge(), 'conflict consent.glass-reviewed')
  const task = JSON.parse((await records.read(tenant, 'Task', glass?.task ?? ''))?.json ?? '{}')
  assert.deepEqual(
    [task.status, task.output[0].valueCode, task.owner.display],
    ['completed', 'justified', 'zhao'],
  )
})

test('what nobody judged within a day is overdue; a glass ends by its time or by its owner', async () => {
  const states = async () => [
    (await breakGlass.list(auditor.actor, { state: 'waiting', limit: 10 })).map(({ patient }) => patient),
    (await breakGlass.list(auditor.actor, { state: 'overdue', limit: 10 })).map(({ patient }) => patient),
    (await breakGlass.list(auditor.actor, { state: 'reviewed', limit: 10 })).map(({ patient }) => patient),
    (await breakGlass.standing(doctor.actor)).map(({ patient }) => patient).toSorted(),
  ]
  assert.deepEqual(await states(), [['leo'], [], ['asha'], ['asha', 'leo']])
  const [leo] = await breakGlass.standing(doctor.actor, 'leo')
  await breakGlass.close(doctor.actor, leo?.id ?? '')
  assert.deepEqual(await states(), [['leo'], [], ['asha'], ['asha']])
  runtime.advance(25 * 3_600_000)
  assert.deepEqual(await states(), [['leo'], ['leo'], ['asha'], []])
  assert.equal(
    await refusalOf(() => breakGlass.list(doctor.actor, { limit: 10 })),
    'forbidden identity.not-allowed',
  )
})

function hoursFromNow(hours: number): string {
  const at = new Date(Date.parse(runtime.now()) + hours * 3_600_000 + 8 * 3_600_000)
  return `${at.toISOString().slice(0, 23)}+08:00`
}

async function put(resource: Resource & { id: string }): Promise<void> {
  await records.commit({ tenant, actor: 'system/test' }, (unit) => unit.write([{ kind: 'update', resource }]))
}
