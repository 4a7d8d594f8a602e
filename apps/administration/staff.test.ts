/** Staff and shared terminals over HTTP: what personnel's own system tells, who sees whom, a ward's browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Resource } from '@xinglin/fhir'
import { testKernel } from '@xinglin/testkit'
import { administration } from './app.ts'

// The timers of jobs go by the clock of the database.
const kernel = await testKernel({ apps: [administration], start: new Date().toISOString() })
const { identity, records, runtime, web } = kernel
const { tenant } = kernel.actor
const password = 'Heron-47-lake'
await identity.ensureAdministrator({ password })
const places = [
  {
    ...{ resourceType: 'Organization', id: 'cardiology', name: '心血管内科' },
    identifier: [{ value: 'XIN' }],
  },
  { resourceType: 'Organization', id: 'neurology', name: '神经内科', identifier: [{ value: 'NEI' }] },
  { resourceType: 'Location', id: 'ward', name: '三病区' },
]
await records.commit({ tenant, actor: 'system/test' }, (unit) =>
  unit.write(places.map((resource) => ({ kind: 'update', resource: resource as Resource }))),
)

const monthAhead = new Date(Date.parse(runtime.now()) + 30 * 86_400_000).toISOString().slice(0, 10)

type Headers = Readonly<Record<string, string>>
const ask = async (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  { headers, payload }: { headers: Headers; payload?: object },
) => {
  const answer = await web.http.inject({ method, url, headers: { 'x-xinglin': '1', ...headers }, payload })
  const isJson = String(answer.headers['content-type']).includes('json')
  return {
    status: answer.statusCode,
    code: isJson ? answer.json().issue?.[0]?.details?.coding?.[0]?.code : undefined,
    body: isJson ? answer.json() : answer.body,
    cookies: [answer.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0] ?? ''),
  }
}
const signIn = async (login: string, given: string) => {
  const { cookies } = await ask('POST', '/api/session', {
    headers: {},
    payload: { login, password: given },
  })
  return { cookie: cookies.join('; ') }
}
const desk = await signIn('admin', password)
const administer = (method: 'GET' | 'POST', path: string, payload?: object) =>
  ask(method, `/api/administration${path}`, { headers: desk, ...(payload ? { payload } : {}) })
const personnel = await kernel.authorisation(['xinglin/administration.staff.write'])
const tell = (event: object, headers: Headers = personnel) =>
  ask('POST', '/api/administration/staff/events', { headers, payload: event })
const inSeconds = (seconds: number) => new Date(Date.parse(runtime.now()) + seconds * 1_000).toISOString()
const position = { department: 'XIN', title: '护士' }

/** Somebody who works here and has chosen a password. */
async function employed(employee: string, department = 'XIN') {
  const login = employee.toLowerCase()
  const { body } = await tell({
    ...{
      id: `join-${employee}`,
      kind: 'join',
      employee,
      sequence: 1,
      at: runtime.now(),
      name: employee,
      login,
    },
    position: { ...position, department },
  })
  const { body: once } = await administer('POST', `/people/${body.account}/reset-password`, {
    reason: 'first day',
  })
  const first = await signIn(login, once.oneTimePassword)
  const next = 'Willow-58-hill'
  const changed = await ask('POST', '/api/session/password', {
    ...{ headers: first, payload: { current: once.oneTimePassword, next } },
  })
  assert.equal(changed.status, 204)
  return { account: String(body.account), headers: await signIn(login, next), password: next }
}

test('the system of personnel tells of a joiner by its own token, and of nothing else', async () => {
  await administer('POST', '/staff/mappings', { title: '护士', roles: ['nurse'], reason: 'nurses' })
  const event = {
    ...{ id: 'e-1', kind: 'join', employee: 'LIN', sequence: 1, at: runtime.now(), name: '林梅' },
    ...{ login: 'lin.mei', position },
  }
  const told = await tell(event)
  assert.deepEqual([told.status, told.body.roles, told.body.state], [200, ['nurse'], 'done'])
  assert.equal((await tell(event)).body.isRepeat, true)
  assert.equal((await tell({ ...event, id: 'e-0' })).code, 'staff.out-of-order')
  assert.equal((await tell({ ...event, kind: 'fire' })).code, 'staff.event')
  const other = await kernel.authorisation(['system/*.*'])
  assert.equal((await tell({ ...event, id: 'e-2' }, other)).status, 403)
  assert.equal((await tell({ ...event, id: 'e-3' }, {})).status, 401)
  const look = await ask('GET', '/api/administration/staff', { headers: personnel })
  assert.equal(look.status, 403)
  const { body } = await administer('GET', '/staff/events')
  assert.deepEqual(
    body.events.map(({ event: id, from }: { event: string; from: string }) => [id, from.split('/')[0]]),
    [['e-1', 'client']],
  )
})

test('who leaves is out at his instant by the durable timer, with every session, and his licence is listed in time', async () => {
  const { account, headers } = await employed('TAN')
  const described = await administer('POST', `/staff/people/${account}/describe`, {
    ...{
      display: '谭',
      employee: 'TAN',
      reason: 'licence',
      licences: [{ kind: '护士执业证', number: 'N-7', until: monthAhead }],
    },
  })
  assert.equal(described.status, 204)
  const soon = await administer('GET', '/staff?state=licence-soon')
  assert.deepEqual(
    soon.body.people.map(({ login, licenceUntil }: { login: string; licenceUntil: string }) => [
      login,
      licenceUntil,
    ]),
    [['tan', monthAhead]],
  )
  assert.equal((await administer('GET', '/staff?state=licence')).body.total, 0)

  const told = await tell({ id: 'leave-TAN', kind: 'leave', employee: 'TAN', sequence: 2, at: inSeconds(2) })
  assert.equal(told.body.state, 'planned')
  assert.equal((await ask('GET', '/api/session', { headers })).status, 200)
  runtime.advance(2_000)
  while ((await ask('GET', '/api/session', { headers })).status !== 401) await sleep(50)
  const person = await administer('GET', `/staff/people/${account}`)
  assert.equal(typeof person.body.disabled, 'string')
})

test('a ward’s browser becomes a terminal: badges change places there, by a cookie that no script reads', async () => {
  const { headers, password: own } = await employed('MEI')
  const badge = { number: '04A1-B2C3', pin: '271828' }
  const enrol = await ask('POST', '/api/session/badge', {
    ...{ headers, payload: { ...badge, password: own } },
  })
  assert.equal(enrol.status, 204)
  const terminal = { label: '护士站 1', location: 'ward', idleSeconds: 60, reason: 'new terminal' }
  assert.equal((await ask('POST', '/api/terminal', { headers, payload: terminal })).status, 403)
  const answer = await web.http.inject({
    ...{ method: 'POST', url: '/api/terminal', headers: { ...desk, 'x-xinglin': '1' }, payload: terminal },
  })
  const made = String(answer.headers['set-cookie'])
  assert.match(made, /^xinglin_terminal=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=34560000$/)
  const ward = { cookie: made.split(';')[0] ?? '' }
  const before = await ask('GET', '/api/terminal', { headers: ward })
  assert.equal(before.body.terminal.label, '护士站 1')
  assert.deepEqual((await ask('GET', '/api/terminal', { headers: {} })).body, {})

  const entered = await ask('POST', '/api/terminal/session', { headers: ward, payload: badge })
  assert.deepEqual([entered.status, entered.body.display], [200, 'MEI'])
  const nurse = { cookie: [ward.cookie, ...entered.cookies].join('; ') }
  assert.equal((await ask('GET', '/api/session', { headers: nurse })).body.display, 'MEI')
  assert.equal((await ask('POST', '/api/terminal/lock', { headers: nurse })).status, 204)
  assert.equal((await ask('GET', '/api/session', { headers: nurse })).status, 401)
  assert.deepEqual((await ask('GET', '/api/terminal', { headers: ward })).body.terminal.isLocked, true)

  const without = await ask('POST', '/api/terminal/session', { headers: {}, payload: badge })
  assert.equal(without.code, 'badge.no-terminal')
  const wrong = { ...badge, pin: '314159' }
  const refused = await ask('POST', '/api/terminal/session', { headers: ward, payload: wrong })
  assert.deepEqual([refused.status, refused.code, refused.cookies], [401, 'badge.wrong', []])
})
