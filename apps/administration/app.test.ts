/** Administration over HTTP: every address decides, audits and answers an OperationOutcome where it refuses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel } from '@xinglin/testkit'
import { administration } from './app.ts'

const password = 'Heron-47-lake'

async function hospital() {
  const kernel = await testKernel({ apps: [administration] })
  await kernel.identity.ensureAdministrator({ password })
  const signIn = async (login: string, given: string) => {
    const answer = await kernel.web.http.inject({
      method: 'POST',
      url: '/api/session',
      payload: { login, password: given },
    })
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? ''
    return { cookie, 'x-xinglin': '1' }
  }
  const asAdministrator = await signIn('admin', password)
  const call = async (
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    payload?: object,
    headers = asAdministrator,
  ) => {
    const answer = await kernel.web.http.inject({
      method,
      url: `/api/administration${path}`,
      headers,
      payload,
    })
    const isJson = String(answer.headers['content-type']).includes('json')
    return { status: answer.statusCode, body: isJson ? answer.json() : answer.body }
  }
  return { ...kernel, call, signIn }
}

test('a person is made, found, given roles, disabled; each act needs its reason', async () => {
  const { call } = await hospital()
  const made = await call('POST', '/people', { login: 'lin.mei', display: '林梅', roles: ['nurse'] })
  assert.equal(made.status, 201)
  assert.match(made.body.oneTimePassword, /^[\w-]{19}$/)
  const { id } = made.body

  const withoutReason = await call('POST', `/people/${id}/disable`, {})
  assert.deepEqual(
    { status: withoutReason.status, at: withoutReason.body.issue[0].expression },
    { status: 400, at: ['reason'] },
  )
  assert.equal(
    (await call('POST', `/people/${id}/roles`, { reason: 'promoted', roles: ['clinician'] })).status,
    204,
  )
  assert.equal((await call('POST', `/people/${id}/disable`, { reason: 'left' })).status, 204)
  const { body } = await call('GET', '/people?text=%E6%9E%97')
  assert.deepEqual(body, {
    people: [
      {
        id,
        login: 'lin.mei',
        display: '林梅',
        roles: ['clinician'],
        created: '2026-03-02T08:00:00.000+08:00',
        passwordSet: '2026-03-02T08:00:00.000+08:00',
        disabled: '2026-03-02T08:00:00.000+08:00',
        mustChangePassword: true,
        sessions: 0,
      },
    ],
  })
})

test('a machine client is made with a secret that works at the token endpoint and is shown once', async () => {
  const { call, web } = await hospital()
  const made = await call('POST', '/clients', {
    id: 'lis',
    display: 'LIS',
    scopes: ['system/Observation.rs'],
  })
  const token = await web.http.inject({
    method: 'POST',
    url: '/oauth2/token',
    headers: {
      authorization: `Basic ${Buffer.from(`lis:${made.body.secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: 'grant_type=client_credentials',
  })
  assert.equal(token.json().scope, 'system/Observation.rs')
  const listed = await call('GET', '/clients')
  assert.equal(JSON.stringify(listed.body).includes(made.body.secret), false)
})

test('whoever lacks the permission is refused at every address, and the refusals are on the trail', async () => {
  const { call, signIn, identity } = await hospital()
  const made = await call('POST', '/people', { login: 'lin.mei', display: '林梅', roles: ['nurse'] })
  const first = await identity.accounts.signIn({ login: 'lin.mei', password: made.body.oneTimePassword })
  const next = 'Willow-58-hill'
  await identity.accounts.changePassword(first.actor, { current: made.body.oneTimePassword, next })
  const asNurse = await signIn('lin.mei', next)
  const reads = ['/people', '/roles', '/clients', '/sessions', '/health']
  for (const path of reads) assert.equal((await call('GET', path, undefined, asNurse)).status, 403, path)
  const actor = identity.systemActor('test', first.actor.tenant)
  const { entries } = await identity.auditTrail.list(actor, { outcome: 'refused', limit: 99 })
  assert.equal(entries.length, reads.length)
  assert.equal((await call('GET', '/people', undefined, { cookie: '', 'x-xinglin': '1' })).status, 401)
})

test('the health of the system names every part', async () => {
  const { call } = await hospital()
  const { status, body } = await call('GET', '/health')
  assert.equal(status, 200)
  assert.deepEqual(Object.keys(body), [
    'at',
    'process',
    'database',
    'objects',
    'log',
    'jobs',
    'doors',
    'parts',
    'records',
  ])
  assert.equal(body.objects.isWritable, true)
  assert.ok(body.database.sizeBytes > 1_000_000)
})

test('what is malformed is refused with the name of the field', async () => {
  const { call } = await hospital()
  const at = async (path: string) => {
    const { status, body } = await call('GET', path)
    return `${status} ${body.issue[0].expression}`
  }
  assert.equal(await at('/people?limit=0'), '400 limit')
})
