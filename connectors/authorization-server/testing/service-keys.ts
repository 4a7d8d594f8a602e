/** Keys of backend services and the assertions that they sign (SMART App Launch 2.2 §client-confidential-asymmetric). */
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'

export type ServiceKey = {
  readonly algorithm: 'RS384' | 'ES384'
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export async function serviceKey(algorithm: ServiceKey['algorithm'], kid: string): Promise<ServiceKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm)
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' }
  return { algorithm, privateKey, publicJwk }
}

const assertionSeconds = 60

/** A signed assertion; what is given replaces what a right one has. */
export function assertion(
  { algorithm, privateKey, publicJwk }: ServiceKey,
  claims: JWTPayload & { readonly iss: string; readonly aud: string | string[] },
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000)
  const payload = {
    sub: claims.iss,
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + assertionSeconds,
    ...claims,
  }
  return new SignJWT(payload)
    .setProtectedHeader({
      alg: algorithm,
      typ: 'JWT',
      ...(publicJwk.kid ? { kid: publicJwk.kid } : {}),
      ...header,
    })
    .sign(privateKey)
}
