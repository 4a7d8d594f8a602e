/** What an attacker or a broken provider may send at the door of single sign-on, and the exact refusal of each (RFC 9700, OpenID Connect Core 1.0 §3.1.3.7). */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { base64url, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { type Bend, startBentProvider } from './testing/bent-provider.ts'
import { createBrowser } from './testing/browser.ts'
import { oidcProvider, testHospital } from './testing/hospital.ts'

const hospital = await testHospital()
const { home, upstream, kernel } = hospital
const person = { sub: 'a1', preferred_username: 'lin.mei', name: 'Lin Mei', groups: ['/nurses'] }
const bent = await startBentProvider(person)
const other = await startBentProvider(person)
const nurses = [{ group: '/nurses', role: 'nurse' }]
await hospital.set(oidcProvider('sso', { issuer: bent.issuer }), nurses)
await hospital.set(oidcProvider('other', { issuer: other.issuer }), nurses)

const start = '/api/session/upstream/sso/start'
const isPage = (url: URL) => url.origin === home && !url.pathname.startsWith('/api/')
const isCallback = (url: URL) => url.pathname.endsWith('/callback')
/** Where the browser ends up, and whether somebody is signed in there. */
async function endOf(browser = createBrowser(home), at = start): Promise<string> {
  const { url } = await browser.open(at, isPage)
  const { status } = await browser.call('/api/session')
  return `${url.searchParams.get('failure') ?? url.pathname} ${status}`
}
async function bentEnd(how: Bend): Promise<string> {
  bent.bend(how)
  try {
    return await endOf()
  } finally {
    bent.bend({})
  }
}
const claim = (change: Record<string, unknown>) => (claims: object) => ({ ...claims, ...change })
const nowSeconds = () => Math.floor(Date.now() / 1_000)

test('what is right gets in', async () => {
  equal(await endOf(), '/ 200')
})

test('no ID token gets in that is bent in one place', async () => {
  const strange = await generateKeyPair('RS256')
  const strangeKey = { ...(await exportJWK(strange.publicKey)), kid: '1' }
  const cases: Readonly<Record<string, readonly [how: Bend, refusal: string]>> = {
    'a nonce of another sign-in': [{ claims: claim({ nonce: 'another' }) }, 'upstream.nonce'],
    'no nonce': [{ claims: ({ nonce, ...claims }) => claims }, 'upstream.nonce'],
    'another issuer': [{ claims: claim({ iss: other.issuer }) }, 'upstream.issuer'],
    'another audience': [{ claims: claim({ aud: 'another-app' }) }, 'upstream.audience'],
    'a further audience that nobody knows': [
      { claims: claim({ aud: ['xinglin', 'another-app'] }) },
      'upstream.audience',
    ],
    'made for another party': [
      { claims: claim({ aud: ['xinglin', 'another-app'], azp: 'another-app' }) },
      'upstream.audience',
    ],
    expired: [{ claims: claim({ exp: nowSeconds() - 300, iat: nowSeconds() - 600 }) }, 'upstream.expired'],
    'without an end': [{ claims: ({ exp, ...claims }) => claims }, 'upstream.expired'],
    'from the future': [{ claims: claim({ nbf: nowSeconds() + 600 }) }, 'upstream.too-early'],
    'without a person': [{ claims: ({ sub, ...claims }) => claims }, 'upstream.subject'],
    'alg none': [{ token: (claims) => new UnsecuredJWT(claims).encode() }, 'upstream.signature'],
    'alg none with a kid': [
      {
        token: (claims) =>
          `${base64url.encode('{"alg":"none","kid":"1"}')}.${base64url.encode(JSON.stringify(claims))}.`,
      },
      'upstream.signature',
    ],
    'signed by a strange key under a known name': [
      {
        token: (claims) =>
          new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: '1' }).sign(strange.privateKey),
      },
      'upstream.signature',
    ],
    'bringing its own key along': [
      {
        token: (claims) =>
          new SignJWT(claims)
            .setProtectedHeader({ alg: 'RS256', kid: '1', jwk: strangeKey })
            .sign(strange.privateKey),
      },
      'upstream.signature',
    ],
    'signed with the public key as a secret': [
      {
        token: (claims) =>
          new SignJWT(claims)
            .setProtectedHeader({ alg: 'HS256', kid: '1' })
            .sign(new TextEncoder().encode(JSON.stringify(strangeKey))),
      },
      'upstream.signature',
    ],
    'signed with our client secret': [
      {
        token: (claims) =>
          new SignJWT(claims)
            .setProtectedHeader({ alg: 'HS256' })
            .sign(new TextEncoder().encode('Juniper-and-Linden-9')),
      },
      'upstream.signature',
    ],
    'changed after it was signed': [
      {
        token: async (claims, sign) => {
          const [head = '', , signature = ''] = (await sign(claims)).split('.')
          return [head, base64url.encode(JSON.stringify({ ...claims, sub: 'root' })), signature].join('.')
        },
      },
      'upstream.signature',
    ],
    'of a key that is gone': [
      { token: (claims, sign) => sign(claims, { kid: 'gone' }) },
      'upstream.signature',
    ],
    'no ID token at all': [{ token: () => '' }, 'upstream.answer'],
  }
  const ends: Record<string, string> = {}
  for (const [name, [how]] of Object.entries(cases)) ends[name] = await bentEnd(how)

  const expected = Object.entries(cases).map(([name, [, refusal]]) => [name, `${refusal} 401`])
  deepEqual(ends, Object.fromEntries(expected))
  const codes = Object.values(cases).map(([, refusal]) => refusal)
  deepEqual(await hospital.failures('sso', codes.length), codes.toReversed())
})

test('no answer gets in that another provider could have given', async () => {
  deepEqual(
    [
      // RFC 9207 §2.4: which provider answers.
      await bentEnd({ answer: (query) => query.set('iss', other.issuer) }),
      await bentEnd({ answer: (query) => query.delete('iss') }),
      await bentEnd({ userinfo: { sub: 'root' }, claims: ({ groups, ...claims }) => claims }),
    ],
    ['upstream.issuer 401', 'upstream.issuer 401', 'upstream.subject 401'],
  )
})

test('a provider that fails is told from one that refuses', async () => {
  const answer = (status: number, body: string) => (response: import('node:http').ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }
  deepEqual(
    [
      await bentEnd({ tokenEndpoint: answer(400, '{"error":"invalid_grant"}') }),
      await bentEnd({ tokenEndpoint: answer(401, '{"error":"invalid_client"}') }),
      await bentEnd({ tokenEndpoint: answer(200, '{"access_token":1}') }),
      await bentEnd({ tokenEndpoint: answer(200, 'x'.repeat(600_000)) }),
      await bentEnd({ tokenEndpoint: (response) => response.destroy() }),
      await bentEnd({ keys: answer(200, '{"keys":"none"}') }),
      await bentEnd({ answer: (query) => query.set('error', 'login_required') }),
      await bentEnd({ answer: (query) => query.delete('code') }),
    ],
    [
      'upstream.code 401',
      'upstream.client 401',
      'upstream.answer 401',
      'upstream.answer 401',
      'upstream.unreachable 401',
      'upstream.answer 401',
      'upstream.refused-there 401',
      'upstream.answer 401',
    ],
  )
})

test('a code and a state are good once, in the browser that asked, for ten minutes', async () => {
  const browser = createBrowser(home)
  const { url } = await browser.open(start, isCallback)
  const stranger = createBrowser(home)

  const elsewhere = await endOf(stranger, url.href)
  const afterElsewhere = await endOf(browser, url.href)
  const fresh = await browser.open(start, isCallback)
  const first = await endOf(browser, fresh.url.href)
  await browser.call('/api/session', { method: 'DELETE' })
  const replayed = await endOf(browser, fresh.url.href)
  const stateless = await endOf(createBrowser(home), fresh.url.href.replace(/state=[^&]+/, 'state='))
  const late = await browser.open(start, isCallback)
  kernel.runtime.advance(11 * 60_000)
  const tooLate = await endOf(browser, late.url.href)
  kernel.runtime.advance(-11 * 60_000)

  deepEqual(
    { elsewhere, afterElsewhere, first, replayed, stateless, tooLate },
    {
      elsewhere: 'upstream.state 401',
      // A state that a stranger tried is used up: the person begins again.
      afterElsewhere: 'upstream.state 401',
      first: '/ 200',
      replayed: 'upstream.state 401',
      stateless: 'upstream.state 401',
      tooLate: 'upstream.state 401',
    },
  )
})

test('a code of one sign-in does not fit the state of another (login CSRF, code injection)', async () => {
  const attacker = createBrowser(home)
  const theirs = (await attacker.open(start, isCallback)).url
  const victim = createBrowser(home)
  const own = (await victim.open(start, isCallback)).url

  const whole = await endOf(createBrowser(home), theirs.href)
  const injected = new URL(own)
  injected.searchParams.set('code', theirs.searchParams.get('code') ?? '')
  const code = await endOf(victim, injected.href)
  const mixed = (await victim.open(start, isCallback)).url.href.replace('/sso/', '/other/')

  // PKCE: the verifier is of another sign-in, so the provider gives nothing for the code.
  deepEqual(
    [whole, code, await endOf(victim, mixed)],
    ['upstream.state 401', 'upstream.code 401', 'upstream.state 401'],
  )
})

test('a session that somebody planted before is not the one that is entered', async () => {
  const browser = createBrowser(home)
  await browser.open(start, isPage)
  const before = browser.cookies().find(({ name }) => name === 'xinglin_session')?.value
  await browser.open(start, isPage)
  const after = browser.cookies().find(({ name }) => name === 'xinglin_session')?.value
  equal(before !== undefined && after !== undefined && before !== after, true)
})

test('signing in leads to no other site', async () => {
  const places = [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/%09/evil.example',
    'javascript:alert(1)',
    '/api/session/upstream/sso/start',
    '\t//evil.example',
    '/chart?patient=1',
  ]
  const ends: string[] = []
  for (const back of places) {
    const { url } = await createBrowser(home).open(`${start}?${new URLSearchParams({ back })}`, isPage)
    ends.push(url.href.replace(home, ''))
  }
  deepEqual(ends, ['/', '/', '/', '/%09/evil.example', '/', '/', '/', '/chart?patient=1'])
})

test('keys that were rotated a moment ago are known', async () => {
  await bent.rotate()
  equal(await endOf(), '/ 200')
})

test('a provider that changed its issuer, or one that is switched off or unknown, signs nobody in', async () => {
  await upstream.save(hospital.administrator, oidcProvider('moved', { issuer: `${bent.issuer}/realms/x` }))
  await upstream.save(hospital.administrator, {
    ...oidcProvider('off', { issuer: bent.issuer }),
    isEnabled: false,
  })
  const statusOf = async (id: string) => {
    const { status, url } = await createBrowser(home).open(`/api/session/upstream/${id}/start`, isPage)
    return url.searchParams.get('failure') ?? status
  }
  deepEqual(
    [await statusOf('moved'), await statusOf('off'), await statusOf('nobody')],
    ['upstream.issuer', 404, 404],
  )
})

test('a logout token ends sessions only where it is right in every place', async () => {
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  const right = () => ({
    ...{ iss: bent.issuer, aud: 'xinglin', iat: nowSeconds(), jti: crypto.randomUUID(), sub: 'a1' },
    events: event,
  })
  const send = async (token: string) => {
    const response = await fetch(`${home}/api/session/upstream/sso/logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
    })
    return response.status
  }
  const signed = async (change: Record<string, unknown>, header = {}) =>
    send(await bent.sign({ ...right(), ...change }, header))
  const browser = createBrowser(home)
  await browser.open(start, isPage)

  const refused = [
    await send(''),
    await send('no.token.atall'),
    await send(new UnsecuredJWT(right()).encode()),
    await send(await other.sign(right())),
    await signed({ iss: other.issuer }),
    await signed({ aud: 'another-app' }),
    await signed({ iat: nowSeconds() - 3_600 }),
    await signed({ nonce: 'of an ID token' }),
    await signed({ events: {} }),
    await signed({ sub: undefined }),
    await signed({ jti: undefined }),
  ]
  const still = (await browser.call('/api/session')).status
  const token = await bent.sign(right())
  const taken = await send(token)
  const replayed = await send(token)

  deepEqual(refused, Array(11).fill(400))
  deepEqual([still, taken, (await browser.call('/api/session')).status, replayed], [200, 200, 401, 409])
})
