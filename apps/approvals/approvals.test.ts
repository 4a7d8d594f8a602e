/** Approvals over HTTP: what waits is told line by line, and an act that waits is a 202. */
import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { testKernel } from '@xinglin/testkit'
import { approvals } from './app.ts'
import { changesOf } from './changes.ts'

test('lines of a proposal are what differs: roles, members of a policy, nothing that stays', () => {
  const person = { login: 'li', display: '李医生', roles: ['clinician'] }
  const policy = { id: 'ward', types: ['*'], patients: 'own-department', isActive: true }
  deepEqual(
    [
      changesOf({
        kind: 'people.roles',
        before: person,
        after: { id: '1', roles: ['clinician', 'auditor'] },
      }),
      changesOf({
        kind: 'policies.save',
        before: { policy },
        after: { policy: { ...policy, patients: 'tenant' } },
      }),
      changesOf({ kind: 'policies.remove', before: { policy }, after: { id: 'ward' } }),
      changesOf({
        kind: 'clients.enable',
        before: { display: 'LIS', isDisabled: true },
        after: { id: 'lis' },
      }),
      changesOf({ kind: 'factors.clear', before: person, after: { id: '1' } }),
    ],
    [
      [{ what: 'roles', before: 'clinician', after: 'clinician, auditor' }],
      [{ what: 'patients', before: 'own-department', after: 'tenant' }],
      [
        { what: 'types', before: '*' },
        { what: 'patients', before: 'own-department' },
        { what: 'isActive', before: 'true' },
      ],
      [{ what: 'isDisabled', before: 'true', after: 'false' }],
      [],
    ],
  )
})

test('the desk shows who the administrators are, separates them, and lets another one decide', async () => {
  const kernel = await testKernel({ apps: [approvals] })
  const { identity, database, web } = kernel
  const password = 'Heron-47-lake'
  await identity.ensureAdministrator({ password })
  const session = async (login: string, given: string) => {
    const { token } = await identity.accounts.signIn({ login, password: given })
    return { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' }
  }
  const { actor: admin } = await identity.accounts.signIn({ login: 'admin', password })
  const make = async (login: string, role: string) => {
    const made = await identity.people.create(admin, { login, display: login, roles: [role] })
    await database.query(sql`update identity.account set must_change_password = false where id = ${made.id}`)
    return session(login, made.oneTimePassword)
  }
  const ask = async (
    headers: Record<string, string>,
    method: 'GET' | 'POST',
    url: string,
    payload?: object,
  ) => {
    const answer = await web.http.inject({
      ...{ method, headers, url: `/api/approvals/${url}` },
      ...(payload ? { payload } : {}),
    })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
  }
  const first = await session('admin', password)
  await make('su', 'system-administrator')
  const an = await make('an', 'security-administrator')
  const early = await ask(first, 'POST', 'separate', { reason: '等保三级' })
  const qi = await make('qi', 'security-administrator')
  await make('shen', 'audit-administrator')

  const separated = await ask(first, 'POST', 'separate', { reason: '等保三级' })
  const { body: administrators } = await ask(an, 'GET', 'administrators')
  const asked = await ask(an, 'POST', 'unite', { reason: '合并机构' })
  const own = await ask(an, 'POST', `proposals/${asked.body.proposal}/approve`)
  const { body: seen } = await ask(qi, 'GET', 'proposals?state=waiting')
  const refused = await ask(qi, 'POST', `proposals/${asked.body.proposal}/refuse`, { reason: '继续分立' })
  const { body: after } = await ask(an, 'GET', 'proposals')

  deepEqual(
    [early.status, separated.status, asked.status, own.status, refused.status],
    [409, 204, 202, 403, 204],
  )
  deepEqual(administrators.holders, {
    administrator: [],
    'system-administrator': ['su'],
    'security-administrator': ['an', 'qi'],
    'audit-administrator': ['shen'],
  })
  deepEqual(
    [seen.proposals.length, seen.proposals[0].isYours, seen.proposals[0].isOwn, seen.proposals[0].changes],
    [1, true, false, [{ what: 'isSeparate', before: 'true', after: 'false' }]],
  )
  deepEqual(
    [after.proposals[0].state, after.proposals[0].decidedBy, after.proposals[0].why],
    ['refused', 'qi', '继续分立'],
  )
  deepEqual((await ask(first, 'GET', 'proposals')).status, 403)
})
