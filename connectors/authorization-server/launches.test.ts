/** Strict public clients get a token from the record (EHR launch) and by themselves (standalone launch), and keep it fresh. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWeb } from '@xinglin/web'
import * as openid from 'openid-client'
import { registerAuthorizationServer } from './authorization-server.ts'
import { callback, discovered, testHospital } from './testing/hospital.ts'
import { assertion, serviceKey } from './testing/service-keys.ts'

const hospital = await testHospital()
const { kernel, issuer, fhirBase, asha, visit } = hospital

type Request = { readonly client: string; readonly scope: string; readonly launch?: string }

/** An authorisation request of a strict client, with what it keeps until the answer. */
async function asking({ client, scope, launch }: Request) {
  const configuration = await discovered(hospital, client)
  const verifier = openid.randomPKCECodeVerifier()
  const state = openid.randomState()
  const address = openid.buildAuthorizationUrl(configuration, {
    ...{ redirect_uri: callback, scope, state, aud: fhirBase, ...(launch ? { launch } : {}) },
    ...{ code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
  })
  return {
    configuration,
    address: address.href,
    verifier,
    exchange: (answer: URL) =>
      openid.authorizationCodeGrant(configuration, answer, {
        pkceCodeVerifier: verifier,
        expectedState: state,
      }),
  }
}

test('an app that is launched from the record gets the patient and visit that were open', async () => {
  const client = await hospital.letIn({
    id: 'growth-chart',
    launchUrl: 'https://app.example.org/launch',
    scopes: [
      'launch',
      'openid',
      'fhirUser',
      'profile',
      'online_access',
      'patient/*.rs',
      'user/Practitioner.r',
    ],
  })
  const desk = await hospital.atDesk()
  const session = await kernel.identity.accounts.sessionActor(
    desk.cookies().find(({ name }) => name === 'xinglin_session')?.value ?? '',
  )
  assert.ok(session)
  const { url } = await kernel.identity.apps.launch(session, {
    ...{ app: client, patient: asha, encounter: visit, iss: fhirBase },
  })
  const launch = new URL(url).searchParams.get('launch') ?? ''
  const asked = await asking({ client, scope: 'launch openid profile online_access patient/*.rs', launch })

  const consent = await desk.open(asked.address, { fromElsewhere: true })
  const back = await desk.send(consent, 'agree')
  const tokens = await asked.exchange(back.url)

  assert.match(consent.text, /“Growth chart” asks for access to the record/)
  assert.deepEqual(
    [
      tokens.patient,
      tokens.encounter,
      tokens.scope,
      tokens.token_type,
      tokens.expires_in,
      tokens.claims()?.name,
    ],
    [asha, visit, 'launch openid profile online_access patient/*.rs', 'bearer', 900, 'lin.mei'],
  )
  assert.equal((await (await hospital.recordBy(tokens.access_token)).read('Patient', asha))?.id, asha)
  const refreshed = await openid.refreshTokenGrant(asked.configuration, tokens.refresh_token ?? '')
  assert.equal(refreshed.patient, asha)
  assert.equal((await (await hospital.recordBy(refreshed.access_token)).read('Patient', asha))?.id, asha)
})

test('an app that starts by itself has the person sign in and choose a patient and a visit', async () => {
  const client = await hospital.letIn({
    id: 'ward-notes',
    scopes: ['openid', 'launch/patient', 'launch/encounter', 'offline_access', 'patient/Observation.rs'],
  })
  const asked = await asking({
    client,
    scope: 'openid launch/patient launch/encounter offline_access patient/Observation.rs',
  })
  const browser = hospital.browser()

  const signIn = await browser.open(asked.address, { fromElsewhere: true })
  await browser.signIn('lin.mei', hospital.password)
  const finder = await browser.open(signIn.url.searchParams.get('continue') ?? '')
  const found = await browser.send(finder, 'find', { text: 'Rao' })
  const visits = await browser.send(found, 'patient', { chosen: asha })
  const consent = await browser.send(visits, 'encounter', { chosen: visit })
  const back = await browser.send(consent, 'agree')
  const tokens = await asked.exchange(back.url)

  assert.match(found.text, /Asha Rao|Rao Asha/)
  assert.match(consent.text, /Patient: Rao Asha/)
  assert.deepEqual([tokens.patient, tokens.encounter], [asha, visit])
  assert.ok(tokens.refresh_token)
  await browser.signOut()
  const later = await openid.refreshTokenGrant(asked.configuration, tokens.refresh_token)
  assert.equal(later.patient, asha)
})

test('discovery names the endpoints, the one challenge method and the capabilities of SMART', async () => {
  const documents = await Promise.all(
    ['/.well-known/openid-configuration', '/fhir/R4/.well-known/smart-configuration'].map(async (path) => {
      const document: unknown = await (await fetch(new URL(path, issuer))).json()
      return document as Record<string, unknown>
    }),
  )
  const base = issuer.href.replace(/\/$/, '')
  for (const document of documents) {
    assert.equal(document.issuer, base)
    assert.equal(document.authorization_endpoint, `${base}/oauth2/authorize`)
    assert.equal(document.token_endpoint, `${base}/oauth2/token`)
    assert.equal(document.jwks_uri, `${base}/oauth2/jwks`)
    assert.deepEqual(document.code_challenge_methods_supported, ['S256'])
  }
})

test('a code that one process gave is exchanged at another; an app with a key proves itself', async () => {
  const key = await serviceKey('ES384', 'app-key')
  const scopes = ['openid', 'online_access', 'user/Patient.rs']
  const client = await hospital.letIn({
    ...{ id: 'server-app', kind: 'confidential', scopes },
    jwks: { keys: [key.publicJwk] },
  })
  const second = await createWeb({ ...kernel, bind: '127.0.0.1', port: 0 })
  await registerAuthorizationServer({ ...kernel, web: second }, { issuer: kernel.baseUrl })
  const { port } = await second.listen()
  const { browser, asked } = {
    browser: await hospital.atDesk(),
    asked: await asking({ client, scope: scopes.join(' ') }),
  }
  const consent = await browser.open(asked.address, { fromElsewhere: true })
  const back = await browser.send(consent, 'agree')
  const exchange = async (proof: Record<string, string>) => {
    const form = new URLSearchParams({
      ...{
        grant_type: 'authorization_code',
        redirect_uri: callback,
        code: back.url.searchParams.get('code') ?? '',
      },
      ...{ code_verifier: asked.verifier, ...proof },
    })
    const answer = await fetch(`http://127.0.0.1:${port}/oauth2/token`, { method: 'POST', body: form })
    return (await answer.json()) as Record<string, unknown>
  }

  const unproved = await exchange({ client_id: client })
  const proved = await exchange({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(key, { iss: client, aud: `${issuer.origin}/oauth2/token` }),
  })
  await second.close()

  assert.equal(unproved.error, 'invalid_client')
  assert.equal(proved.scope, scopes.join(' '))
  assert.equal((await (await hospital.recordBy(String(proved.access_token))).read('Patient', asha))?.id, asha)
})

test('a new password ends what apps could do without the person', async () => {
  const scopes = ['openid', 'offline_access', 'user/Patient.rs']
  const client = await hospital.letIn({ id: 'mobile-app', scopes })
  const browser = await hospital.atDesk()
  const asked = await asking({ client, scope: scopes.join(' ') })
  const back = await browser.send(await browser.open(asked.address, { fromElsewhere: true }), 'agree')
  const tokens = await asked.exchange(back.url)
  const { actor } = await kernel.identity.accounts.signIn({ login: 'lin.mei', password: hospital.password })

  await kernel.identity.accounts.changePassword(actor, { current: hospital.password, next: 'Maple-73-river' })

  const refused = await openid.refreshTokenGrant(asked.configuration, tokens.refresh_token ?? '').then(
    () => 'given',
    (error: unknown) => (error instanceof openid.ResponseBodyError ? error.error : String(error)),
  )
  assert.equal(refused, 'invalid_grant')
})
