/** What a proposed app must be: OAuth 2.1 §2.3.1 exact redirect addresses, SMART 2.2 §app-protection keys. */
import { invalid } from '@xinglin/fhir'
import { refuseClientId } from '../client-administration.ts'
import type { AppProposal } from './apps.ts'
import { refuseUnknownAppScopes } from './smart-scopes.ts'

const mostRedirects = 20
const mostScopes = 100
/** One key of 4,096 bits is about 1 kB. */
const mostJwksCharacters = 32_000

/** Throws `invalid` naming the field. */
export function refuseBadProposal(app: AppProposal): void {
  if (app.id !== undefined) refuseClientId(app.id)
  refuseText(app.name, 'name', 100)
  refuseText(app.publisher, 'publisher', 100)
  refuseText(app.purpose, 'purpose', 500)
  if (app.scopes.length === 0 || app.scopes.length > mostScopes)
    throw bad(`an app has 1 to ${mostScopes} scopes`, 'scopes')
  refuseUnknownAppScopes(app.scopes)
  refuseContexts(app)
  refuseAddresses(app)
  refuseKeys(app)
}

const ofPatients = /^(patient\/|launch\/patient$|openid$|profile$|fhirUser$|online_access$|offline_access$)/

function refuseContexts({ kind, scopes, people, launchUrl }: AppProposal): void {
  if (people === 'patients' && (kind === 'service' || launchUrl !== undefined))
    throw bad('an app of patients is started by them, and not from the record', 'people')
  if (people === 'patients' && !scopes.every((scope) => ofPatients.test(scope)))
    throw bad('an app of patients has patient/ scopes only', 'scopes')
  const isOfService = (scope: string) => scope.startsWith('system/')
  if (kind === 'service' && !scopes.every(isOfService))
    throw bad(
      'a service has system/ scopes only: nobody is there whose patient or rights it could use',
      'scopes',
    )
  if (kind !== 'service' && scopes.some(isOfService)) throw bad('system/ scopes are for services', 'scopes')
}

function refuseAddresses(app: AppProposal): void {
  const { kind, redirectUris, postLogoutUris = [], launchUrl, jwksUri } = app
  const hasRedirects = redirectUris.length > 0
  if ((kind === 'service') === hasRedirects || redirectUris.length > mostRedirects)
    throw bad(
      `an app with people has 1 to ${mostRedirects} redirect addresses, a service none`,
      'redirectUris',
    )
  if (postLogoutUris.length > mostRedirects || (kind === 'service' && postLogoutUris.length > 0))
    throw bad(`an app with people has up to ${mostRedirects} addresses after signing out`, 'postLogoutUris')
  for (const uri of redirectUris) refuseAddress(uri, 'redirectUris')
  for (const uri of postLogoutUris) refuseAddress(uri, 'postLogoutUris')
  if (launchUrl !== undefined) refuseAddress(launchUrl, 'launchUrl')
  if (jwksUri !== undefined) refuseAddress(jwksUri, 'jwksUri')
}

/** https, or http on this machine (RFC 8252 §7.3), without fragment or credentials. */
function refuseAddress(text: string, at: string): void {
  const url = text.length <= 2_000 ? URL.parse(text) : null
  const isLoopback =
    url?.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  const isSecure = url?.protocol === 'https:' || isLoopback
  if (url && isSecure && url.hash === '' && !text.includes('#') && url.username === '' && url.password === '')
    return
  throw bad('addresses are https (or http on this machine), without fragment or credentials', at)
}

function refuseKeys({ kind, jwks, jwksUri }: AppProposal): void {
  const isKeyed = jwks !== undefined || jwksUri !== undefined
  if (jwks && jwksUri) throw bad('give keys or the address of keys, not both', 'jwks')
  if (kind === 'public' && isKeyed) throw bad('an app that keeps no secret has no keys', 'jwks')
  if (kind !== 'public' && !isKeyed)
    throw bad('give the public keys (jwks) or their address (jwksUri)', 'jwks')
  if (!jwks) return
  const isPublic = jwks.keys.every(
    ({ kty, d, k }) => (kty === 'RSA' || kty === 'EC') && d === undefined && k === undefined,
  )
  if (!isPublic || jwks.keys.length === 0 || JSON.stringify(jwks).length > mostJwksCharacters)
    throw bad('jwks holds public RSA and EC keys only', 'jwks')
}

function refuseText(text: string, at: string, most: number): void {
  const length = text.trim().length
  if (length >= 1 && length <= most) return
  throw bad(`${at} has 1 to ${most} characters`, at)
}

function bad(message: string, at: string) {
  return invalid(message, { code: 'identity.app', at })
}
