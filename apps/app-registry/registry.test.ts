/** One registers an app, another lets it in; each person sees and takes back his own agreements. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel } from '@xinglin/testkit'
import { appRegistry } from './app.ts'
import type { AboutAnswer } from './contract.ts'

const kernel = await testKernel({ apps: [appRegistry] })
const { identity, web, actor } = kernel
const first = await person('first.admin', ['administrator'])
const second = await person('second.admin', ['administrator'])
const doctor = await person('lin.mei', ['clinician'])

const proposal = {
  ...{
    id: 'growth-chart',
    name: 'Growth chart',
    publisher: 'Willow',
    purpose: 'Draws growth',
    kind: 'public',
  },
  redirectUris: ['https://app.example.org/callback'],
  launchUrl: 'https://app.example.org/launch',
  scopes: ['launch', 'openid', 'patient/Observation.rs'],
}

test('an app is let in by a second person, and starts from the record from then on', async () => {
  assert.deepEqual(await post(first, '/apps', proposal), { status: 201, body: { id: 'growth-chart' } })
  const reason = { reason: 'reviewed on Tuesday' }

  const own = await post(first, '/apps/growth-chart/approve', reason)
  const before = await get(doctor, '/launchable')
  const others = await post(second, '/apps/growth-chart/approve', reason)
  const { body } = await get(doctor, '/launchable')
  const list = (await get(second, '/apps')).body as { apps: readonly Record<string, unknown>[] }

  assert.deepEqual([own.status, codeOf(own.body)], [403, 'identity.app-second-person'])
  assert.deepEqual(before.body, { apps: [] })
  assert.equal(others.status, 204)
  assert.deepEqual(body, {
    apps: [{ id: 'growth-chart', name: 'Growth chart', publisher: 'Willow', purpose: 'Draws growth' }],
  })
  assert.deepEqual(
    list.apps.map(({ id, state, registeredByDisplay, decidedByDisplay, decidedBecause }) => [
      ...[id, state, registeredByDisplay, decidedByDisplay, decidedBecause],
    ]),
    [['growth-chart', 'approved', 'first.admin', 'second.admin', 'reviewed on Tuesday']],
  )
})

test('a change of addresses, scopes or keys stands only once a second person approved it', async () => {
  const service = {
    ...{ id: 'lab-feed', name: 'Lab feed', publisher: 'Willow', purpose: 'Sends results', kind: 'service' },
    scopes: ['system/Observation.rs'],
  }
  const jwks = (x: string) => ({ keys: [{ kty: 'EC', kid: x, alg: 'ES384', crv: 'P-384', x, y: 'yy' }] })
  await post(first, '/apps', { ...service, jwks: jwks('aa') })
  const change = {
    ...service,
    scopes: ['system/Observation.rs', 'system/Patient.r'],
    reason: 'names on labels',
  }
  const early = await post(first, '/apps/lab-feed/change', change)
  await post(second, '/apps/lab-feed/approve', { reason: 'reviewed' })

  const proposed = await post(second, '/apps/lab-feed/change', { ...change, jwks: jwks('bb') })
  const again = await post(first, '/apps/lab-feed/change', change)
  const bad = await post(first, '/apps/growth-chart/change', { ...proposal, reason: 'x y', redirectUris: [] })
  const foreign = await post(doctor, '/apps/lab-feed/change', change)
  const waiting = await about('lab-feed')
  const own = await post(second, '/apps/lab-feed/change/approve', { reason: 'my own' })
  const before = await identity.oauth.app('lab-feed')
  const approved = await post(first, '/apps/lab-feed/change/approve', { reason: 'needed for labels' })
  const gone = await post(first, '/apps/lab-feed/change/reject', { reason: 'too late' })
  const after = await identity.oauth.app('lab-feed')
  const { acts, keys, change: none, use } = await about('lab-feed')

  assert.equal(codeOf(early.body), 'identity.app-state')
  assert.deepEqual([proposed.status, approved.status, foreign.status], [204, 204, 403])
  assert.equal(codeOf(again.body), 'identity.app-change-waits')
  assert.equal(expressionOf(bad.body), 'redirectUris')
  assert.equal(codeOf(own.body), 'identity.app-second-person')
  assert.equal(codeOf(gone.body), 'identity.no-app-change')
  assert.deepEqual([waiting.change?.proposedByDisplay, waiting.change?.keys[0]?.id], ['second.admin', 'bb'])
  assert.deepEqual(before?.scopes, ['system/Observation.rs'])
  assert.deepEqual([after?.scopes, after?.jwks], [change.scopes, jwks('bb')])
  assert.deepEqual(
    keys.map(({ id, kind, thumbprint }) => [id, kind, thumbprint.length]),
    [['bb', 'P-384', 43]],
  )
  assert.equal(none, undefined)
  assert.deepEqual(use, { tokens: 0, people: 0, staff: [] })
  assert.deepEqual(
    acts.map(({ kind, byDisplay, reason }) => [kind, byDisplay, reason]),
    [
      ['change-approved', 'first.admin', 'needed for labels'],
      ['change-proposed', 'second.admin', 'names on labels'],
      ['approved', 'second.admin', 'reviewed'],
      ['registered', 'first.admin', undefined],
    ],
  )
  assert.deepEqual(acts[0]?.replaced?.scopes, ['system/Observation.rs'])
})

test('a suspended app starts nowhere, and an app is decided only in the right state', async () => {
  const reason = { reason: 'asks for too much' }
  assert.equal((await post(first, '/apps/growth-chart/suspend', reason)).status, 204)
  assert.deepEqual((await get(doctor, '/launchable')).body, { apps: [] })
  assert.equal(codeOf((await post(second, '/apps/growth-chart/reject', reason)).body), 'identity.app-state')
  assert.equal(codeOf((await post(second, '/apps/unknown/approve', reason)).body), 'identity.no-app')
})

test('what is wrong with a proposal is told by its field', async () => {
  const cases: readonly (readonly [change: object, at: string])[] = [
    [{ name: ' ' }, 'name'],
    [{ kind: 'robot' }, 'kind'],
    [{ redirectUris: [] }, 'redirectUris'],
    [{ redirectUris: ['http://app.example.org/callback'] }, 'redirectUris'],
    [{ redirectUris: ['https://app.example.org/callback#part'] }, 'redirectUris'],
    [{ redirectUris: ['https://user@app.example.org/callback'] }, 'redirectUris'],
    [{ launchUrl: 'javascript:alert(1)' }, 'launchUrl'],
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['patient/Observation.everything'] }, 'scopes'],
    [{ scopes: ['patient/*.rs?category=laboratory'] }, 'scopes'],
    [{ scopes: ['patient/Observation.rs?subject.name=x'] }, 'scopes'],
    [{ scopes: ['system/*.rs'] }, 'scopes'],
    [{ kind: 'confidential' }, 'jwks'],
    [{ kind: 'confidential', jwks: { keys: [{ kty: 'RSA', n: 'x', e: 'AQAB', d: 'private' }] } }, 'jwks'],
    [{ kind: 'confidential', jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, 'jwks'],
    [{ jwksUri: 'https://app.example.org/jwks.json' }, 'jwks'],
    [{ kind: 'service', redirectUris: [], jwksUri: 'https://app.example.org/jwks.json' }, 'scopes'],
  ]
  for (const [change, at] of cases) {
    const { status, body } = await post(first, '/apps', { ...proposal, id: 'other', ...change })
    assert.deepEqual([status, expressionOf(body)], [400, at], JSON.stringify(change))
  }
  assert.equal((await post(first, '/apps', proposal)).status, 409)
})

test('who administers no apps neither sees nor registers them', async () => {
  assert.equal((await get(doctor, '/apps')).status, 403)
  assert.equal((await post(doctor, '/apps', { ...proposal, id: 'mine' })).status, 403)
  assert.equal((await web.http.inject({ url: '/api/app-registry/launchable' })).statusCode, 401)
})

test('each person sees and takes back what he agreed to himself', async () => {
  const signedIn = await identity.accounts.sessionActor(doctor)
  assert.ok(signedIn)
  await identity.oauth.agree(signedIn, { id: 'access-1', app: 'growth-chart', isOffline: true }, ['openid'])

  const own = (await get(doctor, '/own')).body as {
    agreements: readonly { app: string; scopes: readonly string[] }[]
  }
  const foreign = (await get(first, '/own')).body
  const taken = await web.http.inject({
    method: 'DELETE',
    url: '/api/app-registry/own/growth-chart',
    ...by(doctor),
  })

  assert.deepEqual(
    own.agreements.map(({ app, scopes }) => [app, scopes]),
    [['growth-chart', ['openid']]],
  )
  assert.deepEqual(foreign, { agreements: [] })
  assert.equal(taken.statusCode, 204)
  assert.equal(await identity.oauth.access('access-1'), undefined)
  assert.deepEqual((await get(doctor, '/own')).body, { agreements: [] })
})

async function person(login: string, roles: readonly string[]): Promise<string> {
  const { oneTimePassword } = await identity.people.create(actor, { login, display: login, roles })
  const { token, actor: fresh } = await identity.accounts.signIn({ login, password: oneTimePassword })
  await identity.accounts.changePassword(fresh, { current: oneTimePassword, next: 'Willow-58-hill' })
  return token
}

function by(token: string) {
  return { headers: { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' } }
}

async function post(token: string, path: string, payload: object) {
  const answer = await web.http.inject({
    method: 'POST',
    url: `/api/app-registry${path}`,
    payload,
    ...by(token),
  })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : (answer.json() as unknown) }
}

async function about(id: string): Promise<AboutAnswer> {
  return (await get(first, `/apps/${id}`)).body as AboutAnswer
}

async function get(token: string, path: string) {
  const answer = await web.http.inject({ url: `/api/app-registry${path}`, ...by(token) })
  return { status: answer.statusCode, body: answer.json() as unknown }
}

type Outcome = {
  readonly issue?: readonly {
    readonly details?: { readonly coding?: readonly { readonly code: string }[] }
    readonly expression?: readonly string[]
  }[]
}

function codeOf(body: unknown): string | undefined {
  return (body as Outcome).issue?.[0]?.details?.coding?.[0]?.code
}

function expressionOf(body: unknown): string | undefined {
  return (body as Outcome).issue?.[0]?.expression?.[0]
}
