/** What is answered to a write under an id, in a chart or by a condition that its author may not see (docs/decisions/0070). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError, type Resource } from '@xinglin/fhir'
import type { Change } from '@xinglin/records'
import type { Actor } from './identity.ts'
import { auditLines, lastAuditId, signedInPerson, testIdentity } from './test-identity.ts'

const vipLabel = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VIP' }
const glucose = (id: string | undefined, of: string, value = 5) =>
  ({
    resourceType: 'Observation',
    ...(id === undefined ? {} : { id }),
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '15074-8' }] },
    identifier: [{ system: 'urn:lab', value: String(id) }],
    subject: { reference: `Patient/${of}` },
    valueQuantity: { value, unit: 'mmol/L' },
  }) as Resource
const patient = (id: string, more: object = {}) =>
  ({ resourceType: 'Patient', id, name: [{ family: id }], ...more }) as Resource

const hospital = await testIdentity()
const { identity, records } = hospital
await records.commit({ tenant: hospital.administrator.tenant, actor: 'system/test' }, (unit) =>
  unit.write(
    [
      patient('asha'),
      patient('vera', { meta: { security: [vipLabel] } }),
      glucose('asha-glucose', 'asha'),
      glucose('vera-glucose', 'vera'),
    ].map((resource) => ({ kind: 'update' as const, resource })),
  ),
)
await records.commit({ tenant: hospital.administrator.tenant, actor: 'system/test' }, (unit) =>
  unit.write([
    { kind: 'update', resource: glucose('vera-deleted', 'vera') },
    { kind: 'update', resource: glucose('vera-deleted', 'vera', 6) },
  ]),
)
await records.commit({ tenant: hospital.administrator.tenant, actor: 'system/test' }, (unit) =>
  unit.write([{ kind: 'delete', type: 'Observation', id: 'vera-deleted' }]),
)
const { actor: li } = await signedInPerson(hospital, { login: 'li', roles: ['clinician'] })
const service: Actor = {
  ...li,
  kind: 'client',
  id: 'feed',
  reference: 'client/feed',
  roles: [],
  scopes: ['system/*.*'],
}

/** Failure, code and sentence; `done` where it was written. */
async function answer(actor: Actor, ...changes: readonly Change[]): Promise<string> {
  try {
    await identity.recordsFor(actor).commit((unit) => unit.write(changes))
    return 'done'
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    return `${error.failure} ${error.outcome.issue[0]?.details?.coding?.[0]?.code} ${error.message}`
  }
}
const put = (resource: Resource, ifVersion?: number): Change => ({ kind: 'update', resource, ifVersion })
const remove = (id: string, ifVersion?: number): Change => ({
  kind: 'delete',
  type: 'Observation',
  id,
  ifVersion,
})

test('an id that is hidden, hidden and deleted, or never was is answered alike, in the words of what never was', async () => {
  const ids = ['vera-glucose', 'vera-deleted', 'nobody']
  const alike = async (change: (id: string) => Change, actor = li) => {
    const answers = new Set<string>()
    for (const id of ids) answers.add((await answer(actor, change(id))).replace(id, 'ID'))
    return [...answers]
  }
  assert.deepEqual(await alike((id) => put(glucose(id, 'asha'))), [
    'notFound access.not-found there is no such Observation that you could change; what is new is named by POST',
  ])
  for (const version of [1, 2, 3])
    for (const actor of [li, service])
      assert.deepEqual(await alike((id) => put(glucose(id, 'asha'), version), actor), [
        `stale records.stale Observation/ID is not there in version ${version}; read it again and repeat the change`,
      ])
  assert.deepEqual(await alike((id) => remove(id), service), [
    'notFound records.not-found there is no Observation/ID to delete',
  ])
  assert.deepEqual(await alike((id) => remove(id, 1), service), [
    'stale records.stale Observation/ID is not there in version 1; read it again and repeat the change',
  ])
})

test('what a person sees he changes as before, under its version too', async () => {
  assert.equal(await answer(li, put(glucose('asha-glucose', 'asha', 6), 1)), 'done')
  assert.match(await answer(li, put(glucose('asha-glucose', 'asha', 7), 1)), /^stale/)
  assert.equal(await answer(li, { kind: 'create', resource: glucose(undefined, 'asha') }), 'done')
})

test('a chart that is hidden and one that is not there refuse a new entry in one sentence', async () => {
  const create = (of: string) => answer(li, { kind: 'create', resource: glucose(undefined, of) })
  assert.equal(
    await create('vera'),
    'forbidden access.not-allowed this Observation would stand beyond what you may write',
  )
  assert.equal(await create('nobody'), await create('vera'))
  assert.equal(await answer(li, put(glucose('asha-glucose', 'nobody'))), await create('vera'))
  const whole = [patient('mei'), glucose(undefined, 'mei')]
  assert.equal(
    await answer(li, ...whole.map((resource) => ({ kind: 'create' as const, resource, id: resource.id }))),
    'done',
  )
})

test('a condition that finds nothing makes nothing for a person who does not see all, whatever is there', async () => {
  const unless = (value: string): Change => ({
    kind: 'create',
    resource: glucose(undefined, 'asha'),
    unless: [['identifier', `urn:lab|${value}`]],
  })
  assert.equal(
    await answer(li, unless('vera-glucose')),
    'forbidden access.blind-condition you do not see every Observation, so it cannot be told that none meets the condition',
  )
  assert.equal(await answer(li, unless('nobody')), await answer(li, unless('vera-glucose')))
  assert.equal(
    await answer(service, unless('vera-glucose')),
    'ambiguous access.taken the condition is met by Observation beyond what you may see; nothing was made',
  )
  assert.equal(await answer(service, unless('new')), 'done')
})

test('a service that names its ids is told that one is taken, and overwrites nothing', async () => {
  assert.match(await answer(service, put(glucose('vera-glucose', 'asha'))), /^forbidden access.not-allowed/)
  assert.equal(await answer(service, put(glucose('feed-1', 'asha'))), 'done')
})

test('the trail tells what the answer does not', async () => {
  const after = await lastAuditId(hospital)
  await answer(li, put(glucose('vera-glucose', 'asha')))
  await answer(li, put(glucose('nobody', 'asha')))
  await lastAuditId(hospital)
  assert.deepEqual(await auditLines(hospital, after), [
    'refused update Observation hidden by label',
    'refused update Observation not found',
  ])
})
