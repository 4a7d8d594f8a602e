/** What a door decides about a type holds for every guarded write of it; who a reference names is told with the rights of now. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TenantId } from '@xinglin/events'
import { forbidden } from '@xinglin/fhir'
import { asha } from '@xinglin/testkit'
import type { Actor } from './identity.ts'
import { refusalOf, signedInPerson, testIdentity } from './test-identity.ts'

const hospital = await testIdentity()
const { identity, administrator } = hospital
const own = identity.systemActor('fixture', 1 as TenantId)

test('a governed type is written as its rule lets it pass, and not at all where the rule refuses', async () => {
  const seen: (readonly unknown[])[] = []
  identity.govern('Patient', async ({ actor, change }) => {
    seen.push([actor.reference, change.kind])
    if (change.kind === 'delete') throw forbidden('patients are not deleted', { code: 'test.refused' })
    return { ...change, resource: { ...change.resource, language: 'zh' } }
  })
  const records = identity.recordsFor(own)

  const [written] = await records.commit((unit) =>
    unit.write([
      { kind: 'update', resource: asha },
      { kind: 'create', resource: { resourceType: 'Basic', code: { text: 'note' } } },
    ]),
  )
  const refused = await refusalOf(() =>
    records.commit((unit) => unit.write([{ kind: 'delete', type: 'Patient', id: 'asha' }])),
  )

  assert.equal(JSON.parse(written?.json ?? '{}').language, 'zh')
  assert.equal(refused, 'forbidden test.refused')
  assert.equal((await records.read('Patient', 'asha'))?.version, 1)
  assert.deepEqual(seen, [
    ['system/fixture', 'update'],
    ['system/fixture', 'delete'],
  ])
})

test('a rule is asked after the decision: who may not write is refused before it', async () => {
  let asked = 0
  identity.govern('Location', async ({ change }) => {
    asked += 1
    return change
  })
  const clinician: Actor = { ...administrator, roles: ['clinician'] }

  const refused = await refusalOf(() =>
    identity
      .recordsFor(clinician)
      .commit((unit) =>
        unit.write([{ kind: 'create', resource: { resourceType: 'Location', name: 'ward' } }]),
      ),
  )

  assert.deepEqual([refused, asked], ['forbidden identity.not-allowed', 0])
})

test('a person and a client are named with the rights that they hold now, and not when they are disabled', async () => {
  const { id } = await signedInPerson(hospital, { login: 'mei', roles: ['nurse'] })
  const client = await identity.clients.create(administrator, {
    id: 'feed',
    display: 'feed',
    scopes: ['system/*.rs'],
  })
  const told = async () =>
    Promise.all(
      [`user/${id}`, `client/${client.id}`].map(async (reference) => {
        const actor = await identity.actorOf(reference)
        return actor && [actor.reference, actor.roles, actor.scopes]
      }),
    )

  const first = await told()
  await identity.people.setRoles(administrator, { id, roles: ['clinician'], reason: 'new post' })
  const later = await told()
  await identity.people.disable(administrator, { id, reason: 'left' })
  await identity.clients.disable(administrator, { id: client.id, reason: 'replaced' })

  assert.deepEqual(first, [
    [`user/${id}`, ['nurse'], []],
    ['client/feed', [], ['system/*.rs']],
  ])
  assert.deepEqual(later[0], [`user/${id}`, ['clinician'], []])
  assert.deepEqual(await told(), [undefined, undefined])
  assert.deepEqual(
    await Promise.all(
      ['user/nobody', 'system/fixture', 'nonsense', 'user/a/b'].map((each) => identity.actorOf(each)),
    ),
    [undefined, undefined, undefined, undefined],
  )
})
