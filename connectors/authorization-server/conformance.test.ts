/**
 * What the plan "Basic OP" of the OpenID Foundation's conformance profiles asks of a provider, module by module, and what
 * this one answers: `kept`, or `refused` where the plan lets a provider refuse.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { epochMs } from '@xinglin/fhir'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { createAsking, endOf, type Parameters } from './testing/asking.ts'
import type { Browser } from './testing/browser.ts'
import { callback, testHospital } from './testing/hospital.ts'

const hospital = await testHospital()
const { kernel, issuer, doctor } = hospital
const scopes = ['openid', 'profile', 'fhirUser', 'offline_access', 'user/Patient.rs']
const app = await hospital.letIn({
  ...{ id: 'relying-party', scopes, postLogoutUris: ['https://app.example.org/left'] },
})
const asking = createAsking(hospital, app)
const desk = await hospital.atDesk()
/** Agreed once, so that the modules that are about something else are not asked. */
await asking.exchange(await asking.code(desk, { scope: scopes.join(' ') }))

const base = issuer.href.replace(/\/$/, '')
const keys = createRemoteJWKSet(new URL('/oauth2/jwks', issuer))

/** Asks at the desk; gives the verified ID token and the token answer. */
async function signedIn(parameters: Parameters = {}, browser: Browser = desk) {
  const { body } = await asking.exchange(await asking.code(browser, parameters))
  const { payload } = await jwtVerify(String(body.id_token), keys, { issuer: base, audience: app })
  return { body, payload }
}

const ended = async (parameters: Parameters, browser: Browser = desk) =>
  endOf(await browser.open(asking.addressOf(parameters), { fromElsewhere: true }))

const userinfo = async (init: RequestInit) => {
  const answer = await fetch(new URL('/oauth2/userinfo', issuer), init)
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text), headers: answer.headers }
}

/** A later second, by both clocks: sessions are opened by the platform's, which stands still in tests. */
async function later(browser: Browser): Promise<void> {
  const behindMs = Date.now() + 1_500 - epochMs(kernel.runtime.now())
  if (behindMs > 0) kernel.runtime.advance(behindMs)
  await browser.signIn('lin.mei', hospital.password)
}

type Module = readonly [name: string, check: () => Promise<void>]

const modules: readonly Module[] = [
  [
    'oidcc-server: a code flow with an ID token that names issuer, audience, subject, nonce and times',
    async () => {
      const { payload } = await signedIn({ nonce: 'of-this-test' })
      const { iss, aud, sub, nonce, exp = 0, iat = 0 } = payload
      assert.deepEqual([iss, aud, sub, nonce], [base, app, doctor.id, 'of-this-test'])
      assert.ok(exp > iat)
    },
  ],
  [
    'oidcc-response-type-missing: refused',
    async () => assert.equal(await ended({ response_type: undefined }), 'invalid_request'),
  ],
  [
    'oidcc-userinfo-get, oidcc-userinfo-post-header, oidcc-userinfo-post-body: the same person each way',
    async () => {
      const { body } = await signedIn({ scope: 'openid profile user/Patient.rs' })
      const token = String(body.access_token)
      const authorization = `Bearer ${token}`
      const answers = [
        await userinfo({ headers: { authorization } }),
        await userinfo({ method: 'POST', headers: { authorization } }),
        await userinfo({ method: 'POST', body: new URLSearchParams({ access_token: token }) }),
      ]
      const expected = { status: 200, body: { sub: doctor.id, name: 'lin.mei' } }
      assert.deepEqual(
        answers.map(({ status, body: claims }) => ({ status, body: claims })),
        [expected, expected, expected],
      )
    },
  ],
  [
    'oidcc-ensure-request-without-nonce-succeeds-for-code-flow',
    async () => assert.equal((await signedIn({ nonce: undefined })).payload.nonce, undefined),
  ],
  [
    'oidcc-scope-profile: the name, in the ID token and at userinfo',
    async () => {
      const { payload, body } = await signedIn({ scope: 'openid profile user/Patient.rs' })
      assert.deepEqual([payload.name, body.scope], ['lin.mei', 'openid profile user/Patient.rs'])
    },
  ],
  [
    'oidcc-scope-email, oidcc-scope-address, oidcc-scope-phone, oidcc-scope-all: not offered, refused by name',
    async () => {
      for (const scope of ['email', 'address', 'phone'])
        assert.equal(await ended({ scope: `openid ${scope}` }), 'invalid_scope')
    },
  ],
  [
    'oidcc-ensure-other-scope-order-succeeds',
    async () => {
      const { body } = await signedIn({ scope: 'user/Patient.rs profile openid' })
      assert.equal(body.scope, 'user/Patient.rs profile openid')
    },
  ],
  [
    'oidcc-display-page, oidcc-display-popup',
    async () => {
      for (const display of ['page', 'popup']) assert.equal(await ended({ display }), 'code')
    },
  ],
  [
    'oidcc-prompt-login: the person signs in anew, and auth_time moves on',
    async () => {
      const browser = await hospital.atDesk()
      const before = await signedIn({ max_age: '10000' }, browser)
      const verifier = 'v'.repeat(43)
      kernel.runtime.advance(2_000)
      const page = await browser.open(asking.addressOf({ prompt: 'login' }, verifier), {
        fromElsewhere: true,
      })
      assert.match(page.text, /Sign in again/)
      const signIn = await browser.send(page, 'again')
      assert.equal(signIn.url.pathname, '/')
      await later(browser)
      const back = await browser.open(signIn.url.searchParams.get('continue') ?? '')
      const { body } = await asking.exchange({ code: back.url.searchParams.get('code') ?? '', verifier })
      const authTime = (payload: Readonly<Record<string, unknown>>) => Number(payload.auth_time)
      assert.ok(authTime(decodeJwt(String(body.id_token))) > authTime(before.payload))
    },
  ],
  [
    'oidcc-prompt-none-not-logged-in: login_required',
    async () => assert.equal(await ended({ prompt: 'none' }, hospital.browser()), 'login_required'),
  ],
  [
    'oidcc-prompt-none-logged-in: a code for the same person, without a question',
    async () => {
      const { payload } = await signedIn({ prompt: 'none' })
      assert.equal(payload.sub, doctor.id)
    },
  ],
  [
    'oidcc-max-age-1: who signed in longer ago signs in anew',
    async () => {
      const browser = await hospital.atDesk()
      // The session stands at the clock of the platform, which is behind; the request at that of the machine.
      await kernel.database.query(sql`
        update identity.session set created = created - interval '1 hour'`)
      const page = await browser.open(asking.addressOf({ max_age: '1' }), { fromElsewhere: true })
      assert.match(page.text, /Sign in again/)
      assert.equal(await ended({ max_age: '1', prompt: 'none' }, browser), 'login_required')
    },
  ],
  [
    'oidcc-max-age-10000: who signed in lately goes on, and auth_time is told',
    async () => {
      const { payload } = await signedIn({ max_age: '10000' })
      assert.equal(typeof payload.auth_time, 'number')
    },
  ],
  [
    'oidcc-ensure-request-with-unknown-parameter-succeeds',
    async () => assert.equal(await ended({ extra: 'foobar' }), 'code'),
  ],
  [
    'oidcc-id-token-hint: with prompt=none the same person; another person is login_required',
    async () => {
      const { body } = await signedIn()
      const hint = { id_token_hint: String(body.id_token), prompt: 'none' }
      assert.equal((await signedIn(hint)).payload.sub, doctor.id)
      const other = hospital.browser()
      await other.signIn('second.admin', hospital.password)
      assert.equal(await ended(hint, other), 'login_required')
      const page = await other.open(asking.addressOf({ ...hint, prompt: undefined }), { fromElsewhere: true })
      assert.match(page.text, /waits for somebody else/)
      assert.equal(await ended({ id_token_hint: `${hint.id_token_hint}x` }), 'invalid_request')
    },
  ],
  [
    'oidcc-login-hint: the sign-in page is told',
    async () => {
      const page = await hospital.browser().open(asking.addressOf({ login_hint: 'lin.mei' }), {
        fromElsewhere: true,
      })
      assert.equal(page.url.searchParams.get('login'), 'lin.mei')
    },
  ],
  [
    'oidcc-ui-locales: the page speaks it',
    async () => {
      const page = await desk.open(asking.addressOf({ ui_locales: 'zh-CN en', prompt: 'consent' }), {
        fromElsewhere: true,
      })
      assert.match(page.text, /申请访问病历/)
    },
  ],
  [
    'oidcc-claims-locales, oidcc-ensure-request-with-acr-values-succeeds: taken, and nothing is promised',
    async () => {
      const { payload } = await signedIn({ claims_locales: 'se', acr_values: '1 2' })
      assert.equal(payload.acr, undefined)
    },
  ],
  [
    'oidcc-codereuse, oidcc-codereuse-30seconds: refused, and what the code gave ends',
    async () => {
      const held = await asking.code(desk)
      const first = await asking.exchange(held)
      const second = await asking.exchange(held)
      const headers = { authorization: `Bearer ${first.body.access_token}` }
      assert.deepEqual([second.status, second.body.error], [400, 'invalid_grant'])
      assert.equal((await userinfo({ headers })).status, 401)
    },
  ],
  [
    'oidcc-ensure-registered-redirect-uri: an address that is not registered gets nothing',
    async () => assert.equal(await ended({ redirect_uri: `${callback}/other` }), 'page 400'),
  ],
  [
    'oidcc-ensure-post-request-succeeds: the request may be a form',
    async () => {
      const { status, headers } = await asking.post('/oauth2/authorize', asking.formOf({}))
      assert.equal(status, 303)
      assert.match(headers.get('location') ?? '', /\/oauth2\/interaction\//)
    },
  ],
  [
    'oidcc-request-uri-unsigned, oidcc-unsigned-request-object: refused as unsupported',
    async () => {
      const request = 'eyJhbGciOiJub25lIn0.e30.'
      assert.equal(await ended({ request }), 'request_not_supported')
      assert.equal(await ended({ request_uri: 'https://rp.example/r' }), 'request_uri_not_supported')
    },
  ],
  [
    'oidcc-claims-essential: the claims parameter is not offered, and what it asks is not given',
    async () => {
      const { payload } = await signedIn({ claims: '{"id_token":{"name":{"essential":true}}}' })
      assert.equal(payload.name, undefined)
    },
  ],
  [
    'oidcc-refresh-token: rotated, with an ID token of the same person and the same auth_time',
    async () => {
      const { body, payload } = await signedIn({ scope: scopes.join(' '), max_age: '10000' })
      const { body: next } = await asking.refresh(body.refresh_token)
      const fresh = decodeJwt(String(next.id_token))
      assert.notEqual(next.refresh_token, body.refresh_token)
      assert.deepEqual([fresh.sub, fresh.auth_time], [payload.sub, payload.auth_time])
    },
  ],
  ['oidcc-ensure-request-with-valid-pkce-succeeds', async () => assert.equal(await ended({}), 'code')],
  [
    'RFC 9207: every answer of the authorisation endpoint names the issuer',
    async () => {
      const answers = [
        await desk.open(asking.addressOf({}), { fromElsewhere: true }),
        await desk.open(asking.addressOf({ scope: 'openid email' }), { fromElsewhere: true }),
      ]
      assert.deepEqual(
        answers.map(({ url }) => url.searchParams.get('iss')),
        [base, base],
      )
    },
  ],
]

for (const [name, check] of modules) test(name, check)
