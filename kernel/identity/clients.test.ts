/** OAuth 2.0 client credentials (RFC 6749 §4.4): grants, scopes, the life and the end of tokens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIdentity } from './identity.ts'
import { logKinds, refusalOf, testIdentity } from './test-identity.ts'

const hourMs = 3_600_000

async function withClient(scopes: readonly string[] = ['system/*.read']) {
  const hospital = await testIdentity()
  const { id, secret } = await hospital.identity.clients.create(hospital.administrator, {
    id: 'lis',
    display: '检验系统',
    scopes,
  })
  const grant = (scope?: string) =>
    hospital.identity.clients.grantToken({ clientId: id, clientSecret: secret, scope })
  return { ...hospital, id, secret, grant }
}

test('a machine client gets a token with its scopes, which lives one hour', async () => {
  const { identity, runtime, grant } = await withClient()
  const { accessToken, expiresInSeconds, scope } = await grant()
  assert.deepEqual({ expiresInSeconds, scope }, { expiresInSeconds: 3600, scope: 'system/*.read' })

  assert.deepEqual(await identity.clients.tokenActor(accessToken), {
    kind: 'client',
    id: 'lis',
    reference: 'client/lis',
    tenant: 1,
    roles: [],
    scopes: ['system/*.read'],
    display: '检验系统',
  })
  runtime.advance(hourMs - 1)
  assert.notEqual(await identity.clients.tokenActor(accessToken), undefined)
  runtime.advance(1)
  assert.equal(await identity.clients.tokenActor(accessToken), undefined)
})

test('a token may be asked with less than the client holds, never with more', async () => {
  const { grant } = await withClient(['system/*.read', 'system/Observation.c'])
  const asked = (scope: string) => refusalOf(() => grant(scope))
  assert.equal(await asked('system/Patient.rs'), 'done')
  assert.equal(await asked('system/Observation.crs system/Patient.r'), 'done')
  assert.equal(await asked('system/Observation.cu'), 'invalid identity.scope')
  assert.equal(await asked('system/*.*'), 'invalid identity.scope')
  assert.equal(await asked('xinglin/integration.*'), 'invalid identity.scope')
  assert.equal(await asked('openid'), 'invalid identity.scope')
})

test('a client has a rate of its own from its next request on, within bounds', async () => {
  const { identity, administrator, id, grant } = await withClient()
  const { accessToken } = await grant()
  const rated = async (requestsPerSecond: number | undefined) => [
    await refusalOf(() =>
      identity.clients.setRate(administrator, { id, requestsPerSecond, reason: 'a nightly job' }),
    ),
    (await identity.clients.tokenActor(accessToken))?.requestsPerSecond,
    (await identity.clients.list(administrator))[0]?.requestsPerSecond,
  ]
  assert.deepEqual(await rated(50), ['done', 50, 50])
  assert.deepEqual(await rated(0), ['invalid identity.client-rate', 50, 50])
  assert.deepEqual(await rated(undefined), ['done', undefined, undefined])
})

test('a wrong secret, an unknown client and a disabled one are refused alike', async () => {
  const { identity, administrator, id, secret } = await withClient()
  const grant = (clientId: string, clientSecret: string) =>
    refusalOf(() => identity.clients.grantToken({ clientId, clientSecret }))
  const wrong = 'unauthenticated identity.wrong-client'
  assert.equal(await grant(id, 'wrong'), wrong)
  assert.equal(await grant('nobody', secret), wrong)
  await identity.clients.disable(administrator, { id, reason: 'replaced' })
  assert.equal(await grant(id, secret), wrong)
})

test('a renewed secret ends the old one and its tokens, in other processes within 3 seconds', async () => {
  const hospital = await withClient()
  const { identity, runtime, administrator, id, secret, grant } = hospital
  const other = createIdentity(hospital)
  const { accessToken } = await grant()
  assert.notEqual(await other.clients.tokenActor(accessToken), undefined)

  const renewed = await identity.clients.renewSecret(administrator, { id, reason: 'yearly change' })

  assert.equal(await identity.clients.tokenActor(accessToken), undefined)
  runtime.advance(3_001)
  assert.equal(await other.clients.tokenActor(accessToken), undefined)
  const refusal = await refusalOf(() => identity.clients.grantToken({ clientId: id, clientSecret: secret }))
  assert.equal(refusal, 'unauthenticated identity.wrong-client')
  await identity.clients.grantToken({ clientId: id, clientSecret: renewed.secret })
})

test('the first start makes the bootstrap client with its own secret, and leaves it at the next start', async () => {
  const { identity } = await testIdentity()
  const grant = (clientSecret: string) =>
    refusalOf(() => identity.clients.grantToken({ clientId: 'bench', clientSecret }))
  await identity.ensureClient({ id: 'bench', secret: 'bench-secret', scopes: ['system/*.*'] })
  await identity.ensureClient({ id: 'bench', secret: 'another', scopes: ['system/*.*'] })
  assert.equal(await grant('bench-secret'), 'done')
  assert.equal(await grant('another'), 'unauthenticated identity.wrong-client')
})

test('guessing an operator’s secret is slowed to one a second, and does not keep the right one out', async () => {
  const { identity, runtime } = await testIdentity()
  const grant = (clientSecret: string) =>
    refusalOf(() => identity.clients.grantToken({ clientId: 'bench', clientSecret }))
  await identity.ensureClient({ id: 'bench', secret: 'bench-secret', scopes: ['system/*.*'] })
  assert.equal(await grant('bench-secret'), 'done')
  for (let guess = 0; guess < 5; guess++)
    assert.equal(await grant(`guess ${guess}`), 'unauthenticated identity.wrong-client')
  assert.equal(await grant('guess 6'), 'busy identity.client-slowed')
  assert.equal(await grant('bench-secret'), 'done')
  runtime.advance(1_001)
  assert.equal(await grant('guess 7'), 'unauthenticated identity.wrong-client')
})

test('scopes that are not understood are refused when a client is made', async () => {
  const { identity, administrator } = await testIdentity()
  const make = (...scopes: readonly string[]) =>
    refusalOf(() => identity.clients.create(administrator, { display: 'LIS', scopes }))
  assert.equal(await make(), 'invalid identity.scope')
  assert.equal(await make('system/Observation.rs?category=laboratory'), 'invalid identity.scope')
  assert.equal(await make('patient/*.read'), 'invalid identity.scope')
  assert.equal(await make('system/Observation.rs', 'xinglin/integration.*'), 'done')
})

test('every act on a machine client is stated in the log', async () => {
  const hospital = await withClient()
  const { identity, administrator, id } = hospital
  await identity.clients.setScopes(administrator, {
    id,
    scopes: ['system/Patient.rs'],
    reason: 'less is enough',
  })
  await identity.clients.disable(administrator, { id, reason: 'replaced' })
  await identity.clients.enable(administrator, { id, reason: 'not yet' })
  assert.deepEqual((await logKinds(hospital)).slice(1), [
    'identity.client-created',
    'identity.client-scopes-set',
    'identity.client-disabled',
    'identity.client-enabled',
  ])
})
