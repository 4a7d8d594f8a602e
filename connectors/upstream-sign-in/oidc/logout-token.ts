/** OpenID Connect Back-Channel Logout 1.0 §2.6: what a provider says about somebody who signed out, judged claim by claim. */
import { epochMs, instantOf, invalid, type OutcomeError } from '@xinglin/fhir'
import type { Upstream } from '@xinglin/identity'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { Needs } from '../needs.ts'
import type { OidcClients, OidcProvider } from './client.ts'

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
/** Asymmetric ones only: none, and no secret that could be guessed or confused with a public key. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
/** §2.4 recommends two minutes; a provider whose queue was full is still believed. */
const believedSeconds = 300

type Asked = { readonly needs: Needs; readonly clients: OidcClients; readonly provider: OidcProvider }
type Ended = Parameters<Upstream['endSessions']>[1]

/** Throws `invalid` (`upstream.logout-token`). */
export async function readLogoutToken(asked: Asked, token: string): Promise<Ended> {
  const { needs, provider } = asked
  const { clientId, clockSkewSeconds } = provider.settings
  const metadata = (await asked.clients.of(provider)).serverMetadata()
  try {
    const { payload } = await jwtVerify(token, await keysOf(asked, metadata.jwks_uri), {
      ...{ issuer: metadata.issuer, audience: clientId, algorithms, clockTolerance: clockSkewSeconds },
      ...{ maxTokenAge: believedSeconds, requiredClaims: ['iat', 'jti', 'events'] },
      currentDate: new Date(epochMs(needs.runtime.now())),
    })
    return endedOf(payload, needs)
  } catch (error) {
    if (error instanceof errors.JOSEError) throw wrong('is not valid', error)
    throw error
  }
}

async function keysOf({ clients, provider }: Asked, address: string | undefined) {
  if (!address) throw wrong('is of a provider without keys')
  const answer = await clients.fetchFor(provider)(address)
  if (answer.status !== 200) throw wrong('cannot be checked: the keys of the provider do not come')
  const keys: unknown = await answer.json()
  if (isKeySet(keys)) return createLocalJWKSet(keys)
  throw wrong('cannot be checked: the keys of the provider are none')
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)
}

function endedOf(payload: JWTPayload, { runtime }: Needs): Ended {
  const { jti, sub, sid, events, nonce, iat = 0 } = payload
  if (typeof events !== 'object' || events === null || !(logoutEvent in events))
    throw wrong('tells no logout')
  // §2.4: an ID token must not pass for a logout token.
  if (nonce !== undefined) throw wrong('has a nonce')
  if (typeof jti !== 'string' || jti.length > 200) throw wrong('has no identifier')
  const isOfSession = typeof sid === 'string'
  if (!isOfSession && typeof sub !== 'string') throw wrong('names neither a person nor a session')
  return {
    jti,
    ...(typeof sub === 'string' ? { subject: sub } : {}),
    ...(isOfSession ? { sid } : {}),
    expires: instantOf((iat + 2 * believedSeconds) * 1_000, runtime.timeZone),
  }
}

function wrong(what: string, cause?: unknown): OutcomeError {
  return invalid(`this logout token ${what}`, { code: 'upstream.logout-token', cause })
}
