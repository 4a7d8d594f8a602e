/** The web server over a real kernel: sessions, tokens, refusals, limits and errors as clients meet them. */

import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { conflict } from '@xinglin/fhir'
import { testKernel } from '@xinglin/testkit'
import { requireActor } from './web.ts'

const password = 'Apricot-Grove-2026'
const kernel = await testKernel({
  listen: true,
  limits: { anonymousRequestsPerSecond: 40, signInsPerMinute: 30, bodyBytes: 10_000 },
  register({ web }) {
    web.http.get('/api/beds', (request) => ({ seen: requireActor(request).reference }))
    web.http.get('/api/why', (request) => ({ purpose: requireActor(request).purpose }))
    web.http.post('/api/beds', (request) => ({ taken: request.body, bytes: request.rawBody?.length }))
    web.http.get('/api/long', () => ({ text: '床'.repeat(2_000) }))
    web.http.get('/api/occupied', () => {
      throw conflict('bed 12 is occupied', { code: 'ward.bed-occupied', at: 'Encounter.location' })
    })
    web.http.get('/api/broken', () => {
      throw new Error('张三 has no bed')
    })
  },
})
const { http } = kernel.web
await kernel.identity.ensureAdministrator({ password })
const client = await kernel.authorisation()
const session = await signIn()

test('a wrong password is refused with an OperationOutcome and no cookie', async () => {
  const answer = await http.inject({
    method: 'POST',
    url: '/api/session',
    payload: { login: 'admin', password: 'x' },
  })

  equal(answer.statusCode, 401)
  equal(answer.headers['set-cookie'], undefined)
  equal(answer.json().resourceType, 'OperationOutcome')
})

test('signing in sets the cookie; the session tells who it is, and ends with signing out', async () => {
  const cookie = await signIn()

  const me = await http.inject({ url: '/api/session', headers: { cookie } })
  const { display, roles, mustChangePassword, tenant, timeZone } = me.json()
  deepEqual(
    { display, roles, mustChangePassword, tenant, timeZone },
    {
      display: 'Administrator',
      roles: ['administrator'],
      mustChangePassword: false,
      tenant: { id: 1 },
      timeZone: 'Asia/Shanghai',
    },
  )
  const out = await http.inject({
    method: 'DELETE',
    url: '/api/session',
    headers: { cookie, 'x-xinglin': '1' },
  })
  equal(out.statusCode, 204)
  equal((await http.inject({ url: '/api/session', headers: { cookie } })).statusCode, 401)
})

test('a changing request under a session needs the header that no foreign page can send; a token does not', async () => {
  const payload = { bed: 12 }
  const post = (headers: Record<string, string>) =>
    http.inject({ method: 'POST', url: '/api/beds', headers, payload })

  deepEqual(codes((await post({ cookie: session })).json()), ['web.forged'])
  deepEqual((await post({ cookie: session, 'x-xinglin': '1' })).json(), { taken: payload, bytes: 10 })
  deepEqual((await post(client)).json(), { taken: payload, bytes: 10 })
})

test('the purpose that a request states is its actor’s, where he may state it', async () => {
  const read = async (purpose: string) => {
    const answer = await http.inject({
      url: '/api/why',
      headers: { ...client, 'x-xinglin-purpose': purpose },
    })
    return answer.statusCode === 200
      ? answer.json()
      : [answer.statusCode, answer.json().issue[0].details.coding[0].code]
  }
  deepEqual(
    [await read('COC'), await read('HRESCH'), await read('BTG'), await read('<b>')],
    [
      { purpose: 'COC' },
      [403, 'identity.purpose-not-yours'],
      [403, 'identity.purpose-not-yours'],
      [400, 'identity.purpose-unknown'],
    ],
  )
})

test('without credentials nothing is read and no body is taken', async () => {
  const read = await http.inject('/api/beds')
  const written = await http.inject({ method: 'POST', url: '/api/beds', payload: { bed: 12 } })
  const expired = await http.inject({ url: '/api/beds', headers: { authorization: 'Bearer nobody' } })

  for (const answer of [read, written, expired]) {
    equal(answer.statusCode, 401)
    deepEqual(codes(answer.json()), ['web.no-actor'])
    equal(answer.headers['www-authenticate'], 'Bearer realm="xinglin"')
  }
})

test('a failure is answered as it was stated; an unexpected one tells its log id and nothing else', async () => {
  const stated = await http.inject({ url: '/api/occupied', headers: client })
  const unexpected = await http.inject({ url: '/api/broken', headers: client })

  equal(stated.statusCode, 409)
  deepEqual(stated.json().issue, [
    {
      severity: 'error',
      code: 'conflict',
      details: { coding: [{ system: 'urn:xinglin:error', code: 'ward.bed-occupied' }] },
      diagnostics: 'bed 12 is occupied',
      expression: ['Encounter.location'],
    },
  ])
  equal(unexpected.statusCode, 500)
  const id = /under (\S+)$/.exec(unexpected.json().issue[0].diagnostics)?.[1]
  const line = kernel.runtime.lines.find((each) => each.fields.id === id)
  equal(line?.fields.route, '/api/broken')
  equal(JSON.stringify(kernel.runtime.lines).includes('张三'), false)
})

test('a refusal speaks the language that the page asks for, and brings the other one along', async () => {
  const headers = { ...client, 'accept-language': 'zh-CN,zh;q=0.9' }
  const { details } = (await http.inject({ url: '/api/nowhere', headers })).json().issue[0]
  const said = await http.inject({ url: '/api/nowhere', headers: { ...client, 'accept-language': 'en' } })

  equal(details.text, '此地址没有内容，请检查地址。')
  deepEqual(details._text.extension[0].extension, [
    { url: 'lang', valueCode: 'en' },
    { url: 'content', valueString: 'there is no GET at this address' },
  ])
  equal(said.json().issue[0].details.text, 'there is no GET at this address')
  equal(said.headers['content-language'], 'en')
})

const refusals = [
  ['text that is no JSON', 'application/json', '{"bed":', 400, 'web.json'],
  ['JSON nested too deeply', 'application/json', '['.repeat(200), 400, 'web.json'],
  ['deep JSON', 'application/fhir+json', '['.repeat(200) + ']'.repeat(200), 400, 'web.json-depth'],
  ['a prototype', 'application/json', '{"__proto__":{}}', 400, 'web.json-prototype'],
  ['a body over the limit', 'application/json', `"${'x'.repeat(10_000)}"`, 413, 'web.body-too-large'],
  ['a type that is not taken', 'text/csv', 'bed,12', 415, 'web.content-type'],
] as const
for (const [what, type, payload, status, code] of refusals)
  test(`${what} is refused with ${status}`, async () => {
    const answer = await http.inject({
      method: 'POST',
      url: '/api/beds',
      headers: { ...client, 'content-type': type },
      payload,
    })

    equal(answer.statusCode, status)
    deepEqual(codes(answer.json()), [code])
  })

test('a compressed body is refused before it is unpacked', async () => {
  const headers = { ...client, 'content-encoding': 'gzip', 'content-type': 'application/json' }
  const answer = await http.inject({ method: 'POST', url: '/api/beds', headers, payload: 'bomb' })

  deepEqual(codes(answer.json()), ['web.content-encoding'])
})

test('an unknown address is told as such', async () => {
  const answer = await http.inject({ url: '/api/nowhere', headers: client })

  equal(answer.statusCode, 404)
  deepEqual(codes(answer.json()), ['web.not-found'])
})

test('long answers are compressed for whom takes it, short ones are not, and none is kept by browsers', async () => {
  const headers = { ...client, 'accept-encoding': 'gzip' }
  const long = await http.inject({ url: '/api/long', headers })
  const short = await http.inject({ url: '/api/beds', headers })

  equal(long.headers['content-encoding'], 'gzip')
  equal(JSON.parse(gunzipSync(long.rawPayload).toString()).text.length, 2_000)
  equal(short.headers['content-encoding'], undefined)
  equal(long.headers['cache-control'], 'no-store')
  equal(long.headers['x-content-type-options'], 'nosniff')
  equal(long.headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'; sandbox")
})

test('a token is given for Basic or form credentials, refused in the words of OAuth', async () => {
  await kernel.identity.ensureClient({ id: 'lab', secret: 'a secret: with % marks', scopes: ['system/*.rs'] })
  const basic = Buffer.from('lab:a secret: with % marks').toString('base64')
  const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    http.inject({
      method: 'POST',
      url: '/oauth2/token',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    })

  const byBasic = await form({ grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` })
  const secret = 'a secret: with % marks'
  const byForm = await form({ grant_type: 'client_credentials', client_id: 'lab', client_secret: secret })
  for (const answer of [byBasic, byForm]) {
    equal(answer.statusCode, 200)
    const { token_type, scope, access_token } = answer.json()
    deepEqual({ token_type, scope }, { token_type: 'Bearer', scope: 'system/*.rs' })
    const read = await http.inject({ url: '/api/beds', headers: { authorization: `Bearer ${access_token}` } })
    equal(read.json().seen, 'client/lab')
  }

  const wrong = await form({ grant_type: 'client_credentials', client_id: 'lab', client_secret: 'wrong' })
  deepEqual([wrong.statusCode, wrong.json().error], [401, 'invalid_client'])
  const password = await form({ grant_type: 'password' })
  deepEqual([password.statusCode, password.json().error], [400, 'unsupported_grant_type'])
  const json = await http.inject({ method: 'POST', url: '/oauth2/token', payload: {} })
  deepEqual([json.statusCode, json.json().error], [400, 'invalid_request'])
})

test('bytes that are no HTTP, and headers without end, get an answer and a closed connection', async () => {
  match(await exchange('EHLO hospital\r\n\r\n'), /^HTTP\/1\.1 400 .*"OperationOutcome"/s)
  match(
    await exchange(`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 .*"OperationOutcome"/s,
  )
})

test('readiness names the part that fails and gives no more than its kind', async () => {
  kernel.web.addCheck('printer', async () => {
    throw new TypeError('paper of 张三 is stuck')
  })

  const ready = await http.inject('/health/ready')

  equal(ready.statusCode, 503)
  deepEqual(ready.json(), { status: 'not-ready', parts: { printer: 'failed (TypeError)' } })
  equal((await http.inject('/health/live')).statusCode, 200)
})

test('metrics are open to this machine and measure by route', async () => {
  await http.inject({ url: '/api/beds', headers: client })

  const own = await http.inject('/metrics')
  const foreign = await http.inject({ url: '/metrics', remoteAddress: '10.1.1.1' })

  match(own.body, /xinglin_http_request_seconds_count\{method="GET",route="\/api\/beds",status="200"\} \d+/)
  equal(foreign.statusCode, 401)
})

test('requests without credentials are limited by address, others are not', async () => {
  const burst = 400
  let taken = 0
  let refused = await http.inject({ url: '/api/beds', remoteAddress: '10.9.9.9' })
  while (refused.statusCode === 401 && taken++ < 2 * burst)
    refused = await http.inject({ url: '/api/beds', remoteAddress: '10.9.9.9' })

  ok(taken >= burst)
  equal(refused.statusCode, 429)
  deepEqual(codes(refused.json()), ['web.rate'])
  equal(refused.headers['retry-after'], '1')
  equal((await http.inject({ url: '/api/beds', remoteAddress: '10.9.9.9', headers: client })).statusCode, 200)
})

test('sign-ins are limited by address', async () => {
  const attempt = (each: number) =>
    http.inject({
      method: 'POST',
      url: '/api/session',
      payload: { login: `nobody-${each}`, password: 'x' },
      remoteAddress: '10.8.8.8',
    })

  // At once, so that no slow machine gives time for the limit to refill.
  const answers = await Promise.all(Array.from({ length: 31 }, (_, each) => attempt(each)))

  deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [
    ...Array.from({ length: 30 }, () => 401),
    429,
  ])
})

async function signIn(): Promise<string> {
  const answer = await http.inject({
    method: 'POST',
    url: '/api/session',
    payload: { login: 'admin', password },
  })
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}

function codes(outcome: {
  issue: { details: { coding: { code: string }[] } }[]
}): readonly (string | undefined)[] {
  return outcome.issue.map((issue) => issue.details.coding[0]?.code)
}

/** What the server answers to raw bytes until it closes the connection. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(kernel.baseUrl).port) })
  socket.write(bytes)
  return Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>)).toString()
}
