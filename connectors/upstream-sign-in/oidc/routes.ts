/** Starting at a provider, coming back from it, and being told by it that somebody signed out. */
import { invalid, OutcomeError, unauthenticated } from '@xinglin/fhir'
import type { Flow, OpenedProvider } from '@xinglin/identity'
import { readCookie } from '@xinglin/web'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as openid from 'openid-client'
import { safePath } from '../back.ts'
import { comeBack, fail } from '../come-back.ts'
import { type Needs, routePath } from '../needs.ts'
import { readClaims } from './claims.ts'
import { createOidcClients, type OidcClients, type OidcProvider } from './client.ts'
import { readLogoutToken } from './logout-token.ts'
import { refusalOf } from './refusals.ts'
import { signOutRoute } from './sign-out.ts'

type Of = { readonly Params: { readonly provider: string }; readonly Querystring: Record<string, unknown> }

// A logout token of a provider with a long list of claims is 2 kB.
const maxLogoutBytes = 32 * 1024
/** Longer answers are no answers: a code has some hundred characters. */
const maxAnswerCharacters = 8 * 1024

/** Registers `…/:provider/start`, `…/callback` and `…/logout`. */
export function oidcRoutes(http: FastifyInstance, needs: Needs): void {
  const { upstream, signIns } = needs
  const clients = createOidcClients(needs)
  const open = { config: { access: 'open' as const } }
  signOutRoute(http, needs, clients)

  http.get<Of>(`${routePath}/:provider/start`, open, async (request, reply) => {
    await signIns.take(request, reply)
    const provider = await opened(needs, request.params.provider)
    try {
      return await start({ needs, clients, provider, request, reply })
    } catch (error) {
      return refused({ needs, provider, error, request, reply, back: safePath(request.query.back) })
    }
  })

  http.get<Of>(`${routePath}/:provider/callback`, open, async (request, reply) => {
    await signIns.take(request, reply)
    const provider = await opened(needs, request.params.provider)
    let back = '/'
    try {
      const flow = await flowOf({ needs, provider, request, reply })
      back = flow.back
      const answer = await entered({ needs, clients, provider, request }, flow)
      return await comeBack({ needs, provider, request, reply }, { answer, back })
    } catch (error) {
      return refused({ needs, provider, error, request, reply, back })
    }
  })

  http.register(async (scope) => {
    scope.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: maxLogoutBytes },
      async (_request: unknown, body: string) => new URLSearchParams(body),
    )
    scope.post<Of>(`${routePath}/:provider/logout`, open, async (request, reply) => {
      const provider = await opened(needs, request.params.provider)
      const { body } = request
      const token = body instanceof URLSearchParams ? body.get('logout_token') : null
      try {
        const ended = await readLogoutToken({ needs, clients, provider }, token ?? '')
        await upstream.endSessions(provider, ended)
      } catch (error) {
        if (!(error instanceof OutcomeError)) throw error
        await upstream.noteFailure(provider, { code: 'upstream.logout-token', detail: error.failure })
        throw error
      }
      return reply.header('cache-control', 'no-store').code(200).send()
    })
  })
}

async function opened({ upstream }: Needs, id: string): Promise<OidcProvider> {
  const provider = await upstream.opened(id)
  if (isOidc(provider)) return provider
  throw invalid('this provider is a directory: sign in by a password of it', { code: 'upstream.kind' })
}

function isOidc(provider: OpenedProvider): provider is OidcProvider {
  return provider.kind === 'oidc'
}

type Coming = {
  readonly needs: Needs
  readonly provider: OidcProvider
  readonly request: FastifyRequest<Of>
  readonly reply: FastifyReply
}

async function start({
  needs,
  clients,
  provider,
  request,
  reply,
}: Coming & { clients: OidcClients }): Promise<FastifyReply> {
  const { settings } = provider
  const config = await clients.of(provider)
  const flow: Flow = {
    ...{ nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() },
    back: safePath(request.query.back),
    ...textMember(request.query, 'invitation'),
  }
  const { state, browser } = await needs.upstream.beginFlow(provider.id, flow)
  const hint = textMember(request.query, 'login_hint')
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: clients.redirectUri(provider),
    scope: ['openid', ...settings.scopes].join(' '),
    ...{ state, nonce: flow.nonce },
    code_challenge: await openid.calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
    ...(settings.prompt === undefined ? {} : { prompt: settings.prompt }),
    ...(settings.secondFactorAcr.length > 0 ? { acr_values: settings.secondFactorAcr.join(' ') } : {}),
    ...hint,
  })
  reply.header('set-cookie', flowCookie({ state, browser, isSecure: request.protocol === 'https' }))
  return reply.redirect(address.href, 303)
}

/** The flow that the answer belongs to; used up by this look, whatever comes of it. */
async function flowOf({ needs, provider, request, reply }: Coming): Promise<Flow> {
  const { state } = request.query
  if (typeof state !== 'string' || state === '' || request.url.length > maxAnswerCharacters) throw noState()
  const browser = readCookie(request.headers.cookie, cookieName(state))
  reply.header('set-cookie', flowCookie({ state, isSecure: request.protocol === 'https' }))
  return needs.upstream.takeFlow(provider.id, { state, browser })
}

async function entered(
  { needs, clients, provider, request }: Omit<Coming, 'reply'> & { readonly clients: OidcClients },
  flow: Flow,
) {
  const { upstream } = needs
  const config = await clients.of(provider)
  const { state } = request.query
  const asked = new URL(clients.redirectUri(provider))
  asked.search = new URL(request.url, asked).search
  const tokens = await openid.authorizationCodeGrant(config, asked, {
    ...{ pkceCodeVerifier: flow.verifier, expectedNonce: flow.nonce, idTokenExpected: true },
    expectedState: String(state),
  })
  const claims = tokens.claims()
  if (!claims) throw noState()
  const told = readClaims(claims, provider.settings)
  const more =
    (told.groups === undefined || told.login === undefined) && config.serverMetadata().userinfo_endpoint
      ? readClaims(await openid.fetchUserInfo(config, tokens.access_token, claims.sub), provider.settings)
      : undefined
  const { login = more?.login, display = more?.display, groups = more?.groups ?? [] } = told
  return upstream.enter({
    ...{ provider, subject: claims.sub, groups, hasSecondFactor: told.hasSecondFactor },
    ...(login === undefined ? {} : { login }),
    ...(display === undefined ? {} : { display }),
    ...(flow.invitation === undefined ? {} : { invitation: flow.invitation }),
    ...(typeof claims.sid === 'string' ? { sid: claims.sid } : {}),
    ...(tokens.id_token === undefined ? {} : { idToken: tokens.id_token }),
    address: request.ip,
  })
}

/** People come by a navigation, so they are led to the sign-in page, which says it in words. */
async function refused({
  needs,
  provider,
  error,
  request,
  reply,
  back,
}: Coming & { readonly error: unknown; readonly back: string }): Promise<FastifyReply> {
  if (error instanceof OutcomeError && error.failure === 'fault') throw error
  const from = { address: request.ip }
  const known = error instanceof OutcomeError ? { refusal: error } : refusalOf(error)
  const code = known.refusal.outcome.issue[0]?.details?.coding?.[0]?.code ?? 'upstream.answer'
  // Identity has noted whom it refused itself.
  const isNoted = error instanceof OutcomeError && code !== 'upstream.state'
  if (!isNoted) await needs.upstream.noteFailure(provider, { code, ...known, ...from })
  return fail(reply, { provider: provider.id, code, back })
}

function textMember<Name extends string>(from: Record<string, unknown>, name: Name) {
  const value = from[name]
  const isText = typeof value === 'string' && value !== '' && value.length <= 200
  return (isText ? { [name]: value } : {}) as { readonly [Key in Name]?: string }
}

const cookieName = (state: string) => `xinglin_upstream_${state.slice(0, 10).replaceAll(/[^\w-]/g, '')}`

/**
 * Binds the answer to the browser that asked (RFC 9700 §4.7.1). Lax: the answer comes as a navigation from another site,
 * with which no strict cookie is sent.
 */
function flowCookie({ state, browser, isSecure }: { state: string; browser?: string; isSecure: boolean }) {
  const life = browser === undefined ? 0 : 600
  const base = `${cookieName(state)}=${browser ?? ''}; Path=${routePath}; HttpOnly; SameSite=Lax; Max-Age=${life}`
  return isSecure ? `${base}; Secure` : base
}

function noState(): OutcomeError {
  return unauthenticated('this answer belongs to no sign-in that was begun here', { code: 'upstream.state' })
}
