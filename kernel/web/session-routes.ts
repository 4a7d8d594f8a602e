/** Signing in and out of the browser: `/api/session`. */

import { invalid, unauthenticated } from '@xinglin/fhir'
import type { Actor, Identity } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireActor } from './actor.ts'
import { readCookie, sessionCookie, writeSessionCookie } from './cookie.ts'
import { deviceRoutes, deviceSecret, rememberDevice } from './device-routes.ts'
import { factorRoutes } from './factor-routes.ts'
import { refuseWhenEmpty, type SignInBuckets } from './gate.ts'
import { terminalRoutes, terminalSecret } from './terminal-routes.ts'

// A login and a password, with room for the longest that identity takes.
const maxCredentialBytes = 16 * 1024

export type SessionRoutesOptions = {
  readonly identity: Identity
  readonly signIns: SignInBuckets
  readonly permissions: ReadonlySet<string>
  /** IANA zone in which pages show every moment. */
  readonly timeZone: string
}

type Opened = { readonly token: string; readonly actor: Actor }

/** For doors by which people sign in. */
export interface SignIns {
  /** Throws `busy` where an address tries too often. */
  take(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** Sets the session cookie; gives what `GET /api/session` says. */
  enter(request: FastifyRequest, reply: FastifyReply, opened: Opened): Promise<object>
  /** Ends the session of the request, if there is one, and removes its cookie. */
  leave(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

/** Registers sign in (POST), me (GET), sign out (DELETE), change of password, and what a person sees of his own account. */
export function sessionRoutes(http: FastifyInstance, options: SessionRoutesOptions): SignIns {
  const { identity, signIns } = options
  const open = { bodyLimit: maxCredentialBytes, config: { access: 'open' as const } }

  const enter = async (request: FastifyRequest, reply: FastifyReply, { token, actor }: Opened) => {
    const terminal = terminalSecret(request)
    if (terminal) await identity.badges.stand(terminal, actor)
    setCookie(request, reply, token)
    if (actor.secondFactor) await rememberDevice(identity, { request, reply, actor })
    return describe(actor, options)
  }

  http.post('/api/session', open, async (request, reply) => {
    refuseWhenEmpty(await signIns.take(request.ip), reply)
    const { login, password } = texts(request.body, ['login', 'password'])
    const answer = await identity.accounts.begin({
      ...{ login, password, address: request.ip },
      ...deviceSecret(request),
    })
    // Nobody is signed in yet: the password was right and the second factor is to come.
    if ('ticket' in answer) return reply.code(202).send(answer)
    return enter(request, reply, answer)
  })

  // What a session may do grows: its former token is good no more (OWASP ASVS 5.0 V7.2.4).
  const renew = async (request: FastifyRequest, reply: FastifyReply, actor: Actor) =>
    setCookie(request, reply, await identity.accounts.renewSession(actor))

  factorRoutes(http, { identity, signIns, enter, renew })

  terminalRoutes(http, { identity, signIns, enter })

  deviceRoutes(http, identity)

  http.get('/api/session', (request) => describe(signedIn(request), options))

  const leave = async (request: FastifyRequest, reply: FastifyReply) => {
    const token = readCookie(request.headers.cookie, sessionCookie)
    if (token) await identity.accounts.signOut(token)
    setCookie(request, reply, undefined)
  }

  http.delete('/api/session', async (request, reply) => {
    await leave(request, reply)
    return reply.code(204).send()
  })

  http.get('/api/session/account', (request) => identity.accounts.own(signedIn(request)))

  http.get('/api/session/sessions', async (request) => ({
    sessions: await identity.accounts.openSessions(requireActor(request)),
  }))
  http.delete<{ Params: { id: string } }>('/api/session/sessions/:id', async (request, reply) => {
    await identity.accounts.endSession(requireActor(request), request.params.id)
    return reply.code(204).send()
  })

  http.delete('/api/session/others', async (request, reply) => {
    await identity.accounts.endOtherSessions(signedIn(request))
    return reply.code(204).send()
  })

  http.post('/api/session/password', { bodyLimit: maxCredentialBytes }, async (request, reply) => {
    const actor = signedIn(request)
    refuseWhenEmpty(await signIns.take(request.ip), reply)
    await identity.accounts.changePassword(actor, texts(request.body, ['current', 'next']))
    await renew(request, reply, actor)
    return reply.code(204).send()
  })

  const take: SignIns['take'] = async (request, reply) =>
    refuseWhenEmpty(await signIns.take(request.ip), reply)
  return { take, enter, leave }
}

/** The actor even while a one-time password stands: these routes are how it is changed. */
function signedIn(request: FastifyRequest): Actor {
  if (request.actor) return request.actor
  throw unauthenticated('nobody is signed in', { code: 'web.no-actor' })
}

async function describe(actor: Actor, { identity, permissions, timeZone }: SessionRoutesOptions) {
  const isHeld = (permission: string) => identity.decide(actor, { kind: 'permission', permission }).isAllowed
  return {
    kind: actor.kind,
    id: actor.id,
    reference: actor.reference,
    display: actor.display,
    tenant: { id: actor.tenant },
    timeZone,
    roles: actor.roles,
    scopes: actor.scopes,
    permissions: [...permissions].filter(isHeld),
    mustChangePassword: actor.mustChangePassword === true,
    mustShowFactor: actor.mustShowFactor === true,
    hasWatermark: await identity.masking.hasWatermark(actor),
  }
}

function setCookie(request: FastifyRequest, reply: FastifyReply, token: string | undefined): void {
  reply.header('set-cookie', writeSessionCookie(token, { isSecure: request.protocol === 'https' }))
}

/** The named members of a JSON body, each a text. */
function texts<Name extends string>(body: unknown, names: readonly Name[]): Record<Name, string> {
  const entries = names.map((name) => [name, textOf(body, name)] as const)
  return Object.fromEntries(entries) as Record<Name, string>
}

function textOf(body: unknown, name: string): string {
  const value: unknown =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name)
      ? Reflect.get(body, name)
      : undefined
  if (typeof value === 'string' && value !== '') return value
  throw invalid(`the body needs ${name} as text`, { code: 'web.field-missing', at: name })
}
