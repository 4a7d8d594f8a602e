/** Three administrators apart: whose rights exclude one another, and no change of rights by one alone. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { Actor } from '../identity.ts'
import { testIdentity } from '../test-identity.ts'

const { identity, administrator, database, runtime } = await testIdentity()
const { people, approvals, roles, policies, clients } = identity

async function person(login: string, ...held: readonly string[]): Promise<Actor> {
  const { id } = await people.create(administrator, { login, display: login, roles: held })
  await database.query(sql`update identity.account set must_change_password = false where id = ${id}`)
  return actorOf(id)
}
async function actorOf(id: string): Promise<Actor> {
  const actor = await identity.actorOf(`user/${id}`)
  if (!actor) throw new Error('there is no such person')
  return actor
}
const rolesOf = async (id: string) => (await actorOf(id)).roles
const listed = async (by: Actor) =>
  (await approvals.list(by, { limit: 50 })).map(
    ({ kind, state, isYours }) => `${kind} ${state}${isYours ? ' mine' : ''}`,
  )
const code = (wanted: string) => (error: unknown) =>
  JSON.stringify(error instanceof Error && 'outcome' in error ? error.outcome : error).includes(`"${wanted}"`)

const su = await person('su', 'system-administrator')
const an = await person('an', 'security-administrator')
const qi = await person('qi', 'security-administrator')
let shen: Actor = su

test('nobody is two of the administrators, separated or not', async () => {
  const both = ['system-administrator', 'audit-administrator']
  await rejects(
    people.create(administrator, { login: 'both', display: 'both', roles: both }),
    code('approvals.exclusive'),
  )
  await rejects(
    people.setRoles(administrator, { id: su.id, roles: both, reason: '兼任' }),
    code('approvals.exclusive'),
  )
})

test('an institution is separated only when each administrator is there, and then nobody is above them', async () => {
  const before = await approvals.readiness(administrator)
  await rejects(approvals.separate(administrator, { reason: '等保三级' }), code('approvals.missing'))
  shen = await person('shen', 'audit-administrator')

  await approvals.separate(administrator, { reason: '等保三级' })

  deepEqual(before.missing, ['audit-administrator'])
  const { holders, missing, since } = await approvals.readiness(an)
  deepEqual([holders.administrator, missing, since], [[], [], runtime.now()])
  deepEqual(await rolesOf(administrator.id), [])
  deepEqual(await identity.ensureAdministrator({ password: 'A password of 2026' }), { login: 'admin' })
  deepEqual(
    await database.query(
      sql`select count(*)::integer as n from identity.account where 'administrator' = any (roles)`,
    ),
    [{ n: 0 }],
  )
})

test('roles of a person are asked by the system administrator and act when a security administrator approves', async () => {
  const made = await people.create(su, { login: 'li', display: '李医生', roles: ['clinician'] })
  const [waiting] = await approvals.list(an, { state: 'waiting', limit: 10 })
  const before = await rolesOf(made.id)

  await approvals.approve(an, { id: waiting?.id ?? '' })

  deepEqual(
    [before, await rolesOf(made.id), made.proposal === waiting?.id, waiting?.after, waiting?.isYours],
    [[], ['clinician'], true, { id: made.id, roles: ['clinician'] }, true],
  )
  deepEqual(await listed(an), ['people.roles done'])
  const lines = async (resourceId: string) =>
    (await identity.auditTrail.list(shen, { resourceId, limit: 10 })).entries
      .map(({ actorDisplay, detail = '' }) => `${actorDisplay}: ${detail.replace(an.reference, 'an')}`)
      .toReversed()
  deepEqual(await lines(made.id), [
    'su: person-created',
    'su: people.roles proposed: li: clinician',
    'su: roles-set: li: clinician (approved by an)',
  ])
  deepEqual((await lines(waiting?.id ?? '')).slice(-1), ['an: people.roles approved'])
})

test('what titles give is changed by two as well', async () => {
  const { staff } = identity
  const rules = async () =>
    (await staff.mappings(qi)).map(({ title, roles: given }) => `${title}: ${given.join()}`)
  const asked = await staff.saveMapping(qi, { title: '护士', roles: ['nurse'], reason: '岗位规则' })
  deepEqual(await rules(), [])
  await approvals.approve(an, { id: asked?.proposal ?? '' })
  deepEqual(await rules(), ['护士: nurse'])

  const [rule] = await staff.mappings(qi)
  const gone = await staff.removeMapping(qi, { id: rule?.id ?? '', reason: '撤销' })
  deepEqual(await rules(), ['护士: nurse'])
  await approvals.approve(an, { id: gone?.proposal ?? '' })
  deepEqual(await rules(), [])
})

test('the one who asks cannot approve, nor anybody on his own rights, nor one without the right', async () => {
  const nurse = await person2('wang')
  const asked = await roles.save(an, role('ward', ['chart.*']))
  const id = asked?.proposal ?? ''
  await rejects(approvals.approve(an, { id }), code('approvals.two'))
  await rejects(approvals.approve(su, { id }), code('identity.not-allowed'))
  await rejects(approvals.refuse(an, { id, reason: '自己' }), code('approvals.two'))
  await rejects(approvals.withdraw(qi, { id }), code('approvals.two'))
  await rejects(
    people.setRoles(su, { id: su.id, roles: ['clinician'], reason: '自己' }),
    code('approvals.own-rights'),
  )
  const own = await people.setRoles(su, {
    id: qi.id,
    roles: ['security-administrator', 'auditor'],
    reason: '兼审计',
  })
  await rejects(approvals.approve(qi, { id: own?.proposal ?? '' }), code('approvals.own-rights'))

  await approvals.approve(qi, { id })
  await approvals.refuse(an, { id: own?.proposal ?? '', reason: '不兼' })
  await rejects(approvals.approve(qi, { id }), code('approvals.decided'))

  deepEqual(
    (await roles.list(an)).some((each) => each.id === 'ward'),
    true,
  )
  equal((await rolesOf(nurse)).length, 0)
})

test('what was changed, withdrawn, or a week old meanwhile is not approved', async () => {
  const id = await person2('zhao')
  const first = await people.setRoles(su, { id, roles: ['nurse'], reason: '护士' })
  const second = await people.setRoles(su, { id, roles: ['technician'], reason: '技师' })
  const third = await people.setRoles(su, { id, roles: ['auditor'], reason: '误报' })
  await approvals.withdraw(su, { id: third?.proposal ?? '' })
  await approvals.approve(an, { id: first?.proposal ?? '' })
  await rejects(approvals.approve(an, { id: second?.proposal ?? '' }), code('approvals.stale'))
  await rejects(approvals.approve(an, { id: third?.proposal ?? '' }), code('approvals.decided'))
  const late = await people.setRoles(su, { id, roles: [], reason: '离岗' })
  runtime.advance(8 * 24 * 3_600_000)
  await rejects(approvals.approve(an, { id: late?.proposal ?? '' }), code('approvals.expired'))
  deepEqual(await rolesOf(id), ['nurse'])
})

test('of two approvals at the same moment one acts', async () => {
  const id = await person2('sun')
  const asked = await people.setRoles(su, { id, roles: ['nurse'], reason: '护士' })
  const both = await Promise.allSettled([
    approvals.approve(an, { id: asked?.proposal ?? '' }),
    approvals.approve(qi, { id: asked?.proposal ?? '' }),
  ])
  deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('policies, machine clients and lost factors wait for the second person too', async () => {
  const { reason, ...policy } = { ...aPolicy, reason: '只看本科室' }
  await policies.save(an, { policy, reason })
  const client = await clients.create(su, { id: 'lis', display: 'LIS', scopes: ['system/Observation.rs'] })
  const factors = await people.clearFactors(su, { id: await person2('zhou'), reason: '手机遗失，已核对证件' })
  const before = [
    (await policies.list(an)).length,
    (await clients.list(su)).find(({ id }) => id === 'lis')?.disabled !== undefined,
  ]

  for (const { id, isYours } of await approvals.list(qi, { state: 'waiting', limit: 10 }))
    if (isYours) await approvals.approve(qi, { id }).catch(() => undefined)

  deepEqual(before, [0, true])
  deepEqual(
    [
      (await policies.list(an)).map(({ id }) => id),
      (await clients.list(su)).find(({ id }) => id === 'lis')?.disabled,
    ],
    [['ward-only'], undefined],
  )
  equal(typeof client.proposal, 'string')
  equal(typeof factors?.proposal, 'string')
})

test('roles of the house hold nothing of the administrators, and none of the three is left out', async () => {
  const asked = await roles.save(an, role('sneaky', ['administration.*']))
  await rejects(approvals.approve(qi, { id: asked?.proposal ?? '' }), code('approvals.mixed-roles'))
  const [audit] = await people.list(su, { role: 'audit-administrator', limit: 1 })
  await rejects(
    people.disable(su, { id: audit?.id ?? '', reason: '离职' }),
    code('identity.last-administrator'),
  )
  const above = await people.setRoles(su, {
    id: await person2('qian'),
    roles: ['administrator'],
    reason: '全权',
  })
  await rejects(approvals.approve(an, { id: above?.proposal ?? '' }), code('approvals.no-administrator'))
})

test('the separation itself ends by two', async () => {
  const asked = await approvals.unite(an, { reason: '合并机构' })
  await approvals.approve(qi, { id: asked?.proposal ?? '' })
  equal((await approvals.readiness(an)).since, undefined)
  await roles.save(an, role('ward-two', []))
  deepEqual(
    (await roles.list(an)).some(({ id }) => id === 'ward-two'),
    true,
  )
})

/** An account without roles. */
async function person2(login: string): Promise<string> {
  return (await people.create(su, { login, display: login, roles: [] })).id
}
function role(id: string, permissions: readonly string[]) {
  return { id, title: { zh: id, en: id }, records: [], permissions, reason: '新岗位' }
}
const aPolicy = {
  ...{
    id: 'ward-only',
    title: { zh: '本科室', en: 'Own ward' },
    role: 'nurse',
    types: ['*'],
    interactions: 'rs',
  },
  ...{ patients: 'own-department' as const, afterDays: 0, purposes: [], hidden: [], isActive: true },
}
