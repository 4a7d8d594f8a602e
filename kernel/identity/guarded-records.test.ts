/** Law 5: every access to the record is decided once and leaves exactly one audit entry. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { aPatient, aResult, asha, leo } from '@xinglin/testkit'
import type { Actor } from './identity.ts'
import { auditLines, lastAuditId, refusalOf, type TestIdentity, testIdentity } from './test-identity.ts'

const person = (...roles: readonly string[]): Actor => ({
  kind: 'user',
  id: 'mei',
  reference: 'user/mei',
  tenant: 1 as TenantId,
  roles,
  scopes: [],
  display: 'Lin Mei',
})
const clinician = person('clinician')
const auditor = person('auditor')

/** Two patients with a result each, and the number of the newest audit entry. */
async function ward() {
  const hospital = await testIdentity()
  const own = hospital.identity.systemActor('fixture', 1 as TenantId)
  await hospital.identity
    .recordsFor(own)
    .commit((unit) =>
      unit.write(
        [
          asha,
          leo,
          { ...aResult({ for: asha }), id: 'potassium' },
          { ...aResult({ for: leo }), id: 'glucose' },
        ].map((resource) => ({ kind: 'create', resource, id: resource.id })),
      ),
    )
  return { ...hospital, before: await lastAuditId(hospital) }
}

async function linesSince(hospital: TestIdentity & { before: number }): Promise<string[]> {
  await hospital.identity.stop()
  return auditLines(hospital, hospital.before)
}

test('each read, search and history leaves one entry that tells whose record was seen', async () => {
  const hospital = await ward()
  const records = hospital.identity.recordsFor(clinician)

  await records.read('Patient', 'asha')
  await records.read('Observation', 'potassium')
  await records.read('Observation', 'nothing')
  await records.readVersion('Observation', 'glucose', 1)
  await records.history({ type: 'Observation', id: 'glucose', count: 10 })
  await records.search('Observation', [['subject', 'Patient/leo']])
  await records.search('Observation', [['status', 'final']])

  assert.deepEqual(await linesSince(hospital), [
    'allowed read Patient of asha',
    'allowed read Observation of asha',
    'allowed read Observation not found',
    'allowed read Observation of leo version 1',
    'allowed history Observation of leo 1 versions',
    'allowed search Observation of leo subject · 1 found',
    'allowed search Observation status · 2 found',
  ])
  const trail = await hospital.identity.auditTrail.list(hospital.administrator, {
    patient: 'asha',
    limit: 50,
  })
  assert.deepEqual(
    trail.entries.filter(({ actor }) => actor === 'user/mei').map(({ action, detail }) => [action, detail]),
    [
      ['search', 'status · 2 found'],
      ['read', undefined],
      ['read', undefined],
    ],
  )
})

test('what the role does not allow is refused before the record is touched, and the attempt is on the trail', async () => {
  const hospital = await ward()
  const records = hospital.identity.recordsFor(auditor)
  const refusals = [
    await refusalOf(() => records.read('Patient', 'asha')),
    await refusalOf(() => records.search('Patient', [['name', '张三']])),
    await refusalOf(() => records.history({ count: 10 })),
    await refusalOf(() =>
      records.commit((unit) => unit.write([{ kind: 'delete', type: 'Patient', id: 'asha' }])),
    ),
  ]
  assert.deepEqual(refusals, Array(4).fill('forbidden identity.not-allowed'))
  assert.deepEqual(await linesSince(hospital), [
    'refused read Patient',
    'refused search Patient',
    'refused history *',
    'refused delete Patient',
  ])
  assert.equal((await hospital.records.read(1 as TenantId, 'Patient', 'asha'))?.interaction, 'create')
})

test('what a search brings along is left out where the actor may not search its type', async () => {
  const hospital = await ward()
  const machine: Actor = { ...clinician, kind: 'client', roles: [], scopes: ['system/Observation.rs'] }
  const shown = async (actor: Actor) => {
    const page = await hospital.identity.recordsFor(actor).search('Observation', [
      ['_id', 'potassium'],
      ['_include', 'Observation:subject'],
    ])
    return [...page.matches, ...page.included].map(({ id }) => id)
  }

  assert.deepEqual(await shown(clinician), ['potassium', 'asha'])
  assert.deepEqual(await shown(machine), ['potassium'])
  await hospital.identity.stop()
})

test('a chain, _has or _list through a type that the actor may not search is refused, and an open one goes where he may look', async () => {
  const hospital = await ward()
  const machine: Actor = { ...clinician, kind: 'client', roles: [], scopes: ['system/Observation.rs'] }
  const records = hospital.identity.recordsFor(machine)
  const byId = [['subject._id', 'asha']] as const
  const refusals = [
    await refusalOf(() => records.search('Observation', [['subject:Patient.name', '张三']])),
    await refusalOf(() => records.search('Observation', byId)),
    await refusalOf(() => records.search('Observation', [['_has:Provenance:target:agent', 'Device/1']])),
    await refusalOf(() => records.search('Observation', [['_list', '42']])),
    await refusalOf(() => records.search('Observation', [['_filter', 'subject:Patient.name co "a"']])),
    await refusalOf(() =>
      records.search('Observation', [['_filter', 'subject:Patient[name co "a"].gender eq male']]),
    ),
    await refusalOf(() => records.commit((unit) => unit.search('Observation', byId))),
  ]
  const wider = hospital.identity.recordsFor({
    ...machine,
    scopes: ['system/Observation.rs', 'system/Patient.rs'],
  })

  assert.deepEqual(refusals, Array(7).fill('forbidden search.type-not-allowed'))
  assert.deepEqual(
    (await wider.search('Observation', byId)).matches.map(({ id }) => id),
    ['potassium'],
  )
  assert.deepEqual(await linesSince(hospital), [
    ...Array(7).fill('refused search Observation'),
    'allowed search Observation of asha subject._id · 1 found',
  ])
})

test('of a compartment only types are shown that the actor may search, and one entry tells whose it was', async () => {
  const hospital = await ward()
  const machine: Actor = { ...clinician, kind: 'client', roles: [], scopes: ['system/Patient.rs'] }
  const of = { type: 'Patient', id: 'asha' } as const
  const shown = async (actor: Actor) => {
    const { root, members } = await hospital.identity.recordsFor(actor).compartment({ of, count: 10 })
    return [root, ...members].map((version) => version?.id)
  }

  assert.deepEqual(await shown(clinician), ['asha', 'potassium'])
  assert.deepEqual(await shown(machine), ['asha'])
  const refusals = [
    await refusalOf(() => shown(auditor)),
    await refusalOf(() =>
      hospital.identity.recordsFor(machine).compartment({ of, count: 10, types: ['Observation'] }),
    ),
  ]

  assert.deepEqual(refusals, Array(2).fill('forbidden identity.not-allowed'))
  assert.deepEqual(await linesSince(hospital), [
    'allowed read Patient of asha compartment · 2 shown',
    'allowed read Patient of asha compartment · 1 shown',
    'refused read Patient',
    'refused search Observation',
  ])
})

test('each write of a transaction leaves its entry, which commits with it', async () => {
  const hospital = await ward()
  const records = hospital.identity.recordsFor(clinician)

  await records.commit(async (unit) => {
    await unit.read('Patient', 'asha')
    await unit.write([
      { kind: 'create', resource: { ...aResult({ for: asha }) }, id: 'sodium' },
      { kind: 'update', resource: { ...leo, active: false } },
    ])
  })

  assert.deepEqual(await auditLines(hospital, hospital.before), [
    'allowed read Patient of asha',
    'allowed create Observation of asha version 1',
    'allowed update Patient of leo version 2',
  ])
})

test('of a transaction that fails the reads are on the trail as seen and the writes as failed', async () => {
  const hospital = await ward()
  const records = hospital.identity.recordsFor(clinician)
  const refusal = await refusalOf(() =>
    records.commit(async (unit) => {
      await unit.read('Patient', 'asha')
      await unit.write([{ kind: 'create', resource: aResult({ for: asha }), id: 'sodium' }])
      await unit.write([{ kind: 'update', resource: { ...leo, active: false }, ifVersion: 7 }])
    }),
  )
  assert.match(refusal, /^stale /)
  assert.deepEqual(await linesSince(hospital), [
    'allowed read Patient of asha',
    'failed create Observation of asha version 1',
    'failed update Patient',
  ])
  assert.equal(await hospital.records.read(1 as TenantId, 'Observation', 'sodium'), undefined)
})

test('one transaction with a change that is not allowed changes nothing', async () => {
  const hospital = await ward()
  const refusal = await refusalOf(() =>
    hospital.identity.recordsFor(person('nurse')).commit((unit) =>
      unit.write([
        { kind: 'create', resource: aResult({ for: asha }), id: 'pulse' },
        { kind: 'update', resource: { ...leo, active: false } },
      ]),
    ),
  )
  assert.equal(refusal, 'forbidden identity.not-allowed')
  assert.deepEqual(await linesSince(hospital), ['refused update Patient'])
  assert.equal(await hospital.records.read(1 as TenantId, 'Observation', 'pulse'), undefined)
})

test('a second institution with the same ids sees and changes its own record only', async () => {
  const hospital = await ward()
  await hospital.database.query(sql`insert into identity.tenant (id, name) values (2, 'Second')`)
  const second = hospital.identity.recordsFor({ ...clinician, tenant: 2 as TenantId })

  assert.equal(await second.read('Patient', 'asha'), undefined)
  assert.deepEqual((await second.search('Observation', [])).matches, [])
  assert.deepEqual((await second.history({ count: 10 })).versions, [])
  await second.commit((unit) =>
    unit.write([{ kind: 'create', resource: aPatient({ id: 'asha' }), id: 'asha' }]),
  )

  const first = await hospital.identity
    .recordsFor(clinician)
    .history({ type: 'Patient', id: 'asha', count: 10 })
  assert.equal(first.versions.length, 1)
})

test('entries of reads are durable within a second without anybody asking', async () => {
  const hospital = await ward()
  const records = hospital.identity.recordsFor(clinician)
  const latencies: number[] = []
  for (let turn = 1; turn <= 3; turn += 1) {
    await records.read('Patient', 'asha')
    const startMs = performance.now()
    while ((await auditLines(hospital, hospital.before)).length < turn)
      await new Promise((elapsed) => setTimeout(elapsed, 20))
    latencies.push(performance.now() - startMs)
  }
  // The best of three: others use the machine too.
  assert.ok(Math.min(...latencies) < 1_000, `${latencies.map(Math.round)} ms`)
  const read = 'allowed read Patient of asha'
  assert.deepEqual(await auditLines(hospital, hospital.before), [read, read, read])
})
