/** Shared terminals of wards in the browser: `/api/terminal`, and a person's own badge at `/api/session/badge`. */
import { invalid, notFound, unauthenticated } from '@xinglin/fhir'
import type { Actor, Identity } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireActor } from './actor.ts'
import { readCookie, terminalCookie, writeSessionCookie } from './cookie.ts'
import { refuseWhenEmpty, type SignInBuckets } from './gate.ts'

type Opened = { readonly token: string; readonly actor: Actor }

export type TerminalRoutesOptions = {
  readonly identity: Pick<Identity, 'badges'>
  readonly signIns: SignInBuckets
  /** Sets the session cookie and tells who is signed in now. */
  readonly enter: (request: FastifyRequest, reply: FastifyReply, opened: Opened) => Promise<object>
}

// A badge, a PIN and a password.
const maxBodyBytes = 16 * 1024
/** Browsers keep no cookie longer; every look at the terminal begins it anew. */
const cookieLifeSeconds = 400 * 86_400

/** Registers the routes of terminals and badges. */
export function terminalRoutes(
  http: FastifyInstance,
  { identity, signIns, enter }: TerminalRoutesOptions,
): void {
  const { badges } = identity
  const small = { bodyLimit: maxBodyBytes }

  http.get('/api/terminal', async (request, reply) => {
    const secret = terminalSecret(request)
    if (!secret) return {}
    const terminal = await badges.terminal(secret)
    setTerminal(request, reply, terminal && secret)
    return { terminal }
  })

  // This browser becomes a terminal: its secret goes into a cookie that no script reads, and is shown to nobody.
  http.post('/api/terminal', small, async (request, reply) => {
    const actor = requireActor(request)
    const { id, secret } = await badges.register(actor, {
      label: textOf(request.body, 'label'),
      location: textOf(request.body, 'location'),
      idleSeconds: numberOf(request.body, 'idleSeconds'),
      reason: textOf(request.body, 'reason'),
    })
    setTerminal(request, reply, secret)
    await badges.stand(secret, actor)
    return reply.code(201).send({ id })
  })

  http.post(
    '/api/terminal/session',
    { ...small, config: { access: 'open' as const } },
    async (request, reply) => {
      refuseWhenEmpty(await signIns.take(request.ip), reply)
      const secret = terminalSecret(request)
      if (!secret)
        throw unauthenticated('this is no terminal in use: an administrator registers it', {
          code: 'badge.no-terminal',
        })
      const [number, pin] = [textOf(request.body, 'number'), textOf(request.body, 'pin')]
      return enter(request, reply, await badges.enter(secret, { number, pin, address: request.ip }))
    },
  )

  http.post('/api/terminal/lock', small, async (request, reply) => {
    await badges.lock(requireActor(request))
    return reply.code(204).send()
  })

  http.get('/api/session/badge', async (request) => {
    const badge = await badges.own(requireActor(request))
    return badge ? { badge } : {}
  })
  http.post('/api/session/badge', small, async (request, reply) => {
    const actor = requireActor(request)
    refuseWhenEmpty(await signIns.take(request.ip), reply)
    await badges.enrol(actor, {
      number: textOf(request.body, 'number'),
      pin: textOf(request.body, 'pin'),
      password: textOf(request.body, 'password'),
    })
    return reply.code(204).send()
  })
  http.delete('/api/session/badge', async (request, reply) => {
    const actor = requireActor(request)
    if (!(await badges.own(actor))) throw notFound('you have no badge', { code: 'badge.none' })
    await badges.removeOwn(actor)
    return reply.code(204).send()
  })
}

/** What the browser of a terminal shows of it; undefined elsewhere. */
export function terminalSecret(request: FastifyRequest): string | undefined {
  return readCookie(request.headers.cookie, terminalCookie) || undefined
}

function setTerminal(request: FastifyRequest, reply: FastifyReply, secret: string | undefined): void {
  const isSecure = request.protocol === 'https'
  const cookie = writeSessionCookie(secret, {
    ...{ isSecure, name: terminalCookie, lifeSeconds: cookieLifeSeconds },
  })
  reply.header('set-cookie', cookie)
}

function textOf(body: unknown, name: string): string {
  const value = fieldOf(body, name)
  if (typeof value === 'string' && value !== '') return value
  throw invalid(`the body needs ${name} as text`, { code: 'web.field-missing', at: name })
}

function numberOf(body: unknown, name: string): number {
  const value = fieldOf(body, name)
  if (typeof value === 'number') return value
  throw invalid(`the body needs ${name} as a number`, { code: 'web.field-missing', at: name })
}

function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? Reflect.get(body, name)
    : undefined
}
