/** Signing in by a real OpenID provider, from our page to theirs and back, and out again. */
import { deepEqual, equal } from 'node:assert/strict'
import { after, test } from 'node:test'
import { createBrowser } from './testing/browser.ts'
import { oidcProvider, testHospital } from './testing/hospital.ts'
import { startSignOn } from './testing/sign-on.ts'

const hospital = await testHospital()
const { home, kernel, administrator, upstream } = hospital
const signOn = await startSignOn({
  members: {
    'lin.mei': { subject: 'a1', password: 'Plum', name: 'Lin Mei', groups: ['/nurses', '/all'] },
    'chen.bo': { subject: 'b2', password: 'Pear', name: 'Chen Bo', groups: ['/all'] },
  },
  redirectUri: hospital.redirectUri('keycloak'),
  logoutUri: `${home}/api/session/upstream/keycloak/logout`,
  afterLogout: `${home}/`,
})
after(() => signOn.stop())
await hospital.set(oidcProvider('keycloak', { issuer: signOn.issuer }), [
  { group: '/nurses', role: 'nurse' },
  { group: '/doctors', role: 'clinician' },
])

const start = '/api/session/upstream/keycloak/start'
const isHome = (url: URL) => url.origin === home && !url.pathname.startsWith('/api/')
const signIn = async (login: string, password: string, at = start) => {
  const browser = createBrowser(home)
  const page = await browser.open(at)
  const seen = await browser.send(page, { login, password }, isHome)
  return { browser, seen }
}
const me = async (browser: ReturnType<typeof createBrowser>) => {
  const { status, body } = await browser.call('/api/session')
  return status === 200 ? (body as { display: string; roles: string[] }) : status
}

test('somebody signs in at the provider and is here with the roles of his groups', async () => {
  const { browser, seen } = await signIn('lin.mei', 'Plum', `${start}?back=/chart%3Fpatient=1`)

  equal(seen.url.href, `${home}/chart?patient=1`)
  const known = await me(browser)
  deepEqual(typeof known === 'object' && [known.display, known.roles], ['Lin Mei', ['nurse']])
  deepEqual(
    browser
      .cookies()
      .filter(({ host }) => home.endsWith(host))
      .map(({ name, site }) => [name, site]),
    [['xinglin_session', 'strict']],
  )
})

test('a group that was taken away takes its role at the next sign-in; without any the door stays shut, in words', async () => {
  const { members } = signOn
  const lin = members.get('lin.mei')
  if (!lin) throw new Error('lin.mei is unknown')
  members.set('lin.mei', { ...lin, groups: ['/doctors'] })
  const { browser } = await signIn('lin.mei', 'Plum')
  const known = await me(browser)
  members.set('lin.mei', lin)
  const { seen } = await signIn('chen.bo', 'Pear')

  deepEqual(typeof known === 'object' && known.roles, ['clinician'])
  equal(seen.url.href, `${home}/?sign-in=keycloak&failure=upstream.no-role`)
})

test('who gives up at the provider is told so', async () => {
  const browser = createBrowser(home)
  const page = await browser.open(start)
  const seen = await browser.send(page, { cancel: '1' }, isHome)
  equal(seen.url.search, '?sign-in=keycloak&failure=upstream.refused-there')
  deepEqual(await hospital.failures('keycloak', 1), ['upstream.refused-there'])
})

test('signing out here leads on to the provider, whose session ends too', async () => {
  const { browser } = await signIn('lin.mei', 'Plum')
  const { body } = await browser.call('/api/session/upstream', { method: 'DELETE' })
  const { continueAt } = body as { continueAt: string }

  equal(await me(browser), 401)
  const asked = new URL(continueAt)
  deepEqual(
    [
      asked.origin,
      asked.searchParams.get('post_logout_redirect_uri'),
      asked.searchParams.has('id_token_hint'),
    ],
    [signOn.issuer, `${home}/`, true],
  )
})

test('signing out at the provider ends the session here (back-channel logout)', async () => {
  const first = await signIn('lin.mei', 'Plum')
  const other = await signIn('lin.mei', 'Plum')
  const before = signOn.told.length

  const page = await first.browser.open(`${signOn.issuer}/session/end`)
  const form = Object.fromEntries(
    [...page.text.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
  const confirm = /action="([^"]+)"/.exec(page.text)?.[1] ?? ''
  await first.browser.send({ ...page, url: new URL(confirm) }, { ...form, logout: 'yes' })

  deepEqual(signOn.told.slice(before), [200])
  deepEqual([await me(first.browser), typeof (await me(other.browser))], [401, 'object'])
})

test('a sign-in that needs a second factor here shows it on our page, and the ticket is in no address', async () => {
  const { browser: desk } = await signIn('lin.mei', 'Plum')
  const added = await desk.call('/api/session/factors/authenticator', { method: 'POST', body: {} })
  const { id, secret } = added.body as { id: string; secret: string }
  const { Secret, TOTP } = await import('otpauth')
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({
    timestamp: Date.parse(kernel.runtime.now()),
  })
  await desk.call('/api/session/factors/authenticator/code', { method: 'POST', body: { id, code } })

  const { browser, seen } = await signIn('lin.mei', 'Plum')
  const waiting = await browser.call('/api/session/upstream/awaiting', { method: 'POST', body: {} })
  const again = await browser.call('/api/session/upstream/awaiting', { method: 'POST', body: {} })

  equal(seen.url.search, '?sign-in=keycloak&awaits=proof&back=%2F')
  equal(await me(browser), 401)
  const { awaits, methods } = waiting.body as { awaits: string; methods: string[] }
  deepEqual([waiting.status, awaits, methods, again.status], [200, 'proof', ['totp', 'recovery-code'], 404])
})

test('a provider is tried step by step, and what it lacks is said', async () => {
  const { steps } = await upstream.probe(administrator, { id: 'keycloak' })
  deepEqual(
    steps.map(({ name, isDone }) => `${name} ${isDone}`),
    [
      'discovery true',
      'pkce true',
      'keys true',
      'scopes true',
      'logout true',
      'back-channel logout true',
      'redirect address true',
    ],
  )
  await hospital.set(oidcProvider('gone', { issuer: 'http://127.0.0.1:9' }))
  await hospital.set(oidcProvider('inside', { issuer: 'http://169.254.169.254/latest' }))
  await hospital.set(oidcProvider('loopback', { issuer: 'http://[::1]:8080' }))
  const detailOf = async (id: string) => (await upstream.probe(administrator, { id })).steps[0]?.detail
  deepEqual(
    [await detailOf('gone'), await detailOf('inside'), await detailOf('loopback')],
    [
      'the provider does not answer · ECONNREFUSED',
      'the provider does not answer · EACCES',
      'the provider does not answer · EACCES',
    ],
  )
})
