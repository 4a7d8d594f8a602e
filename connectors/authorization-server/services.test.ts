/** SMART backend services: asymmetric keys, given or fetched; every forged, replayed or foreign assertion is refused. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import type { JWTPayload } from 'jose'
import * as openid from 'openid-client'
import { discovered, testHospital } from './testing/hospital.ts'
import { assertion, type ServiceKey, serviceKey } from './testing/service-keys.ts'

const hospital = await testHospital()
const { kernel, issuer, asha } = hospital
const tokenEndpoint = `${issuer.origin}/oauth2/token`
const elliptic = await serviceKey('ES384', 'ec-1')
const rsa = await serviceKey('RS384', 'rsa-1')
const scopes = ['system/Patient.rs', 'system/Observation.rs']
const service = await hospital.letIn({
  ...{ id: 'reporting', kind: 'service', scopes },
  jwks: { keys: [elliptic.publicJwk, rsa.publicJwk] },
})

const right = { iss: service, aud: tokenEndpoint }

/** The answer of the token endpoint to a form: status, error and, where one was given, the token. */
async function token(form: Readonly<Record<string, string>>) {
  const answer = await fetch(tokenEndpoint, { method: 'POST', body: new URLSearchParams(form) })
  const body = (await answer.json()) as {
    error?: string
    access_token?: string
    scope?: string
    expires_in?: number
  }
  return { status: answer.status, ...body }
}

const asking = (client_assertion: string, more: Readonly<Record<string, string>> = {}) => ({
  ...{ grant_type: 'client_credentials', client_assertion, scope: 'system/Patient.rs' },
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  ...more,
})

test('a service gets five minutes of what it asked for, by either algorithm of SMART', async () => {
  for (const key of [elliptic, rsa]) {
    const given = await token(asking(await assertion(key, right)))
    assert.deepEqual([given.status, given.scope, given.expires_in], [200, 'system/Patient.rs', 300])
    const record = await hospital.recordBy(given.access_token ?? '')
    assert.equal((await record.read('Patient', asha))?.id, asha)
    await assert.rejects(record.search('Observation', []), /scopes of this client do not allow/)
  }
})

test('a strict client completes it by the discovery document', async () => {
  const configuration = await discovered(hospital, service, {
    metadata: { token_endpoint_auth_signing_alg: 'ES384' },
    proof: openid.PrivateKeyJwt(
      { key: elliptic.privateKey, kid: 'ec-1' },
      {
        [openid.modifyAssertion]: (header: Record<string, unknown>, payload: Record<string, unknown>) => {
          header.alg = 'ES384'
          payload.aud = tokenEndpoint
        },
      },
    ),
  })
  const tokens = await openid.clientCredentialsGrant(configuration, { scope: 'system/Observation.rs' })
  assert.equal(tokens.scope, 'system/Observation.rs')
})

test('keys at an address are fetched once and believed while they may be', async () => {
  let fetched = 0
  const keys = createServer((_request, response) => {
    fetched += 1
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: [elliptic.publicJwk] }))
  }).listen(0, '127.0.0.1')
  after(() => keys.close())
  await new Promise((settle) => keys.once('listening', settle))
  const address = keys.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const id = await hospital.letIn({
    ...{ id: 'fetched-keys', kind: 'service', scopes },
    jwksUri: `http://127.0.0.1:${port}/jwks.json`,
  })

  const answers = []
  for (let turn = 0; turn < 3; turn++)
    answers.push((await token(asking(await assertion(elliptic, { ...right, iss: id })))).status)

  assert.deepEqual([answers, fetched], [[200, 200, 200], 1])
})

test('keys inside the house that the installation does not name are not fetched', async () => {
  const id = await hospital.letIn({
    ...{ id: 'inside', kind: 'service', scopes },
    jwksUri: 'https://169.254.169.254/latest/meta-data',
  })
  const given = await token(asking(await assertion(elliptic, { ...right, iss: id })))
  assert.deepEqual([given.status, given.error, given.access_token], [401, 'invalid_client', undefined])
})

const now = Math.floor(Date.now() / 1_000)
const stranger = await serviceKey('ES384', 'ec-1')
const other = await hospital.letIn({
  ...{ id: 'other-service', kind: 'service', scopes },
  jwks: { keys: [rsa.publicJwk] },
})

function unsigned(payload: JWTPayload): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ sub: service, jti: 'x', exp: now + 60, ...payload })}.`
}

/** RFC 8725 §2.1: the public key taken as the secret of an HMAC. */
function confused(key: ServiceKey): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = `${part({ alg: 'HS384', kid: key.publicJwk.kid })}.${part({ ...right, sub: service, jti: 'y', exp: now + 60 })}`
  return `${head}.${createHmac('sha384', JSON.stringify(key.publicJwk)).update(head).digest('base64url')}`
}

const refused: readonly (readonly [
  why: string,
  form: () => Promise<Readonly<Record<string, string>>>,
  error: string,
])[] = [
  ['no signature (alg none)', async () => asking(unsigned(right)), 'invalid_client'],
  ['the public key as an HMAC secret', async () => asking(confused(rsa)), 'invalid_client'],
  [
    "a stranger's key under a known name",
    async () => asking(await assertion(stranger, right)),
    'invalid_client',
  ],
  [
    'an unknown key',
    async () => asking(await assertion(elliptic, right, { kid: 'nobody' })),
    'invalid_client',
  ],
  [
    "another app's key",
    async () => asking(await assertion(elliptic, { ...right, iss: other })),
    'invalid_client',
  ],
  [
    'an unknown service',
    async () => asking(await assertion(elliptic, { ...right, iss: 'nobody' })),
    'invalid_client',
  ],
  [
    'another subject',
    async () => asking(await assertion(elliptic, { ...right, sub: other })),
    'invalid_client',
  ],
  [
    'another server as audience',
    async () => asking(await assertion(elliptic, { ...right, aud: 'https://evil.example/token' })),
    'invalid_client',
  ],
  [
    'an assertion that has ended',
    async () => asking(await assertion(elliptic, { ...right, iat: now - 900, exp: now - 600 })),
    'invalid_client',
  ],
  [
    'an assertion without end',
    async () => asking(await assertion(elliptic, { ...right, exp: undefined })),
    'invalid_client',
  ],
  [
    'an assertion that lives an hour',
    async () => asking(await assertion(elliptic, { ...right, exp: now + 3_600 })),
    'invalid_client',
  ],
  [
    'an assertion not valid yet',
    async () => asking(await assertion(elliptic, { ...right, nbf: now + 300 })),
    'invalid_client',
  ],
  [
    'an assertion without jti',
    async () => asking(await assertion(elliptic, { ...right, jti: undefined })),
    'invalid_client',
  ],
  [
    'a body that was changed',
    async () => asking(changed(await assertion(elliptic, right))),
    'invalid_client',
  ],
  [
    'a key given in the header (jku)',
    async () => asking(await assertion(stranger, right, { jku: 'https://evil.example/jwks' })),
    'invalid_client',
  ],
  [
    'a key given in the header (jwk)',
    async () => asking(await assertion(stranger, right, { jwk: stranger.publicJwk })),
    'invalid_client',
  ],
  [
    'a payload that is not encoded (b64)',
    async () => asking(await assertion(elliptic, right, { b64: true, crit: ['b64'] })),
    'invalid_client',
  ],
  [
    'another type of assertion',
    async () => asking(await assertion(elliptic, right), { client_assertion_type: 'saml' }),
    'invalid_request',
  ],
  [
    'a scope beyond the registration',
    async () => asking(await assertion(elliptic, right), { scope: 'system/*.cruds' }),
    'invalid_scope',
  ],
  [
    'a wider verb',
    async () => asking(await assertion(elliptic, right), { scope: 'system/Patient.cruds' }),
    'invalid_scope',
  ],
  [
    "a person's scope",
    async () => asking(await assertion(elliptic, right), { scope: 'user/Patient.rs' }),
    'invalid_scope',
  ],
  [
    'a scope that does not exist',
    async () => asking(await assertion(elliptic, right), { scope: 'system/Patient.xyz' }),
    'invalid_scope',
  ],
  [
    'a grant of people',
    async () => asking(await assertion(elliptic, right), { grant_type: 'authorization_code', code: 'x' }),
    'invalid_request',
  ],
]

for (const [why, form, error] of refused)
  test(`a service is refused for ${why}`, async () => {
    const given = await token(await form())
    assert.deepEqual([given.error, given.access_token], [error, undefined])
    assert.ok(given.status === 400 || given.status === 401)
  })

test('of a thousand forged assertions none gets a token, and the next right one does', async () => {
  const rightly = await assertion(elliptic, right)
  const [head = '', body = '', signature = ''] = rightly.split('.')
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const forgers: readonly ((turn: number) => string)[] = [
    (turn) => unsigned({ ...right, jti: `none-${turn}` }),
    (turn) => `${part({ alg: 'nOnE', kid: 'ec-1', turn })}.${body}.`,
    (turn) => `${part({ alg: 'HS256', kid: 'rsa-1', turn })}.${body}.${signature}`,
    (turn) => `${head}.${part({ ...right, sub: service, jti: `other-${turn}`, exp: now + 60 })}.${signature}`,
    (turn) => `${head}.${body}.${signature.slice(0, turn % signature.length)}`,
    () => `${head}.${body}.${Buffer.alloc(96).toString('base64url')}`,
    () => confused(elliptic),
    (turn) => `${part({ alg: 'RS384', kid: 'ec-1', turn })}.${body}.${signature}`,
    (turn) => 'x'.repeat(turn),
    (turn) => `${head}.${head}.${turn}`,
  ]
  const errors = new Set<string>()
  for (let turn = 0; turn < 100; turn++) {
    const answers = await Promise.all(forgers.map((forge) => token(asking(forge(turn)))))
    for (const { status, error, access_token } of answers)
      errors.add(access_token === undefined ? `${status} ${error}` : 'given')
  }
  assert.deepEqual([...errors].toSorted(), ['400 invalid_request', '401 invalid_client'])
  assert.equal((await token(asking(rightly))).status, 200)
})

test('an assertion is good once, also when it is shown twice at the same time', async () => {
  const once = asking(await assertion(elliptic, right))
  const twice = asking(await assertion(elliptic, right))

  const inTurn = [await token(once), await token(once)].map(({ error }) => error)
  const together = (await Promise.all([token(twice), token(twice)])).map(({ error }) => error ?? 'given')

  assert.deepEqual(inTurn, [undefined, 'invalid_client'])
  assert.deepEqual(together.toSorted(), ['given', 'invalid_client'])
})

test('a service that is suspended loses its tokens at once and gets no more', async () => {
  const id = await hospital.letIn({
    ...{ id: 'short-lived', kind: 'service', scopes },
    jwks: { keys: [rsa.publicJwk] },
  })
  const given = await token(asking(await assertion(rsa, { ...right, iss: id })))
  assert.ok(await kernel.identity.clients.tokenActor(given.access_token ?? ''))

  await kernel.identity.apps.suspend(hospital.administrators.first, { id, reason: 'leaks' })

  assert.equal(await kernel.identity.clients.tokenActor(given.access_token ?? ''), undefined)
  assert.equal((await token(asking(await assertion(rsa, { ...right, iss: id })))).error, 'invalid_client')
})

test('keys that a second person let stand take the place of the old ones at once, and its use is counted', async () => {
  const { first, second } = hospital.administrators
  const { apps, clients } = kernel.identity
  const id = await hospital.letIn({
    ...{ id: 'rotating', kind: 'service', scopes },
    jwks: { keys: [rsa.publicJwk] },
  })
  const given = await token(asking(await assertion(rsa, { ...right, iss: id })))
  await clients.tokenActor(given.access_token ?? '')
  const { use } = await apps.about(first, id)
  const content = { ...{ name: 'Rotating', publisher: 'Willow', purpose: 'Turns', redirectUris: [], scopes } }

  await apps.proposeChange(first, {
    ...{ id, reason: 'the key is a year old', content: { ...content, jwks: { keys: [elliptic.publicJwk] } } },
  })
  const between = await token(asking(await assertion(rsa, { ...right, iss: id })))
  await apps.approveChange(second, { id, reason: 'compared by telephone' })

  assert.deepEqual([use.tokens, use.people, use.staff, use.lastUsed !== undefined], [1, 0, [], true])
  assert.equal(between.status, 200)
  assert.equal(await clients.tokenActor(between.access_token ?? ''), undefined)
  assert.equal((await token(asking(await assertion(rsa, { ...right, iss: id })))).error, 'invalid_client')
  assert.equal((await token(asking(await assertion(elliptic, { ...right, iss: id })))).status, 200)
})

test('client credentials with a secret go on as before', async () => {
  const { administrators } = hospital
  const { id, secret } = await kernel.identity.clients.create(administrators.first, {
    display: 'engine',
    scopes: ['system/*.*'],
  })
  const given = await token({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  assert.deepEqual([given.status, given.scope], [200, 'system/*.*'])
})

function changed(jwt: string): string {
  const [head = '', body = '', signature = ''] = jwt.split('.')
  const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString())
  const other = Buffer.from(JSON.stringify({ ...(claims as object), jti: 'changed' })).toString('base64url')
  return [head, other, signature].join('.')
}
