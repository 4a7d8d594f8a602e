/** What administrators may do to people and roles, what they may not, and the trace of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  auditLines,
  lastAuditId,
  logKinds,
  refusalOf,
  signedInPerson,
  testIdentity,
} from './test-identity.ts'

test('each act leaves one audit entry with its reason and one statement in the log', async () => {
  const hospital = await testIdentity()
  const { identity, administrator } = hospital
  const before = await lastAuditId(hospital)
  const { people } = identity

  const { id } = await people.create(administrator, { login: 'lin.mei', display: '林梅', roles: ['nurse'] })
  await people.setRoles(administrator, { id, roles: ['clinician', 'auditor'], reason: 'promoted' })
  await people.resetPassword(administrator, { id, reason: 'forgot it' })
  await people.disable(administrator, { id, reason: 'on leave' })
  await people.enable(administrator, { id, reason: 'is back' })
  const found = await people.list(administrator, { text: '林', limit: 10 })
  await lastAuditId(hospital)

  assert.deepEqual(
    found.map(({ login, roles, mustChangePassword, disabled, sessions }) => ({
      login,
      roles,
      mustChangePassword,
      disabled,
      sessions,
    })),
    [
      {
        login: 'lin.mei',
        roles: ['clinician', 'auditor'],
        mustChangePassword: true,
        disabled: undefined,
        sessions: 0,
      },
    ],
  )
  assert.deepEqual(await auditLines(hospital, before), [
    'allowed administration.people.write Account person-created',
    'allowed administration.people.write Account roles-set: promoted',
    'allowed administration.people.write Account password-reset: forgot it',
    'allowed administration.people.write Account person-disabled: on leave',
    'allowed administration.people.write Account person-enabled: is back',
    'allowed administration.people.read list',
  ])
  assert.deepEqual((await logKinds(hospital)).slice(1), [
    'identity.person-created',
    'identity.roles-set',
    'identity.password-reset',
    'identity.person-disabled',
    'identity.person-enabled',
  ])
})

test('without the permission nothing is done, and the attempt is on the trail', async () => {
  const hospital = await testIdentity()
  const { identity } = hospital
  const { actor, id } = await signedInPerson(hospital, { login: 'lin.mei', roles: ['nurse'] })
  const before = await lastAuditId(hospital)
  const refusals = [
    await refusalOf(() => identity.people.create(actor, { login: 'x.y', display: 'X', roles: [] })),
    await refusalOf(() =>
      identity.people.setRoles(actor, { id, roles: ['administrator'], reason: 'I want to' }),
    ),
    await refusalOf(() => identity.clients.list(actor)),
    await refusalOf(() => identity.auditTrail.list(actor, { limit: 10 })),
  ]
  await lastAuditId(hospital)
  assert.deepEqual(refusals, Array(4).fill('forbidden identity.not-allowed'))
  assert.deepEqual(await auditLines(hospital, before), [
    'refused administration.people.write Account person-created',
    'refused administration.people.write Account roles-set: I want to',
    'refused administration.clients.read list',
    'refused administration.audit.read list',
  ])
})

test('the last administrator keeps his account and his role', async () => {
  const hospital = await testIdentity()
  const { identity, administrator } = hospital
  const own = { id: administrator.id, reason: 'try it' }
  const { people } = identity
  assert.equal(
    await refusalOf(() => people.setRoles(administrator, { ...own, roles: ['nurse'] })),
    'conflict identity.last-administrator',
  )
  assert.equal(await refusalOf(() => people.disable(administrator, own)), 'conflict identity.own-account')
  const second = await signedInPerson(hospital, { login: 'zhao', roles: ['administrator'] })
  assert.equal(await refusalOf(() => people.disable(second.actor, own)), 'done')
  assert.equal(
    await refusalOf(() => people.setRoles(second.actor, { id: second.id, roles: [], reason: 'enough' })),
    'conflict identity.last-administrator',
  )
})

test('somebody who may administer people makes no administrator and changes none', async () => {
  const hospital = await testIdentity()
  const { identity, administrator } = hospital
  await identity.roles.save(administrator, {
    id: 'personnel',
    title: { zh: '人事', en: 'Personnel' },
    records: [],
    permissions: ['administration.people.*', 'administration.roles.*'],
  })
  const { actor } = await signedInPerson(hospital, { login: 'wang', roles: ['personnel'] })
  const nurse = await identity.people.create(actor, { login: 'lin.mei', display: '林梅', roles: ['nurse'] })
  const act = { reason: 'try it' }
  const refused = 'forbidden identity.not-administrator'
  assert.deepEqual(
    [
      await refusalOf(() =>
        identity.people.setRoles(actor, { ...act, id: nurse.id, roles: ['administrator'] }),
      ),
      await refusalOf(() => identity.people.resetPassword(actor, { ...act, id: administrator.id })),
      await refusalOf(() =>
        identity.people.create(actor, { login: 'friend', display: 'F', roles: ['administrator'] }),
      ),
      await refusalOf(() =>
        identity.roles.save(actor, {
          id: 'more',
          title: { zh: '更多', en: 'More' },
          records: ['*.cruds'],
          permissions: [],
        }),
      ),
    ],
    [refused, refused, refused, 'forbidden identity.beyond-own-rights'],
  )
})

test('an own role decides as soon as it is saved, and cannot go while somebody has it', async () => {
  const hospital = await testIdentity()
  const { identity, administrator } = hospital
  const registrar = { id: 'registrar', title: { zh: '挂号员', en: 'Registrar' }, permissions: ['chart.*'] }
  await identity.roles.save(administrator, { ...registrar, records: ['Patient.rs'] })
  const { token } = await signedInPerson(hospital, { login: 'qian', roles: ['registrar'] })
  const mayCreate = async () => {
    const actor = await identity.accounts.sessionActor(token)
    return (
      actor && identity.decide(actor, { kind: 'record', interaction: 'create', type: 'Patient' }).isAllowed
    )
  }
  assert.equal(await mayCreate(), false)
  await identity.roles.save(administrator, { ...registrar, records: ['Patient.crus'] })
  assert.equal(await mayCreate(), true)
  const remove = () =>
    refusalOf(() => identity.roles.remove(administrator, { id: 'registrar', reason: 'unused' }))
  assert.equal(await remove(), 'conflict identity.role-held')
  assert.equal(
    await refusalOf(() => identity.roles.save(administrator, { ...registrar, id: 'nurse', records: [] })),
    'conflict identity.role-built-in',
  )
})

test('what is malformed is refused at its field', async () => {
  const { identity, administrator } = await testIdentity()
  const create = (login: string, display: string, roles: readonly string[]) =>
    refusalOf(() => identity.people.create(administrator, { login, display, roles }))
  assert.equal(await create('a b', 'A', []), 'invalid identity.login')
  assert.equal(await create('ab', ' ', []), 'invalid identity.display')
  assert.equal(await create('ab', 'A', ['surgeon']), 'invalid identity.no-role')
  assert.equal(await create('ADMIN', 'A', []), 'conflict identity.login-taken')
  assert.equal(
    await refusalOf(() => identity.people.disable(administrator, { id: 'x', reason: ' ' })),
    'invalid identity.reason',
  )
  assert.equal(
    await refusalOf(() => identity.people.disable(administrator, { id: 'x', reason: 'gone' })),
    'notFound identity.no-person',
  )
})
