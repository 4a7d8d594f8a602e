/**
 * OpenID Connect RP-Initiated Logout 1.0: an app asks that the person is signed out here. He decides himself, on a page of
 * ours, so that no site can end a clinician's session; afterwards he goes back to an address that the app is registered with.
 */
import type { Identity, RegisteredApp } from '@xinglin/identity'
import type { SignIns } from '@xinglin/web'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { compactVerify, importJWK, type JWK } from 'jose'
import { isSame, proofOf } from './interaction/turn.ts'
import { type Html, html, languageOf, sendPage } from './pages/html.ts'
import { type Language, say } from './pages/words.ts'
import { paths } from './provider.ts'

/** An ID token and an address. */
const maxFormBytes = 16 * 1024

export type EndSessionParts = {
  readonly identity: Identity
  readonly issuer: () => string
  /** Keys that sign ID tokens, those included that were replaced lately. */
  readonly keys: () => Promise<readonly JWK[]>
  readonly proofKey: Buffer
  readonly signIns: SignIns
}

type Asked = { readonly app?: RegisteredApp; readonly goesTo?: string; readonly language: Language }

/** Registers it for GET and POST (§2); the form parser is the caller's. */
export function endSessionRoutes(http: FastifyInstance, parts: EndSessionParts): void {
  const options = { bodyLimit: maxFormBytes, config: { access: 'form' as const } }
  http.get(paths.endSession, options, (request, reply) => answer(parts, request, reply))
  http.post(paths.endSession, options, (request, reply) => answer(parts, request, reply))
}

async function answer(
  parts: EndSessionParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  const given = new URLSearchParams([...query, ...form])
  const accepted = request.headers['accept-language']
  const language = languageOf(accepted, given.get('ui_locales') ?? '')
  const asked = { ...(await askedBy(parts, given)), language }
  const { actor } = request
  // No cookie came: perhaps because another site led here. Once more, as a navigation of our own.
  if (!actor && !given.has('own')) return onceMore(reply, given, language)
  if (!actor) return end(reply, asked, 'left')
  const proof = proofOf(parts.proofKey, 'end session', actor)
  const isOurs = request.method === 'POST' && isSame(form.get('proof') ?? '', proof)
  if (!isOurs) return ask(reply, { asked, given, proof, person: actor.display })
  if (form.get('act') !== 'leave') return end(reply, asked, 'stayed')
  await parts.signIns.leave(request, reply)
  return end(reply, asked, 'left')
}

/** The app, and where its user may go on to: only addresses with which the app is registered (§2). */
async function askedBy(parts: EndSessionParts, given: URLSearchParams): Promise<Omit<Asked, 'language'>> {
  const hinted = await audienceOf(parts, given.get('id_token_hint'))
  const named = given.get('client_id') ?? hinted
  const app = named === undefined || (hinted !== undefined && hinted !== named) ? undefined : named
  const found = app === undefined ? undefined : await parts.identity.oauth.app(app)
  const wanted = given.get('post_logout_redirect_uri')
  if (!found || wanted === null || !found.postLogoutUris?.includes(wanted)) return found ? { app: found } : {}
  const goesTo = new URL(wanted)
  const state = given.get('state')
  if (state !== null) goesTo.searchParams.set('state', state)
  return { app: found, goesTo: goesTo.href }
}

/** For which app we signed this ID token; undefined where we did not. It may have ended (§2). */
async function audienceOf(
  { keys, issuer }: EndSessionParts,
  token: string | null,
): Promise<string | undefined> {
  if (token === null) return undefined
  for (const key of await keys()) {
    const { kty, n, e } = key
    const payload = await importJWK({ kty, n, e, alg: 'RS256' } as JWK, 'RS256')
      .then((verifying) => compactVerify(token, verifying, { algorithms: ['RS256'] }))
      .then(
        (verified) =>
          JSON.parse(new TextDecoder().decode(verified.payload)) as { iss?: string; aud?: string },
        // Signed by another key, or by nobody.
        () => undefined,
      )
    if (payload?.iss === issuer() && typeof payload.aud === 'string') return payload.aud
  }
  return undefined
}

function onceMore(reply: FastifyReply, given: URLSearchParams, language: Language): FastifyReply {
  const goesTo = `${paths.endSession}?${new URLSearchParams([...given, ['own', '1']])}`
  return sendPage(reply, { language, title: say(language, 'goingOn'), body: html``, goesTo })
}

type Question = {
  readonly asked: Asked
  readonly given: URLSearchParams
  readonly proof: string
  readonly person: string
}

function ask(
  reply: FastifyReply,
  { asked: { app, language }, given, proof, person }: Question,
): FastifyReply {
  const kept = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'ui_locales']
  const fields = [
    ...kept.flatMap((name) => given.getAll(name).map((value) => [name, value] as const)),
    ...([
      ['own', '1'],
      ['proof', proof],
    ] as const),
  ]
  const form = (act: string, label: string, kind: string): Html =>
    html`<form method="post" action="${paths.endSession}">${[...fields, ['act', act] as const].map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
    )}<button class="${kind}">${label}</button></form>`
  return sendPage(reply, {
    language,
    title: say(language, 'leave'),
    body: html`<p>${say(language, 'leaveWhy', { app: app?.name ?? '—', person })}</p>
${form('leave', say(language, 'leave'), 'main')}${form('stay', say(language, 'stay'), '')}`,
  })
}

function end(reply: FastifyReply, { goesTo, language }: Asked, how: 'left' | 'stayed'): FastifyReply {
  const body = goesTo === undefined ? html`` : html`<p><a href="${goesTo}">${say(language, 'goOn')}</a></p>`
  const page = { language, title: say(language, how), body }
  // A page, not a redirect: browsers hold forms to their own site, and the app is on another.
  return sendPage(reply, goesTo === undefined ? page : { ...page, goesTo })
}
