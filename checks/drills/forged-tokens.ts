/** Forged JSON Web Tokens (RFC 8725): every way to bend a signed assertion, in many claims, none of which may be believed. */
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'

type Json = Readonly<Record<string, unknown>>
export type Forged = { readonly name: string; readonly token: string }
export type SigningKey = {
  readonly algorithm: 'ES384' | 'RS384'
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** As it is registered. */
  readonly jwk: Json
}

/** A key of a service, of either algorithm of SMART. */
export function signingKey(algorithm: SigningKey['algorithm'], kid: string): SigningKey {
  const { privateKey, publicKey } =
    algorithm === 'ES384'
      ? generateKeyPairSync('ec', { namedCurve: 'P-384' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    ...{ algorithm, kid, privateKey, publicKey },
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' },
  }
}

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Signs as the key's algorithm says (RFC 7518 §3.3, §3.4). */
export function signed(key: SigningKey, claims: Json, header: Json = {}): string {
  const text = `${part({ alg: key.algorithm, typ: 'JWT', kid: key.kid, ...header })}.${part(claims)}`
  return `${text}.${signatureOf(key, text).toString('base64url')}`
}

function signatureOf({ privateKey }: SigningKey, text: string): Buffer {
  return sign('sha384', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
}

/** Claims of a right assertion of a service (SMART App Launch 2.2), each time another one. */
export function rightClaims(service: string, audience: string): Json {
  const seconds = Math.floor(Date.now() / 1_000)
  return { iss: service, sub: service, aud: audience, jti: randomUUID(), iat: seconds, exp: seconds + 60 }
}

type Right = { readonly key: SigningKey; readonly stranger: SigningKey; readonly claims: () => Json }

/** Tokens of which the signature is none, or not by the key. */
const unsigned = ({ key, stranger, claims }: Right, trap: string): readonly Forged[] => {
  const head = (header: Json) => `${part({ typ: 'JWT', kid: key.kid, ...header })}.${part(claims())}`
  const withSignature = (signature: Uint8Array | string, header: Json = { alg: key.algorithm }) => {
    const last = typeof signature === 'string' ? signature : Buffer.from(signature).toString('base64url')
    return `${head(header)}.${last}`
  }
  const hmac = (algorithm: string, secret: string | Buffer) => {
    const text = head({ alg: `HS${algorithm}` })
    return `${text}.${createHmac(`sha${algorithm}`, secret).update(text).digest('base64url')}`
  }
  const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const secrets = {
    PEM: pem,
    'PEM without its end of line': pem.trim(),
    DER: key.publicKey.export({ type: 'spki', format: 'der' }),
    JWK: JSON.stringify(key.jwk),
    nothing: '',
  }
  const length = key.algorithm === 'ES384' ? 96 : 256
  const order = Buffer.from(
    'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    'hex',
  )
  const half = Buffer.alloc(48)
  half[47] = 1
  const by = (header: Json) => signed(stranger, claims(), { kid: key.kid, ...header })
  const right = signed(key, claims())
  const [first = '', , last = ''] = right.split('.')
  return [
    ...['none', 'None', 'NONE', 'nOnE', '', 'null'].flatMap((alg) => [
      { name: `alg ${alg} without signature`, token: withSignature('', { alg }) },
      { name: `alg ${alg} with a signature`, token: withSignature(last, { alg }) },
    ]),
    { name: 'no alg', token: withSignature(last, {}) },
    { name: 'two parts alone', token: head({ alg: 'none' }) },
    ...Object.entries(secrets).flatMap(([name, secret]) =>
      ['256', '384', '512'].map((bits) => ({
        name: `HS${bits} with the public key as ${name}`,
        token: hmac(bits, secret),
      })),
    ),
    { name: 'a signature of zeros', token: withSignature(Buffer.alloc(length)) },
    { name: 'a signature of ones', token: withSignature(Buffer.alloc(length, 255)) },
    { name: 'r and s of the order of the curve', token: withSignature(Buffer.concat([order, order])) },
    { name: 'r of one, s of zero', token: withSignature(Buffer.concat([half, Buffer.alloc(48)])) },
    { name: 'no bytes of signature', token: withSignature('') },
    { name: 'a short signature', token: withSignature(Buffer.alloc(8, 1)) },
    { name: 'a signature that is not base64url', token: withSignature('***') },
    { name: 'a signature of another token', token: withSignature(last) },
    {
      name: 'a changed payload',
      token: [first, part({ ...claims(), scope: 'system/*.cruds' }), last].join('.'),
    },
    {
      name: 'a changed header',
      token: [part({ alg: key.algorithm, kid: key.kid, x: 1 }), right.split('.')[1], last].join('.'),
    },
    { name: 'a signature one byte longer', token: `${right}AA` },
    { name: 'a signature one byte shorter', token: right.slice(0, -2) },
    { name: 'ES384 in DER', token: withSignature(sign('sha384', Buffer.from('x'), stranger.privateKey)) },
    ...['ES256', 'ES512', 'RS256', 'RS512', 'PS384', 'EdDSA', 'SM2', 'A128KW', 'dir'].map((alg) => ({
      name: `the right signature under ${alg}`,
      token: [part({ alg, typ: 'JWT', kid: key.kid }), ...right.split('.').slice(1)].join('.'),
    })),
    { name: "a stranger's key", token: by({}) },
    ...[
      'nobody',
      '',
      '../../../../dev/null',
      "x' or '1'='1",
      '/proc/self/environ',
      '0',
      'a'.repeat(5_000),
    ].map((kid) => ({
      name: `kid ${kid.slice(0, 20)}`,
      token: by({ kid }),
    })),
    { name: 'the key in the header (jwk)', token: by({ jwk: stranger.jwk }) },
    ...['jku', 'x5u'].map((name) => ({
      name: `the key at an address (${name})`,
      token: by({ [name]: trap }),
    })),
    {
      name: 'a certificate in the header (x5c)',
      token: by({ x5c: [stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }),
    },
    {
      name: 'a header that must be understood (crit)',
      token: signed(key, claims(), { crit: ['exp'], exp: 1 }),
    },
    { name: 'an unencoded payload (b64)', token: signed(key, claims(), { b64: false, crit: ['b64'] }) },
    { name: 'a compressed one (zip)', token: withSignature(last, { alg: key.algorithm, zip: 'DEF' }) },
    { name: 'one within another', token: signed(stranger, { token: right }, { cty: 'JWT' }) },
    ...[
      '',
      '.',
      '..',
      'a.b.c',
      'e30.e30.e30',
      'null.null.null',
      `${part('[]')}.${part('[]')}.`,
      'a.b.c.d.e',
    ].map((token) => ({
      name: `no token at all: ${token}`,
      token,
    })),
  ]
}

/** Tokens that the key signed, whose claims do not hold. */
const untrue = ({ key, claims }: Right): readonly Forged[] => {
  const seconds = Math.floor(Date.now() / 1_000)
  const changes: readonly (readonly [string, Json])[] = [
    ...[60, 600, 86_400, 1e9].map(
      (ago) => [`ended ${ago} s ago`, { iat: seconds - ago - 60, exp: seconds - ago }] as const,
    ),
    ...[400, 3_600, 1e9].map((ahead) => [`lives ${ahead} s`, { exp: seconds + ahead }] as const),
    ...[120, 86_400].map((ahead) => [`valid in ${ahead} s`, { nbf: seconds + ahead }] as const),
    ...[undefined, null, 'soon', -1].map((exp) => [`exp ${exp}`, { exp }] as const),
    ...['https://evil.example/token', '', [], null, undefined, 'oauth2/token', { a: 1 }].map(
      (aud) => [`aud ${JSON.stringify(aud)}`, { aud }] as const,
    ),
    ...['nobody', '', null, undefined, 'admin', ['x']].map(
      (iss) => [`iss ${JSON.stringify(iss)}`, { iss, sub: iss }] as const,
    ),
    ...['admin', 'bench', '', null, undefined].map((sub) => [`sub ${JSON.stringify(sub)}`, { sub }] as const),
    ...[undefined, null, '', 5].map((jti) => [`jti ${jti}`, { jti }] as const),
  ]
  return changes.map(([name, change]) => ({ name, token: signed(key, { ...claims(), ...change }) }))
}

/** At least `count` forged tokens of a service with these keys; `trap` is an address that nobody may fetch. */
export function forgedTokens(
  keys: readonly SigningKey[],
  { claims, trap, count }: { readonly claims: () => Json; readonly trap: string; readonly count: number },
): readonly Forged[] {
  const all: Forged[] = []
  while (all.length < count)
    for (const key of keys) {
      const right = { key, stranger: signingKey(key.algorithm, key.kid), claims }
      all.push(...unsigned(right, trap), ...untrue(right))
    }
  return all
}
