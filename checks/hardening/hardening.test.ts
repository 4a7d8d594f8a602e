/**
 * An attacker at every address of the platform (OWASP ASVS 5.0): routes are taken from the server itself, so that one that
 * is added later is attacked too. Each test is one kind of attack; what it finds is a list of routes, empty when all hold.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { administration } from '@xinglin/administration/server'
import { chart } from '@xinglin/chart/server'
import { compliance } from '@xinglin/compliance/server'
import { dicomMigrations, registerDicomWeb } from '@xinglin/dicom-node'
import { bulkMigrations, registerFhirApi, subscriptionsMigrations } from '@xinglin/fhir-api'
import { imaging } from '@xinglin/imaging/server'
import { integration } from '@xinglin/integration/server'
import { recordExplorer } from '@xinglin/record-explorer/server'
import { testKernel } from '@xinglin/testkit'

type Route = { readonly method: string; readonly url: string }
const routes: Route[] = []
const password = 'Apricot-Grove-2026'

const kernel = await testKernel({
  apps: [administration, chart, compliance, imaging, integration, recordExplorer],
  migrations: [dicomMigrations, subscriptionsMigrations, bulkMigrations],
  limits: { anonymousRequestsPerSecond: 1_000_000, signInsPerMinute: 1_000_000 },
  async register(each) {
    each.web.http.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat())
        if (one !== 'HEAD') routes.push({ method: one, url: url.replaceAll('*', 'x') })
    })
    const subscriptions = { baseUrl: 'http://hospital.test/fhir/R4', networks: [], attempts: 3 }
    registerFhirApi(each, { subscriptions, importOrigins: ['https://files.hospital.test'] })
    await registerDicomWeb(each)
  },
})
const { http } = kernel.web
await kernel.identity.ensureAdministrator({ password })
const client = await kernel.authorisation()
const signedIn = await http.inject({
  method: 'POST',
  url: '/api/session',
  payload: { login: 'admin', password },
})
const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
const session = { cookie, 'x-xinglin': '1' }
const filled = ({ url }: Route) => url.replaceAll(/:[A-Za-z]+(\([^)]*\))?/g, 'x')
const isSafe = ({ method }: Route) => ['GET', 'HEAD', 'OPTIONS'].includes(method)

type Asked = { headers?: Record<string, string>; payload?: string | Buffer | object }
const ask = (method: string, url: string, asked: Asked = {}) =>
  http.inject({ method: method as 'GET', url, ...asked })

/** 401; or that the request has no sense for anybody, which some addresses say first. */
const refusals = [400, 401, 404, 405, 415]

/** Told to everybody, so that clients can begin: what this server can do, and how one signs in. */
const open = new Set([
  'GET /fhir/R4/metadata',
  'GET /fhir/R4/.well-known/smart-configuration',
  // Nothing, but to a browser that bears the cookie of a ward's terminal.
  'GET /api/terminal',
])

test('no address but those listed answers a request without credentials', async () => {
  const answered: string[] = []
  for (const route of routes) {
    const { statusCode } = await ask(route.method, filled(route))
    const name = `${route.method} ${route.url}`
    if (!refusals.includes(statusCode) && !open.has(name)) answered.push(`${name} ${statusCode}`)
  }
  assert.ok(routes.length > 100, `${routes.length} routes are attacked`)
  assert.deepEqual(answered, [])
})

test('a foreign page cannot make a signed-in browser change anything', async () => {
  const taken: string[] = []
  for (const route of routes.filter((each) => !isSafe(each))) {
    const headers = { cookie, origin: 'https://elsewhere.example', 'content-type': 'text/plain' }
    const { statusCode } = await ask(route.method, filled(route), { headers, payload: '{}' })
    if (![403, 404, 405].includes(statusCode)) taken.push(`${route.method} ${route.url} ${statusCode}`)
  }
  assert.deepEqual(taken, [])
})

test('every answer tells browsers to be strict, and none tells what the server is made of', async () => {
  const loose: string[] = []
  for (const route of routes.filter(isSafe)) {
    const { headers } = await ask('GET', filled(route), { headers: client })
    const policy = String(headers['content-security-policy'])
    const isStrict =
      headers['x-content-type-options'] === 'nosniff' &&
      headers['referrer-policy'] === 'no-referrer' &&
      policy.includes("frame-ancestors 'none'") &&
      policy.startsWith("default-src 'none'") &&
      !headers.server &&
      !headers['x-powered-by'] &&
      !headers['access-control-allow-origin']
    if (!isStrict) loose.push(route.url)
  }
  assert.deepEqual(loose, [])
})

test('no path leads out of its folder or past its owner', async () => {
  const paths = [
    '../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/etc/passwd',
    '..\\..\\boot.ini',
    '%00',
    '....//x',
  ]
  const prefixes = [
    '/',
    '/fhir/R4/Patient/',
    '/fhir/R4/Binary/',
    '/dicom-web/studies/',
    '/api/imaging/',
    '/assets/',
  ]
  const reached: string[] = []
  for (const prefix of prefixes)
    for (const path of paths) {
      const answer = await ask('GET', `${prefix}${path}`, { headers: client })
      if (answer.statusCode < 400 || answer.statusCode >= 500 || answer.body.includes('root:'))
        reached.push(`${prefix}${path} ${answer.statusCode}`)
    }
  assert.deepEqual(reached, [])
})

test('a body that reaches into prototypes is refused everywhere and changes no object', async () => {
  const bodies = [
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '[{"a":{"__proto__":{"polluted":1}}}]',
  ]
  const taken: string[] = []
  for (const route of routes.filter((each) => !isSafe(each)))
    for (const payload of bodies) {
      const headers = { ...session, 'content-type': 'application/json' }
      const { statusCode } = await ask(route.method, filled(route), { headers, payload })
      if (statusCode < 400 || statusCode >= 500) taken.push(`${route.method} ${route.url} ${statusCode}`)
    }
  await ask('GET', '/fhir/R4/Patient?__proto__[polluted]=1&constructor.prototype.polluted=1', {
    headers: client,
  })
  assert.deepEqual(taken, [])
  assert.equal('polluted' in {}, false)
})

test('bombs are refused before they are unpacked: nesting, compression, entities', async () => {
  const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
  const json = { ...client, 'content-type': 'application/fhir+json' }
  const laughs = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "${'ha'.repeat(100)}">]><Patient xmlns="http://hl7.org/fhir"><id value="&a;"/></Patient>`
  const statuses = [
    (await ask('POST', '/fhir/R4/Patient', { headers: json, payload: deep })).statusCode,
    (
      await ask('POST', '/fhir/R4/Patient', {
        headers: { ...json, 'content-encoding': 'gzip' },
        payload: gzipSync(Buffer.alloc(20 * 1024 * 1024, ' ')),
      })
    ).statusCode,
    (
      await ask('POST', '/fhir/R4/Patient', {
        headers: { ...client, 'content-type': 'application/fhir+xml' },
        payload: laughs,
      })
    ).statusCode,
  ]
  assert.deepEqual(statuses, [400, 415, 400])
})

test('texts that make careless regular expressions run for ever are answered', async () => {
  const words = [
    'a'.repeat(5_000),
    '0'.repeat(5_000),
    `${'-'.repeat(5_000)}!`,
    ' '.repeat(5_000),
    `${'1.'.repeat(2_500)}x`,
  ]
  const places = [
    ...[
      '_id',
      'name',
      'birthdate',
      'identifier',
      '_lastUpdated',
      '_filter',
      '_sort',
      '_has:Observation:patient:code',
    ].map(
      (name) => (word: string) =>
        ask('GET', `/fhir/R4/Patient?${name}=${encodeURIComponent(word)}`, { headers: client }),
    ),
    (word: string) => ask('GET', '/fhir/R4/Patient', { headers: { ...client, accept: word } }),
    (word: string) => ask('GET', '/fhir/R4/Patient', { headers: { authorization: `Bearer ${word}` } }),
    (word: string) => ask('GET', '/fhir/R4/Patient', { headers: { cookie: `xinglin_session=${word}` } }),
    (word: string) => ask('POST', '/api/session', { payload: { login: word, password: word } }),
  ]
  const failed: string[] = []
  for (const [index, place] of places.entries())
    for (const word of words) {
      const { statusCode } = await place(word)
      if (statusCode >= 500) failed.push(`place ${index}, ${word.slice(0, 4)} ${statusCode}`)
    }
  assert.deepEqual(failed, [])
})

test('the platform calls nobody inside the house for a subscription or an import', async () => {
  const targets = [
    'http://127.0.0.1:1/',
    'https://localhost/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data',
    'https://2130706433/',
    'https://0x7f.1/',
    'file:///etc/passwd',
    'gopher://10.0.0.1/',
    'https://user:password@10.0.0.1/',
  ]
  const taken: string[] = []
  for (const endpoint of targets) {
    const subscription = {
      resourceType: 'Subscription',
      status: 'requested',
      reason: 'attack',
      criteria: 'urn:xinglin:topic:admission',
      channel: { type: 'rest-hook', endpoint, payload: 'application/fhir+json' },
    }
    const written = await ask('POST', '/fhir/R4/Subscription', {
      headers: { ...client, 'content-type': 'application/fhir+json' },
      payload: subscription,
    })
    const input = {
      name: 'input',
      part: [
        { name: 'type', valueCode: 'Patient' },
        { name: 'url', valueUrl: endpoint },
      ],
    }
    const imported = await ask('POST', '/fhir/R4/$import', {
      headers: { ...client, 'content-type': 'application/fhir+json', prefer: 'respond-async' },
      payload: {
        resourceType: 'Parameters',
        parameter: [{ name: 'inputFormat', valueCode: 'application/fhir+ndjson' }, input],
      },
    })
    for (const { statusCode } of [written, imported])
      if (statusCode < 400 || statusCode >= 500) taken.push(`${endpoint} ${statusCode}`)
  }
  assert.deepEqual(taken, [])
})

test('members of a body that nobody asked for are not taken: no tenant, no rights, no password of another', async () => {
  const made = await ask('POST', '/api/administration/people', {
    headers: session,
    payload: {
      login: 'mallory',
      display: 'Mallory',
      roles: ['nurse'],
      tenant: 2,
      mustChangePassword: false,
      passwordHash: 'x',
      permissions: ['*'],
      id: 'admin',
    },
  })
  const { people } = (
    await ask('GET', '/api/administration/people?text=mallory', { headers: session })
  ).json()
  const patient = await ask('POST', '/fhir/R4/Patient', {
    headers: { ...client, 'content-type': 'application/fhir+json' },
    payload: {
      resourceType: 'Patient',
      id: 'chosen',
      meta: { versionId: '99', lastUpdated: '1990-01-01T00:00:00Z' },
    },
  })

  assert.equal(made.statusCode, 201)
  assert.deepEqual(
    people.map(({ login, roles, mustChangePassword }: Record<string, unknown>) => [
      login,
      roles,
      mustChangePassword,
    ]),
    [['mallory', ['nurse'], true]],
  )
  assert.equal(patient.statusCode, 201)
  const { id, meta } = patient.json()
  assert.deepEqual(
    [id === 'chosen', meta.versionId, meta.lastUpdated.startsWith('1990')],
    [false, '1', false],
  )
})

test('an account is locked by wrong passwords, whatever address they come from', async () => {
  const guess = (word: string) =>
    ask('POST', '/api/session', { payload: { login: 'mallory', password: word } })
  const statuses: number[] = []
  for (let guesses = 0; guesses < 7; guesses++)
    statuses.push((await guess(`Guess-${guesses}-word`)).statusCode)

  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429])
})

test('one client that floods is slowed, the others are not', async () => {
  const slow = await testKernel({ limits: { actorRequestsPerSecond: 1 } })
  const flooding = await slow.authorisation(['system/Patient.rs'])
  const calm = await slow.authorisation(['system/Observation.rs'])
  const statusOf = async (headers: Record<string, string>) =>
    (await slow.web.http.inject({ url: '/api/session', headers })).statusCode

  const statuses: number[] = []
  for (let requests = 0; requests < 12; requests++) statuses.push(await statusOf(flooding))
  assert.equal(statuses.includes(429), true)
  assert.equal(await statusOf(calm), 200)
})
