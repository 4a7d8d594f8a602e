/** oidc-provider as this installation runs it: OAuth 2.1 (code with PKCE S256 only), OpenID Connect, SMART App Launch 2.2. */
import type { Identity } from '@xinglin/identity'
import { type Client, type Configuration, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { createAdapter } from './adapter.ts'
import { accountFinder } from './claims.ts'
import { tellWhatIs } from './discovery.ts'
import { addLaunchContext } from './launch-context.ts'
import * as lives from './lives.ts'
import { errorPage } from './pages/error-page.ts'
import { createPolicy } from './policy.ts'
import { consentAdded, quietly } from './request-words.ts'
import { fhirResource, wordsOf } from './scopes.ts'
import type { Seal } from './secrets.ts'
import { auditTokens } from './token-audit.ts'

export type ProviderParts = {
  readonly identity: Identity
  /** Without a slash at its end. */
  readonly issuer: string
  readonly fhirBase: string
  readonly seal: Seal
  readonly cookieKey: Buffer
  readonly signingKeys: NonNullable<NonNullable<Configuration['jwks']>['keys']>
  readonly fetchKeys: (url: string | URL | Request) => Promise<Response>
}

/** Paths of the endpoints. */
export const paths = {
  authorization: '/oauth2/authorize',
  token: '/oauth2/token',
  jwks: '/oauth2/jwks',
  introspection: '/oauth2/introspect',
  revocation: '/oauth2/revoke',
  interaction: '/oauth2/interaction',
  userinfo: '/oauth2/userinfo',
  endSession: '/oauth2/end-session',
  pushed: '/oauth2/par',
} as const

/** A provider with these signing keys; another is made when they change. */
export function createProvider(parts: ProviderParts): Provider {
  const provider = new Provider(parts.issuer, configurationOf(parts))
  // The bridge sets these headers itself, from the issuer.
  provider.proxy = true
  provider.use(auditTokens(parts))
  provider.use(addLaunchContext(parts))
  provider.use(tellWhatIs)
  return provider
}

function configurationOf(parts: ProviderParts): Configuration {
  const { identity, fhirBase, seal } = parts
  return {
    adapter: (model) => createAdapter({ store: identity.oauth, seal }, model),
    findAccount: accountFinder(identity, fhirBase),
    jwks: { keys: [...parts.signingKeys] },
    cookies: {
      keys: [parts.cookieKey],
      names: { session: 'xinglin_oauth', interaction: 'xinglin_oauth_ask', resume: 'xinglin_oauth_go_on' },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    routes: {
      authorization: paths.authorization,
      token: paths.token,
      jwks: paths.jwks,
      introspection: paths.introspection,
      revocation: paths.revocation,
      userinfo: paths.userinfo,
      end_session: paths.endSession,
      pushed_authorization_request: paths.pushed,
    },
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub'], profile: ['name'], fhirUser: ['fhirUser'] },
    responseTypes: ['code'],
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => true },
    clientAuthMethods: ['none', 'private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'], idTokenSigningAlgValues: ['RS256'] },
    extraClientMetadata: { properties: ['xinglin:scopes', 'xinglin:tenant'] },
    extraParams: {
      aud(ctx, aud) {
        refuseWrongAudience(ctx, aud, fhirBase)
        refuseFormAnswer(ctx)
      },
      ...{ launch: null, [quietly]: null, [consentAdded]: null },
    },
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, header) => {
      refuseLongAssertion(claims.exp)
      refuseExtensions(header)
    },
    interactions: { policy: createPolicy(), url: (_ctx, { uid }) => `${paths.interaction}/${uid}` },
    features: featuresOf(parts),
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, { scopes }) =>
      client.grantTypeAllowed('refresh_token') &&
      (scopes.has('offline_access') || scopes.has('online_access')),
    // Our own session decides, by the access that a token belongs to.
    expiresWithSession: () => false,
    clientBasedCORS: (_ctx, origin, client) =>
      client.redirectUris?.some((uri) => URL.parse(uri)?.origin === origin) ?? false,
    fetch: parts.fetchKeys,
    renderError: errorPage,
    ttl: {
      AuthorizationCode: lives.codeSeconds,
      AccessToken: lives.accessTokenSeconds,
      ClientCredentials: lives.serviceTokenSeconds,
      IdToken: lives.idTokenSeconds,
      Interaction: lives.interactionSeconds,
      Session: lives.serverSessionSeconds,
      Grant: lives.offlineSeconds,
      RefreshToken: (_ctx, { scopes }) =>
        scopes.has('offline_access') ? lives.offlineSeconds : lives.onlineSeconds,
    },
  }
}

function featuresOf({ fhirBase }: ProviderParts): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    // Both are answered by us (userinfo.ts, end-session.ts): our tokens are for the FHIR API, our session is our own.
    userinfo: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: isOwnToken },
    revocation: { enabled: true, allowedPolicy: isOwnToken },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => fhirBase,
      useGrantedResource: () => true,
      getResourceServerInfo(ctx, resource, client) {
        if (resource !== fhirBase) throw new errors.InvalidTarget('this server guards its own FHIR API only')
        const isService = client.grantTypes?.includes('client_credentials') ?? false
        const accessTokenSeconds = isService ? lives.serviceTokenSeconds : lives.accessTokenSeconds
        return fhirResource(ctx, client, { accessTokenSeconds, audience: fhirBase })
      },
    },
  }
}

/** RFC 7009 §2.1, RFC 7662 §4: an app learns nothing of another's tokens and ends none. */
function isOwnToken(
  _ctx: KoaContextWithOIDC,
  client: Client,
  token: { readonly clientId?: string },
): boolean {
  return token.clientId === client.clientId
}

function refuseLongAssertion(exp: unknown): void {
  const endsSeconds = Date.now() / 1_000 + lives.assertionSeconds
  if (typeof exp === 'number' && exp <= endsSeconds) return
  throw new errors.InvalidClientAuth('the assertion lives longer than five minutes')
}

/** RFC 7797 §7: a payload that is not encoded is no JWT; what else must be understood (RFC 7515 §4.1.11) is nothing that we know. */
function refuseExtensions(header: Readonly<Record<string, unknown>>): void {
  if (header.crit === undefined && header.b64 === undefined) return
  throw new errors.InvalidClientAuth('the assertion asks for an extension that is not understood here')
}

/** OAuth 2.0 Form Post Response Mode: its page needs a script and a form to another site, which no page of ours may have. */
function refuseFormAnswer({ oidc }: KoaContextWithOIDC): void {
  if (oidc.params?.response_mode !== 'form_post') return
  // The refusal goes back as a code would.
  oidc.params.response_mode = undefined
  throw new errors.UnsupportedResponseMode()
}

/** SMART App Launch 2.2 §authorization-request: `aud` is the FHIR base, so that no other server gets a token for it. */
function refuseWrongAudience({ oidc }: KoaContextWithOIDC, aud: string | undefined, fhirBase: string): void {
  // It was looked at when the request was sent ahead; RFC 9101 §4 has a place of its own under this name since then.
  if (oidc.entities.PushedAuthorizationRequest) return
  const isNeeded = wordsOf(oidc.params?.scope).some((scope) => /^(patient|user)\/|^launch/.test(scope))
  if (aud === undefined && !isNeeded) return
  if (aud?.replace(/\/$/, '') === fhirBase) return
  throw new errors.InvalidRequest('aud must be the base address of this FHIR API')
}
