/** A policy before it is saved: what it would have done with the last day's looks, why with it, and what it was before. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from '@xinglin/fhir'
import type { Policy } from '../identity.ts'
import { lastAuditId, refusalOf, signedInPerson, testIdentity } from '../test-identity.ts'

const hospital = await testIdentity()
const { identity, records } = hospital
const desk = (await signedInPerson(hospital, { login: 'desk', roles: ['security-administrator'] })).actor
const li = (await signedInPerson(hospital, { login: 'li', roles: ['clinician'] })).actor
const nurse = (await signedInPerson(hospital, { login: 'nurse', roles: ['integrator'] })).actor
const asha = { resourceType: 'Patient', name: [{ family: 'Asha' }], gender: 'female' }
const bo = { resourceType: 'Patient', name: [{ family: 'Bo' }], gender: 'male' }
await records.commit({ tenant: desk.tenant, actor: 'system/test' }, (unit) =>
  unit.write([
    { kind: 'create', resource: asha as Resource, id: 'asha' },
    { kind: 'create', resource: bo as Resource, id: 'bo' },
    {
      kind: 'create',
      id: 'li',
      resource: {
        resourceType: 'Practitioner',
        identifier: [{ system: 'urn:xinglin:account', value: li.reference }],
      } as Resource,
    },
    {
      kind: 'create',
      id: 'asha-stay',
      resource: {
        resourceType: 'Encounter',
        status: 'in-progress',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
        subject: { reference: 'Patient/asha' },
        participant: [{ individual: { reference: 'Practitioner/li' } }],
      } as Resource,
    },
  ]),
)
for (const person of [li, nurse])
  for (const id of ['asha', 'bo', 'asha']) await identity.recordsFor(person).read('Patient', id)
await lastAuditId(hospital)

const own: Policy = {
  id: 'ward-doctors',
  title: { zh: '病区医生', en: 'Ward doctors' },
  ...{ role: 'clinician', types: ['*'], interactions: 'crus', patients: 'own-patients', afterDays: 30 },
  ...{ purposes: [], hidden: [], isActive: true },
}
const question = { actor: li.reference, type: 'Patient', interaction: 'read' } as const

test('it tells which looks of the last day it would refuse, of those whom it concerns alone', async () => {
  const trial = await identity.tryPolicy(desk, own)

  deepEqual(trial, {
    ...{ looked: 2, isCut: false, refused: 1, allowed: 0 },
    changed: [
      {
        ...{ actor: li.reference, display: li.display, interaction: 'read', type: 'Patient', id: 'bo' },
        becomes: 'refused',
      },
    ],
  })
  equal((await identity.recordsFor(li).read('Patient', 'bo'))?.id, 'bo')
})

test('the why of a decision can be asked with it', async () => {
  const verdicts = await Promise.all(
    ['asha', 'bo'].map(async (id) => (await identity.explain(desk, { ...question, id, draft: own })).verdict),
  )

  deepEqual(verdicts, ['passes', 'refuses'])
  equal((await identity.explain(desk, { ...question, id: 'bo' })).verdict, 'passes')
})

test('once it stands, a wider one tells what it would give back', async () => {
  await identity.policies.save(desk, { policy: own, reason: 'wards see their own' })
  const wider = await identity.tryPolicy(desk, { ...own, patients: 'tenant' })

  deepEqual([wider.refused, wider.allowed], [0, 1])
  deepEqual(
    wider.changed.map(({ id, becomes }) => [id, becomes]),
    [['bo', 'allowed']],
  )
})

test('what it was stays with who changed it and why, and can be gone back to', async () => {
  await identity.policies.save(desk, { policy: { ...own, afterDays: 7 }, reason: 'a week is enough' })
  await identity.policies.remove(desk, { id: own.id, reason: 'tried' })
  const removed = await identity.policies.removed(desk)
  const versions = await identity.policies.versions(desk, own.id)
  const [, , first] = versions
  await identity.policies.save(desk, { policy: first?.policy ?? own, reason: 'back to the first' })

  deepEqual(removed, [{ ...own, afterDays: 7 }])
  deepEqual(
    versions.map(({ number, policy, byDisplay, reason }) => [number, policy?.afterDays, byDisplay, reason]),
    [
      [3, undefined, desk.display, 'tried'],
      [2, 7, desk.display, 'a week is enough'],
      [1, 30, desk.display, 'wards see their own'],
    ],
  )
  deepEqual(await identity.policies.list(desk), [own])
  deepEqual(await identity.policies.removed(desk), [])
})

test('a broken policy is not tried, and who may not explain decisions tries none', async () => {
  deepEqual(
    await Promise.all([
      refusalOf(() => identity.tryPolicy(desk, { ...own, interactions: '' })),
      refusalOf(() => identity.tryPolicy(li, own)),
    ]),
    ['invalid access.policy', 'forbidden identity.not-allowed'],
  )
})
