/** What an app or an attacker may try with codes, tokens, launches and addresses, and the error of OAuth that each gets. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { Browser, Seen } from './testing/browser.ts'
import { callback, testHospital } from './testing/hospital.ts'

const hospital = await testHospital()
const { kernel, issuer, fhirBase, asha, leo, doctor, administrators } = hospital
const scopes = [
  'launch',
  'launch/patient',
  'openid',
  'offline_access',
  'online_access',
  'patient/Observation.rs',
  'user/Patient.rs',
]
const app = await hospital.letIn({ id: 'growth-chart', launchUrl: 'https://app.example.org/launch', scopes })
const otherApp = await hospital.letIn({
  id: 'other-app',
  launchUrl: 'https://app.example.org/launch',
  scopes,
})
const unapproved = (
  await kernel.identity.apps.register(administrators.first, {
    ...{
      id: 'unapproved',
      name: 'New',
      publisher: 'P',
      purpose: 'P',
      kind: 'public',
      scopes,
      redirectUris: [callback],
    },
  })
).id
const desk = await hospital.atDesk()

const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')
const newVerifier = () => randomBytes(32).toString('base64url')

type Parameters = Readonly<Record<string, string | undefined>>

function addressOf(parameters: Parameters, verifier = newVerifier()): string {
  const all: Parameters = {
    ...{
      client_id: app,
      response_type: 'code',
      redirect_uri: callback,
      scope: 'openid user/Patient.rs',
      aud: fhirBase,
    },
    ...{
      state: 'of-the-test',
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    },
  }
  const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return `/oauth2/authorize?${new URLSearchParams(given)}`
}

/** A code that the doctor agreed to, with its verifier. */
async function code(parameters: Parameters = {}): Promise<{ code: string; verifier: string }> {
  const verifier = newVerifier()
  const page = await desk.open(addressOf(parameters, verifier), { fromElsewhere: true })
  const back = page.url.origin === issuer.origin ? await desk.send(page, 'agree') : page
  return { code: back.url.searchParams.get('code') ?? '', verifier }
}

async function post(path: string, form: Parameters) {
  const given = Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const answer = await fetch(new URL(path, issuer), { method: 'POST', body: new URLSearchParams(given) })
  const text = await answer.text()
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  return { status: answer.status, body }
}

const exchange = (given: { code: string; verifier: string }, more: Parameters = {}) =>
  post('/oauth2/token', {
    ...{ grant_type: 'authorization_code', client_id: app, redirect_uri: callback },
    ...{ code: given.code, code_verifier: given.verifier, ...more },
  })

const refresh = (token: unknown, more: Parameters = {}) =>
  post('/oauth2/token', {
    grant_type: 'refresh_token',
    client_id: app,
    refresh_token: String(token),
    ...more,
  })

/** Where an authorisation request ended: the error that the app got, or `page` where the browser stays here. */
function errorOf(seen: Seen): string {
  const isAtApp = seen.url.origin === new URL(callback).origin
  const answer = new URLSearchParams(seen.url.hash.slice(1) || seen.url.search)
  return isAtApp ? (answer.get('error') ?? 'no error') : `page ${seen.status}`
}

const requests: readonly (readonly [why: string, parameters: Parameters, error: string])[] = [
  ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['a challenge without its method', { code_challenge_method: undefined }, 'invalid_request'],
  ['a challenge that is too short', { code_challenge: 'short' }, 'invalid_request'],
  ['the implicit grant', { response_type: 'token' }, 'unsupported_response_type'],
  ['an ID token without code', { response_type: 'id_token', nonce: 'n' }, 'unsupported_response_type'],
  ['another server as audience', { aud: 'https://evil.example/fhir' }, 'invalid_request'],
  ['no audience', { aud: undefined }, 'invalid_request'],
  ['another resource', { resource: 'https://evil.example/fhir' }, 'invalid_target'],
  ['a scope beyond the registration', { scope: 'user/*.cruds' }, 'invalid_scope'],
  ['a wider verb', { scope: 'user/Patient.cruds' }, 'invalid_scope'],
  ['a wider context', { scope: 'user/Observation.rs' }, 'invalid_scope'],
  ['a scope of services', { scope: 'system/Patient.rs' }, 'invalid_scope'],
  ['a scope that is none', { scope: 'user/Patient.everything' }, 'invalid_scope'],
  ['no question to the person (prompt=none)', { prompt: 'none' }, 'consent_required'],
  ['no question and one more (prompt=none login)', { prompt: 'none login' }, 'invalid_request'],
  ['a question that is not asked here', { prompt: 'select_account' }, 'invalid_request'],
  ['a form that a script sends (form_post)', { response_mode: 'form_post' }, 'unsupported_response_mode'],
  ['an age that is none', { max_age: '-1' }, 'invalid_request'],
  ['an identity token of nobody', { id_token_hint: 'eyJhbGciOiJub25lIn0.e30.' }, 'invalid_request'],
  [
    'a choice of a patient without a question',
    { prompt: 'none', scope: 'openid launch/patient patient/Observation.rs' },
    'interaction_required',
  ],
  ['a request object without signature', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
  ['a request at an address', { request_uri: 'https://evil.example/request' }, 'request_uri_not_supported'],
  ['a foreign address to go back to', { redirect_uri: 'https://evil.example/callback' }, 'page 400'],
  ['an address that only begins right', { redirect_uri: `${callback}/../../evil` }, 'page 400'],
  [
    'an address with more in its query',
    { redirect_uri: `${callback}?next=https://evil.example` },
    'page 400',
  ],
  [
    'an address with a user part',
    { redirect_uri: 'https://app.example.org@evil.example/callback' },
    'page 400',
  ],
  ['an address that runs a script', { redirect_uri: 'javascript:alert(1)' }, 'page 400'],
  ['no address', { redirect_uri: undefined }, 'page 400'],
  ['an unknown app', { client_id: 'nobody' }, 'page 400'],
  ['an app that nobody let in', { client_id: unapproved }, 'page 400'],
]

for (const [why, parameters, error] of requests)
  test(`a request for authorisation is refused for ${why}`, async () => {
    assert.equal(errorOf(await desk.open(addressOf(parameters), { fromElsewhere: true })), error)
  })

test('a code is refused with a wrong, a missing or a foreign verifier', async () => {
  const answers = []
  for (const verifier of [newVerifier(), undefined])
    answers.push((await exchange(await code(), { code_verifier: verifier })).body.error)
  const foreign = await code()
  answers.push((await exchange(foreign, { client_id: otherApp })).body.error)
  answers.push((await exchange(await code(), { redirect_uri: 'https://app.example.org/other' })).body.error)
  answers.push((await exchange({ code: 'never-given', verifier: newVerifier() })).body.error)
  assert.deepEqual(
    answers,
    Array.from({ length: 5 }, () => 'invalid_grant'),
  )
})

test('a code that is used twice ends what its first use gave', async () => {
  const given = await code({ scope: 'openid offline_access user/Patient.rs' })
  const first = await exchange(given)
  const second = await exchange(given)

  assert.equal(first.status, 200)
  assert.equal(second.body.error, 'invalid_grant')
  assert.equal(await kernel.identity.clients.tokenActor(String(first.body.access_token)), undefined)
  assert.equal((await refresh(first.body.refresh_token)).body.error, 'invalid_grant')
})

test('of two uses of a code at the same time at most one gets a token', async () => {
  const given = await code()
  const answers = await Promise.all([exchange(given), exchange(given)])
  const errors = answers.map(({ body }) => body.error)
  assert.ok(errors.filter((error) => error === undefined).length <= 1)
  assert.ok(errors.includes('invalid_grant'))
})

test('a code that has ended is refused', async () => {
  const given = await code()
  await kernel.database.query(sql`delete from oauth.artifact where kind = 'AuthorizationCode'`)
  assert.equal((await exchange(given)).body.error, 'invalid_grant')
})

test('a refresh token is good once; the second use ends the whole access', async () => {
  const first = await exchange(await code({ scope: 'openid offline_access user/Patient.rs' }))
  const second = await refresh(first.body.refresh_token)
  const replayed = await refresh(first.body.refresh_token)
  const third = await refresh(second.body.refresh_token)

  assert.equal(second.status, 200)
  assert.deepEqual([replayed.body.error, third.body.error], ['invalid_grant', 'invalid_grant'])
  assert.equal(await kernel.identity.clients.tokenActor(String(second.body.access_token)), undefined)
})

test('an app that keeps no secret may refresh without naming itself', async () => {
  const { body } = await exchange(await code({ scope: 'openid offline_access user/Patient.rs' }))
  assert.equal((await refresh(body.refresh_token, { client_id: undefined })).status, 200)
})

test('a refresh token is refused to another app, for more than was given, and where it is unknown', async () => {
  const { body } = await exchange(await code({ scope: 'openid offline_access user/Patient.rs' }))
  const answers = [
    await refresh(body.refresh_token, { client_id: otherApp }),
    await refresh(body.refresh_token, { scope: 'openid user/Patient.rs patient/Observation.rs' }),
    await refresh('never-given'),
  ]
  assert.deepEqual(
    answers.map((answer) => answer.body.error),
    ['invalid_grant', 'invalid_scope', 'invalid_grant'],
  )
})

test('an access token that was taken back works no more, and another app cannot take it back', async () => {
  const { body } = await exchange(await code())
  const token = String(body.access_token)
  await post('/oauth2/revoke', { token, client_id: otherApp })
  const still = await kernel.identity.clients.tokenActor(token)
  await post('/oauth2/revoke', { token, client_id: app })
  assert.equal(still?.client, app)
  assert.equal(await kernel.identity.clients.tokenActor(token), undefined)
})

test('introspection tells an app of its own tokens alone', async () => {
  const { body } = await exchange(await code())
  const token = String(body.access_token)
  const own = await post('/oauth2/introspect', { token, client_id: app })
  const foreign = await post('/oauth2/introspect', { token, client_id: otherApp })
  assert.deepEqual(
    [own.body.active, own.body.sub, own.body.scope],
    [true, doctor.id, 'openid user/Patient.rs'],
  )
  assert.deepEqual(foreign.body, { active: false })
})

test('a refusal of the person gives the app access_denied', async () => {
  const page = await desk.open(addressOf({ client_id: otherApp }), { fromElsewhere: true })
  assert.equal(errorOf(await desk.send(page, 'refuse')), 'access_denied')
})

const launchOf = async (browser: Browser, patient = asha) => {
  const answer = await kernel.identity.accounts.sessionActor(
    browser.cookies().find(({ name }) => name === 'xinglin_session')?.value ?? '',
  )
  assert.ok(answer)
  const { url } = await kernel.identity.apps.launch(answer, { app, patient, iss: fhirBase })
  return new URL(url).searchParams.get('launch') ?? ''
}

test('a launch is good once, for its own app and in its own session', async () => {
  const scope = 'openid launch user/Patient.rs'
  const end = async (browser: Browser, parameters: Parameters) => {
    const page = await browser.open(addressOf({ scope, ...parameters }), { fromElsewhere: true })
    return errorOf(page.url.origin === issuer.origin ? await browser.send(page, 'agree') : page)
  }
  const launch = await launchOf(desk)
  const elsewhere = await hospital.atDesk()

  assert.equal(await end(elsewhere, { launch }), 'invalid_request')
  assert.equal(await end(desk, { launch, client_id: otherApp }), 'invalid_request')
  assert.equal(await end(desk, { launch }), 'no error')
  assert.equal(await end(desk, { launch }), 'invalid_request')
  assert.equal(await end(desk, { launch: 'made up' }), 'invalid_request')
})

test('a request that one browser began cannot be answered or taken up in another', async () => {
  const attacker = hospital.browser()
  const signIn = await attacker.open(addressOf({}), { fromElsewhere: true })
  const address = signIn.url.searchParams.get('continue') ?? ''
  const victim = await desk.open(address)
  assert.equal(victim.status, 404)
  assert.match(victim.text, /from another browser/)
})

test('a form that another session made is refused', async () => {
  const page = await desk.open(addressOf({ client_id: otherApp }), { fromElsewhere: true })
  const forged = await desk.send(
    { ...page, text: page.text.replaceAll(/name="proof" value="[^"]+"/g, 'name="proof" value="x"') },
    'agree',
  )
  assert.equal(forged.status, 403)
})

test('an app with patient scopes reaches the patient in context and nobody else', async () => {
  const scope = 'openid launch patient/Observation.rs'
  const given = await code({ scope, launch: await launchOf(desk) })
  const { body } = await exchange(given)
  const record = await hospital.recordBy(String(body.access_token))
  const { matches } = await record.search('Observation', [])
  const subjects = matches.map(
    ({ json }) => (JSON.parse(json) as { subject: { reference: string } }).subject.reference,
  )

  assert.deepEqual([body.patient, [...new Set(subjects)], matches.length], [asha, [`Patient/${asha}`], 2])
  assert.equal((await record.search('Observation', [['patient', leo]])).matches.length, 0)
  await assert.rejects(record.read('Patient', asha), /scopes of this app do not allow/)
})

test('a scope with search arguments reaches the rows that meet them', async () => {
  const laboratory = 'user/Observation.rs?category=laboratory'
  const id = await hospital.letIn({ id: 'laboratory-app', scopes: ['openid', laboratory] })
  const verifier = newVerifier()
  const page = await desk.open(addressOf({ client_id: id, scope: `openid ${laboratory}` }, verifier), {
    fromElsewhere: true,
  })
  const back = await desk.send(page, 'agree')
  const { body } = await exchange(
    { code: back.url.searchParams.get('code') ?? '', verifier },
    { client_id: id },
  )
  const record = await hospital.recordBy(String(body.access_token))

  const { matches, total } = await record.search('Observation', [['_total', 'accurate']])
  const wider = await desk.open(addressOf({ client_id: id, scope: 'openid user/Observation.rs' }), {
    fromElsewhere: true,
  })

  assert.match(page.text, /see results and vital signs \(only laboratory\)/)
  assert.deepEqual([matches.length, total], [2, 2])
  assert.equal(errorOf(wider), 'invalid_scope')
})

test('scopes of version 1 are those of version 2: read is reading and searching, and no more', async () => {
  const id = await hospital.letIn({
    id: 'version-1-app',
    scopes: ['openid', 'user/Observation.read', 'user/Patient.rs'],
  })
  const scope = 'openid user/Observation.read user/Patient.read'
  const verifier = newVerifier()
  const page = await desk.open(addressOf({ client_id: id, scope }, verifier), { fromElsewhere: true })
  const back = await desk.send(page, 'agree')
  const { body } = await exchange(
    { code: back.url.searchParams.get('code') ?? '', verifier },
    { client_id: id },
  )
  const token = String(body.access_token)
  const record = await hospital.recordBy(token)
  const actor = await kernel.identity.clients.tokenActor(token)
  assert.ok(actor)
  const may = (interaction: 'read' | 'search' | 'create' | 'update' | 'delete') =>
    kernel.identity.decide(actor, { kind: 'record', interaction, type: 'Observation' }).isAllowed
  const wider = await desk.open(addressOf({ client_id: id, scope: 'openid user/Observation.write' }), {
    fromElsewhere: true,
  })

  assert.equal(body.scope, scope)
  assert.equal((await record.read('Patient', asha))?.id, asha)
  assert.deepEqual((['read', 'search', 'create', 'update', 'delete'] as const).map(may), [
    true,
    true,
    false,
    false,
    false,
  ])
  assert.equal(errorOf(wider), 'invalid_scope')
})

test('tokens that are given and refused stand in the audit trail', async () => {
  const { body } = await exchange(await code())
  await exchange({ code: 'never-given', verifier: newVerifier() })
  await kernel.identity.stop()
  const rows = await kernel.database.query(sql<{ line: string }>`
    select concat_ws(' ', actor, outcome, resource_id, detail) as line
    from identity.audit
    where action = 'token'
    order by id desc
    limit 2`)
  assert.equal(typeof body.access_token, 'string')
  assert.deepEqual(
    rows.map(({ line }) => line),
    [
      `app/${app} refused ${app} invalid_grant authorization_code`,
      `user/${doctor.id} allowed ${app} openid user/Patient.rs`,
    ],
  )
})

test('a person through an app can do no more than he himself may', async () => {
  const wide = await hospital.letIn({ id: 'wide', scopes: ['openid', 'user/*.cruds'] })
  const page = await desk.open(addressOf({ client_id: wide, scope: 'openid user/*.cruds' }), {
    fromElsewhere: true,
  })
  const verifier = newVerifier()
  const again = await desk.open(addressOf({ client_id: wide, scope: 'openid user/*.cruds' }, verifier), {
    fromElsewhere: true,
  })
  assert.equal(page.status, 200)
  const back = await desk.send(again, 'agree')
  const { body } = await exchange(
    { code: back.url.searchParams.get('code') ?? '', verifier },
    { client_id: wide },
  )
  const actor = await kernel.identity.clients.tokenActor(String(body.access_token))
  assert.ok(actor)
  const mayDelete = kernel.identity.decide(actor, { kind: 'record', interaction: 'delete', type: 'Patient' })
  const mayAdminister = kernel.identity.decide(actor, { kind: 'permission', permission: 'chart.read' })
  assert.deepEqual([mayDelete.isAllowed, mayAdminister.isAllowed], [false, false])
})

test('signing out ends what an app could do without offline access', async () => {
  const browser = await hospital.atDesk()
  const verifier = newVerifier()
  const seen = await browser.open(addressOf({ scope: 'openid online_access user/Patient.rs' }, verifier), {
    fromElsewhere: true,
  })
  const back = seen.url.origin === issuer.origin ? await browser.send(seen, 'agree') : seen
  const { body } = await exchange({ code: back.url.searchParams.get('code') ?? '', verifier })
  await browser.signOut()
  kernel.runtime.advance(4_000)
  assert.equal(await kernel.identity.clients.tokenActor(String(body.access_token)), undefined)
  assert.equal((await refresh(body.refresh_token)).body.error, 'invalid_grant')
})

test('a page that asks cannot be framed and runs no script', async () => {
  const page = await desk.open(addressOf({ client_id: otherApp }), { fromElsewhere: true })
  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/)
  assert.doesNotMatch(page.text, /<script/i)
})

test('a key that was replaced is still published, the new one signs', async () => {
  const keys = async () => {
    const answer = (await (await fetch(new URL('/oauth2/jwks', issuer))).json()) as {
      keys: { kid: string; d?: string }[]
    }
    assert.ok(answer.keys.every(({ d }) => d === undefined))
    return answer.keys.map(({ kid }) => kid)
  }
  const before = await keys()
  await hospital.server.rotateKeys()
  const after = await keys()
  const { body } = await exchange(await code())
  const header = JSON.parse(
    Buffer.from(String(body.id_token).split('.')[0] ?? '', 'base64url').toString(),
  ) as { kid: string }
  assert.equal(after.length, before.length + 1)
  assert.ok(before.every((kid) => after.includes(kid)))
  assert.ok(!before.includes(header.kid))
})
