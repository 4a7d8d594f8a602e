/** An OpenID provider of a test that answers as an attacker or a broken server would: each answer is bent by whoever tests. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { after } from 'node:test'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

export type Bend = {
  /** Changes the claims of the ID token. */
  readonly claims?: (claims: JWTPayload) => JWTPayload
  /** Makes the ID token itself. */
  readonly token?: (claims: JWTPayload, sign: Sign) => Promise<string> | string
  /** Changes what comes with the browser. */
  readonly answer?: (query: URLSearchParams) => void
  readonly discovery?: (metadata: Record<string, unknown>) => Record<string, unknown>
  /** Answers of the endpoints instead of the right one. */
  readonly tokenEndpoint?: (response: ServerResponse) => void
  readonly keys?: (response: ServerResponse) => void
  readonly userinfo?: Record<string, unknown>
}
export type Sign = (claims: JWTPayload, header?: Record<string, unknown>) => Promise<string>

export type BentProvider = {
  readonly issuer: string
  bend(how: Bend): void
  /** New keys from the next token on. */
  rotate(): Promise<void>
  sign: Sign
  /** Requests by path. */
  readonly seen: string[]
}

type Code = { readonly nonce: string | null; readonly challenge: string | null }

/** Listens on a free port of 127.0.0.1 until the tests of the file end. */
export async function startBentProvider(person: JWTPayload): Promise<BentProvider> {
  let how: Bend = {}
  let keys = await newKeys('1')
  const codes = new Map<string, Code>()
  const seen: string[] = []
  const sign: Sign = (claims, header = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: keys.kid, ...header }).sign(keys.privateKey)

  const server = createServer((request, response) => void answer(request, response))
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer)
    seen.push(url.pathname)
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    if (url.pathname.endsWith('/.well-known/openid-configuration')) return json(response, metadata())
    if (url.pathname === '/keys') return how.keys ? how.keys(response) : json(response, { keys: [keys.jwk] })
    if (url.pathname === '/authorize') return authorize(url, response)
    if (url.pathname === '/userinfo') return json(response, { ...person, ...how.userinfo })
    if (url.pathname === '/token') return token(form, response)
    response.writeHead(404).end()
  }
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  after(() => void server.close(), {})
  after(() => server.closeAllConnections())

  function metadata(): Record<string, unknown> {
    const right = {
      ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
      ...{ jwks_uri: `${issuer}/keys`, userinfo_endpoint: `${issuer}/userinfo` },
      ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    }
    return how.discovery ? how.discovery(right) : right
  }

  function authorize({ searchParams }: URL, response: ServerResponse): void {
    const code = crypto.randomUUID()
    codes.set(code, { nonce: searchParams.get('nonce'), challenge: searchParams.get('code_challenge') })
    const back = new URL(searchParams.get('redirect_uri') ?? '')
    back.searchParams.set('code', code)
    back.searchParams.set('state', searchParams.get('state') ?? '')
    back.searchParams.set('iss', issuer)
    how.answer?.(back.searchParams)
    response.writeHead(302, { location: back.href }).end()
  }

  async function token(form: URLSearchParams, response: ServerResponse): Promise<void> {
    if (how.tokenEndpoint) return how.tokenEndpoint(response)
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = await challengeOf(form.get('code_verifier') ?? '')
    if (!code || code.challenge !== challenge) return json(response, { error: 'invalid_grant' }, 400)
    const now = Math.floor(Date.now() / 1_000)
    const right = {
      ...person,
      iss: issuer,
      aud: 'xinglin',
      iat: now,
      exp: now + 300,
      nonce: code.nonce ?? '',
    }
    const claims = how.claims ? how.claims(right) : right
    const made = how.token ? await how.token(claims, sign) : await sign(claims)
    json(response, { access_token: 'opaque', token_type: 'bearer', expires_in: 60, id_token: made })
  }

  return {
    ...{ issuer, sign, seen },
    bend: (next) => {
      how = next
    },
    rotate: async () => {
      keys = await newKeys(`${Number(keys.kid) + 1}`)
    },
  }
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function newKeys(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } }
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return Buffer.from(digest).toString('base64url')
}
