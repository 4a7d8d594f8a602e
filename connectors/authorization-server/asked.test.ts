/** What a person may decline, who may ask who he is, how he is signed out, and that discovery names nothing which is not there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnsecuredJWT } from 'jose'
import { fetchUserInfo } from 'openid-client'
import { createAsking, endOf, given, newVerifier, type Parameters } from './testing/asking.ts'
import type { Browser } from './testing/browser.ts'
import { discovered, testHospital } from './testing/hospital.ts'
import { assertion, serviceKey } from './testing/service-keys.ts'

const hospital = await testHospital()
const { issuer, doctor, asha } = hospital
const laboratory = 'user/Observation.rs?category=laboratory'
const vitalSigns = 'user/Observation.rs?category=vital-signs'
const scopes = ['openid', 'profile', 'fhirUser', 'offline_access', 'user/Patient.rs', laboratory, vitalSigns]
const left = 'https://app.example.org/left'
const app = await hospital.letIn({ id: 'growth-chart', scopes, postLogoutUris: [left] })
const asking = createAsking(hospital, app)
const desk = await hospital.atDesk()
const base = issuer.href.replace(/\/$/, '')
const all = { scope: scopes.join(' '), prompt: 'consent' }

test('what a person declines is not given: the token names what stands, and reaches no more', async () => {
  const declined = [vitalSigns, 'user/Patient.rs', 'offline_access', 'profile']
  const { body } = await asking.exchange(await asking.code(desk, all, declined))
  const record = await hospital.recordBy(String(body.access_token))

  const { matches } = await record.search('Observation', [])

  assert.equal(body.scope, ['openid', 'fhirUser', laboratory].join(' '))
  assert.equal(body.refresh_token, undefined)
  assert.deepEqual(
    matches.map(({ json }) => (JSON.parse(json) as { code: { text: string } }).code.text),
    ['laboratory', 'laboratory'],
  )
  await assert.rejects(record.read('Patient', asha), /scopes of this app do not allow/)
})

test('who declined a part is asked again, and an app that may not ask hears consent_required', async () => {
  await asking.exchange(await asking.code(desk, all, [vitalSigns]))
  const again = await desk.open(asking.addressOf({ scope: all.scope }), { fromElsewhere: true })
  const quiet = await desk.open(asking.addressOf({ scope: all.scope, prompt: 'none' }), {
    fromElsewhere: true,
  })
  assert.match(again.text, /type="checkbox"/)
  assert.equal(endOf(quiet), 'consent_required')
})

test('what a form ticks beyond the request is not given, and who the person is cannot be left out', async () => {
  const verifier = newVerifier()
  const asked = { scope: 'openid user/Patient.rs', prompt: 'consent' }
  const page = await desk.open(asking.addressOf(asked, verifier), { fromElsewhere: true })
  const forged = page.text.replaceAll('value="user/Patient.rs"', 'value="user/*.cruds"')

  const back = await desk.send({ ...page, text: forged }, 'agree')
  const { body } = await asking.exchange({ code: back.url.searchParams.get('code') ?? '', verifier })

  assert.notEqual(forged, page.text)
  assert.equal(body.scope, 'openid')
})

const userinfo = async (init: RequestInit) => {
  const answer = await fetch(new URL('/oauth2/userinfo', issuer), init)
  const text = await answer.text()
  const error = text === '' ? undefined : (JSON.parse(text) as { error?: string }).error
  return [answer.status, error, answer.headers.get('www-authenticate')?.split(' ')[0]] as const
}

test('userinfo is refused without a token, with a wrong one, with two, and with one that names nobody', async () => {
  const { body } = await asking.exchange(await asking.code(desk, all))
  const token = String(body.access_token)
  const service = await serviceKey('ES384', 'k')
  await hospital.letIn({
    ...{ id: 'reporting', kind: 'service', scopes: ['system/Patient.rs'] },
    jwks: { keys: [service.publicJwk] },
  })
  const machine = await asking.post('/oauth2/token', {
    ...{ grant_type: 'client_credentials', scope: 'system/Patient.rs' },
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(service, { iss: 'reporting', aud: `${base}/oauth2/token` }),
  })
  const bare = await asking.exchange(await asking.code(desk, { scope: 'user/Patient.rs', nonce: undefined }))
  const bearer = (value: unknown) => ({ headers: { authorization: `Bearer ${value}` } })
  const session = desk.cookies().find(({ name }) => name === 'xinglin_session')?.value

  assert.deepEqual(await userinfo({}), [401, undefined, 'Bearer'])
  assert.deepEqual(await userinfo({ headers: { cookie: `xinglin_session=${session}` } }), [
    401,
    undefined,
    'Bearer',
  ])
  assert.deepEqual(await userinfo(bearer('never-given')), [401, 'invalid_token', 'Bearer'])
  assert.deepEqual(await userinfo(bearer(body.id_token)), [401, 'invalid_token', 'Bearer'])
  assert.deepEqual(await userinfo(bearer(body.refresh_token)), [401, 'invalid_token', 'Bearer'])
  assert.deepEqual(await userinfo(bearer(machine.body.access_token)), [401, 'invalid_token', 'Bearer'])
  assert.deepEqual(await userinfo(bearer(bare.body.access_token)), [403, 'insufficient_scope', 'Bearer'])
  const twice = { ...bearer(token), method: 'POST', body: new URLSearchParams({ access_token: token }) }
  assert.deepEqual(await userinfo(twice), [400, 'invalid_request', 'Bearer'])
  assert.equal((await fetch(new URL(`/oauth2/userinfo?access_token=${token}`, issuer))).status, 401)
})

const leave = (browser: Browser, parameters: Parameters) =>
  browser.open(`/oauth2/end-session?${given(parameters)}`, { fromElsewhere: true })
const isSignedIn = async (browser: Browser) => (await browser.call('/api/session')).status === 200

test('an app asks that its user is signed out; he decides, and goes back to an address of the app', async () => {
  const browser = await hospital.atDesk()
  const { body } = await asking.exchange(await asking.code(browser, all))
  const hint = { id_token_hint: String(body.id_token), post_logout_redirect_uri: left, state: 'kept' }

  const stayed = await browser.send(await leave(browser, hint), 'stay')
  const stillThere = await isSignedIn(browser)
  const gone = await browser.send(await leave(browser, hint), 'leave')

  assert.deepEqual([stayed.url.href, stillThere], [`${left}?state=kept`, true])
  assert.equal(gone.url.href, `${left}?state=kept`)
  assert.equal(await isSignedIn(browser), false)
})

test('signing out leads to no address that the app is not registered with, and no page of others does it', async () => {
  const browser = await hospital.atDesk()
  const ends = []
  const unsigned = new UnsecuredJWT({ aud: app, iss: base }).encode()
  for (const parameters of [
    { client_id: app, post_logout_redirect_uri: 'https://evil.example/' },
    { client_id: app, post_logout_redirect_uri: `${left}/../evil` },
    { post_logout_redirect_uri: left },
    { id_token_hint: unsigned, post_logout_redirect_uri: left },
    { client_id: 'nobody', post_logout_redirect_uri: left },
  ])
    ends.push((await browser.send(await leave(browser, parameters), 'stay')).url.pathname)
  const forged = await fetch(new URL('/oauth2/end-session', issuer), {
    method: 'POST',
    headers: {
      cookie: `xinglin_session=${browser.cookies().find(({ name }) => name === 'xinglin_session')?.value}`,
    },
    body: given({ act: 'leave', own: '1', proof: 'x' }),
  })
  assert.deepEqual(ends, Array(5).fill('/oauth2/end-session'))
  assert.match(await forged.text(), /name="act" value="leave"|value="leave"/)
  assert.equal(await isSignedIn(browser), true)
})

test('a request that was sent ahead (RFC 9126) is good once, for its own app, and says all that is asked', async () => {
  const verifier = newVerifier()
  const push = async (parameters = {}) => asking.post('/oauth2/par', asking.formOf(parameters, verifier))
  const { status, body } = await push({ scope: 'openid user/Patient.rs offline_access' })
  const at = (client: string) =>
    `/oauth2/authorize?${given({ client_id: client, request_uri: String(body.request_uri) })}`
  await hospital.letIn({ id: 'other-app', scopes })

  const foreign = await desk.open(at('other-app'), { fromElsewhere: true })
  const page = await desk.open(at(app), { fromElsewhere: true })
  const back = page.url.origin === issuer.origin ? await desk.send(page, 'agree') : page
  const answer = await asking.exchange({ code: back.url.searchParams.get('code') ?? '', verifier })
  const again = await desk.open(at(app), { fromElsewhere: true })

  assert.deepEqual([status, foreign.status, endOf(again)], [201, 400, 'page 400'])
  assert.equal(answer.body.scope, 'openid user/Patient.rs offline_access')
  assert.equal((await push({ scope: 'openid user/*.cruds' })).body.error, 'invalid_scope')
  assert.equal((await push({ redirect_uri: 'https://evil.example' })).body.error, 'invalid_request')
  assert.equal((await push({ client_id: 'nobody' })).body.error, 'invalid_client')
})

type Document = Readonly<Record<string, unknown>>
const documentAt = async (path: string) => (await (await fetch(new URL(path, issuer))).json()) as Document

test('everything that discovery names is there, and what it does not name is not', async () => {
  const document = await documentAt('/.well-known/openid-configuration')
  const { body } = await asking.exchange(await asking.code(desk, all))

  const answers: Record<string, number> = {}
  for (const [name, value] of Object.entries(document)) {
    if (!name.endsWith('_endpoint') && name !== 'jwks_uri') continue
    const isRead = /jwks|authorization_endpoint|userinfo|end_session/.test(name)
    const headers = { authorization: `Bearer ${body.access_token}` }
    const form = { method: 'POST', body: given({ client_id: app, token: 'x' }) }
    const init: RequestInit = isRead ? { headers, redirect: 'manual' } : form
    answers[name] = (await fetch(String(value), init)).status
  }
  assert.deepEqual(answers, {
    ...{ authorization_endpoint: 400, end_session_endpoint: 200, jwks_uri: 200, token_endpoint: 400 },
    ...{ userinfo_endpoint: 200, introspection_endpoint: 200, revocation_endpoint: 200 },
    pushed_authorization_request_endpoint: 400,
  })
  assert.deepEqual(document.response_modes_supported, ['query', 'fragment'])
  for (const response_mode of ['query', 'fragment'])
    assert.equal(endOf(await desk.open(asking.addressOf({ response_mode }), { fromElsewhere: true })), 'code')
  for (const scope of document.scopes_supported as readonly string[])
    assert.notEqual(
      endOf(await desk.open(asking.addressOf({ scope: `openid ${scope}` }), { fromElsewhere: true })),
      'invalid_scope',
    )
  const { claims_supported: claims } = document
  assert.deepEqual(claims, ['sub', 'name', 'fhirUser', 'sid', 'auth_time', 'iss'])
  assert.deepEqual(document.prompt_values_supported, ['none', 'login', 'consent'])
  assert.deepEqual(document.grant_types_supported, [
    'authorization_code',
    'refresh_token',
    'client_credentials',
  ])
  const wrong = await asking.post('/oauth2/token', { grant_type: 'password', client_id: app })
  assert.equal(wrong.body.error, 'unsupported_grant_type')
})

test('the SMART configuration says the same of what both say, and each capability is one that is there', async () => {
  const [openId, smart] = await Promise.all(
    ['/.well-known/openid-configuration', '/fhir/R4/.well-known/smart-configuration'].map(documentAt),
  )
  const both = Object.keys(smart ?? {}).filter(
    (name) => name !== 'scopes_supported' && Object.hasOwn(openId ?? {}, name),
  )
  const sorted = (value: unknown) => (Array.isArray(value) ? [...value].sort() : value)
  for (const name of both)
    if (!/auth_methods/.test(name)) assert.deepEqual(sorted(smart?.[name]), sorted(openId?.[name]), name)
  const { capabilities } = await documentAt('/fhir/R4/.well-known/smart-configuration')
  assert.ok((capabilities as readonly string[]).includes('authorize-post'))
  const { status } = await asking.post('/oauth2/authorize', asking.formOf({}))
  assert.equal(status, 303)
})

test('a strict client asks userinfo by the discovery document and compares the subject', async () => {
  const configuration = await discovered(hospital, app)
  const { body } = await asking.exchange(await asking.code(desk, all))
  const claims = await fetchUserInfo(configuration, String(body.access_token), doctor.id)
  assert.deepEqual(claims, { sub: doctor.id, name: 'lin.mei' })
})
