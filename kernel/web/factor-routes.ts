/** Second factors in the browser: the second step of signing in, passkeys, and what a person keeps of them. */
import { invalid, unauthenticated } from '@xinglin/fhir'
import type { Actor, FactorHolder, Identity, SessionToken, Site } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { rememberDevice } from './device-routes.ts'
import { refuseWhenEmpty, type SignInBuckets } from './gate.ts'

type AuthenticationAnswer = Parameters<Identity['factors']['proveByPasskey']>[1]['answer']
type RegistrationAnswer = Parameters<Identity['factors']['confirmPasskey']>[1]['answer']

export type FactorRoutesOptions = {
  readonly identity: Identity
  readonly signIns: SignInBuckets
  /** Sets the cookie and tells who is signed in now. */
  readonly enter: (request: FastifyRequest, reply: FastifyReply, opened: Opened) => Promise<object>
  /** Sets a new token for the session of the request. */
  readonly renew: (request: FastifyRequest, reply: FastifyReply, actor: Actor) => Promise<void>
}
type Opened = { readonly token: SessionToken; readonly actor: Actor }

// An answer of a passkey with its attestation is about 2 kB.
const maxAnswerBytes = 64 * 1024

/** Registers `/api/session/second`, `/api/session/passkey` and `/api/session/factors`. */
export function factorRoutes(http: FastifyInstance, options: FactorRoutesOptions): void {
  const { identity, signIns, enter, renew } = options
  const { factors } = identity
  const open = { bodyLimit: maxAnswerBytes, config: { access: 'open' as const } }
  const own = { bodyLimit: maxAnswerBytes }
  const take = async (request: FastifyRequest, reply: FastifyReply) =>
    refuseWhenEmpty(await signIns.take(request.ip), reply)
  /** A factor was shown under a session. */
  const shown = async (request: FastifyRequest, reply: FastifyReply) => {
    const actor = signedIn(request)
    if (actor.mustShowFactor) await renew(request, reply, actor)
    await rememberDevice(identity, { request, reply, actor })
  }
  const entered = async (request: FastifyRequest, reply: FastifyReply, opened: Opened | undefined) => {
    if (opened) return enter(request, reply, opened)
    await shown(request, reply)
    return reply.code(204).send()
  }

  // The second step: by a ticket it signs in, under a session it is shown once more for a dangerous act.
  http.post('/api/session/second', open, async (request, reply) => {
    await take(request, reply)
    const opened = await factors.proveByCode(holderOf(request), text(request, 'code'))
    return entered(request, reply, opened)
  })
  http.post('/api/session/second/passkey/question', open, async (request, reply) => {
    await take(request, reply)
    return factors.challenge(holderOf(request), siteOf(request))
  })
  http.post('/api/session/second/passkey', open, async (request, reply) => {
    await take(request, reply)
    const answer = answerOf<AuthenticationAnswer>(request)
    return entered(
      request,
      reply,
      await factors.proveByPasskey(holderOf(request), { site: siteOf(request), answer }),
    )
  })

  // A passkey alone: it says who it is.
  http.post('/api/session/passkey/question', open, async (request, reply) => {
    await take(request, reply)
    return factors.challenge(undefined, siteOf(request))
  })
  http.post('/api/session/passkey', open, async (request, reply) => {
    await take(request, reply)
    const answer = answerOf<AuthenticationAnswer>(request)
    const shown = { id: text(request, 'id'), site: siteOf(request), answer, address: request.ip }
    return enter(request, reply, await factors.signInByPasskey(shown))
  })

  http.get('/api/session/factors', (request) => factors.own(signedIn(request)))
  http.post('/api/session/factors/authenticator', own, async (request, reply) => {
    await take(request, reply)
    return factors.beginAuthenticator(signedIn(request))
  })
  http.post('/api/session/factors/authenticator/code', own, async (request, reply) => {
    await take(request, reply)
    const shown = { id: text(request, 'id'), code: text(request, 'code') }
    return added(request, reply, await factors.confirmAuthenticator(signedIn(request), shown))
  })
  http.post('/api/session/factors/passkey/question', own, async (request, reply) => {
    await take(request, reply)
    return { options: await factors.beginPasskey(signedIn(request), siteOf(request)) }
  })
  http.post('/api/session/factors/passkey', own, async (request, reply) => {
    await take(request, reply)
    const answer = answerOf<RegistrationAnswer>(request)
    const shown = { site: siteOf(request), answer, label: text(request, 'label') }
    return added(request, reply, await factors.confirmPasskey(signedIn(request), shown))
  })
  http.post('/api/session/factors/recovery-codes', async (request) => ({
    recoveryCodes: await factors.renewRecoveryCodes(signedIn(request)),
  }))
  http.delete<{ Params: { id: string } }>('/api/session/factors/:id', async (request, reply) => {
    await factors.remove(signedIn(request), request.params.id)
    return reply.code(204).send()
  })

  async function added(
    request: FastifyRequest,
    reply: FastifyReply,
    { recoveryCodes = [] }: { recoveryCodes?: readonly string[] },
  ): Promise<object> {
    await shown(request, reply)
    return { recoveryCodes }
  }
}

function signedIn(request: FastifyRequest): Actor {
  if (request.actor) return request.actor
  throw unauthenticated('nobody is signed in', { code: 'web.no-actor' })
}

/** A ticket in the body is the holder even where an older session is still in the cookie. */
function holderOf(request: FastifyRequest): FactorHolder {
  const ticket = member(request, 'ticket')
  return typeof ticket === 'string' && ticket !== '' ? { ticket } : signedIn(request)
}

function siteOf({ protocol, hostname, host }: FastifyRequest): Site {
  return { origin: `${protocol}://${host}`, host: hostname }
}

function member({ body }: FastifyRequest, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? Reflect.get(body, name)
    : undefined
}

function text(request: FastifyRequest, name: string): string {
  const value = member(request, name)
  if (typeof value === 'string' && value !== '') return value
  throw invalid(`the body needs ${name} as text`, { code: 'web.field-missing', at: name })
}

/** The shape of WebAuthn Level 3 §5.1.8; the library judges what is inside. */
function answerOf<Answer extends RegistrationAnswer | AuthenticationAnswer>(request: FastifyRequest): Answer {
  const answer = member(request, 'answer')
  const isAnswer =
    typeof answer === 'object' &&
    answer !== null &&
    'id' in answer &&
    typeof answer.id === 'string' &&
    'response' in answer &&
    typeof answer.response === 'object' &&
    answer.response !== null
  if (isAnswer) return answer as Answer
  throw invalid('the body needs answer, as a passkey gives it', { code: 'web.field-missing', at: 'answer' })
}
