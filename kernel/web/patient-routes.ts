/** Signing in and out of the patients' realm, and what a patient keeps of his own account: `/api/patient-session`. */
import { type Instant, invalid, unauthenticated } from '@xinglin/fhir'
import { type Actor, type Identity, isDocumentKind } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { patientCookie, readCookie, writeSessionCookie } from './cookie.ts'
import { refuseWhenEmpty, type SignInBuckets } from './gate.ts'

const maxBytes = 16 * 1024
const mostCharacters = 512

export type PatientRoutesOptions = {
  readonly identity: Identity
  readonly signIns: SignInBuckets
  /** IANA zone in which pages show every moment. */
  readonly timeZone: string
}

/** Registers the routes; whoever signs in here is signed in nowhere else. */
export function patientRoutes(
  http: FastifyInstance,
  { identity, signIns, timeZone }: PatientRoutesOptions,
): void {
  const { patients } = identity
  const open = { bodyLimit: maxBytes, config: { access: 'open', realm: 'patients' } } as const
  const own = { bodyLimit: maxBytes, config: { realm: 'patients' } } as const
  const base = '/api/patient-session'
  const take = async (request: FastifyRequest, reply: FastifyReply) =>
    refuseWhenEmpty(await signIns.take(request.ip), reply)
  const describe = async (actor: Actor) => ({
    ...{ reference: actor.reference, display: actor.display, tenant: { id: actor.tenant }, timeZone },
    charts: await patients.charts(actor),
  })

  http.post(`${base}/codes`, open, async (request, reply) => {
    await take(request, reply)
    return patients.requestCode({ phone: text(request, 'phone'), purpose: 'sign-in', address: request.ip })
  })
  http.post(base, open, async (request, reply) => {
    await take(request, reply)
    const device = request.headers['user-agent']
    const { token, actor } = await patients.signIn({
      ...{ ...code(request.body), address: request.ip },
      ...(device ? { device } : {}),
      ...optional(request, 'password'),
    })
    setCookie(request, reply, token)
    return describe(actor)
  })
  http.get(base, own, (request) => describe(signedIn(request)))
  http.delete(base, own, async (request, reply) => {
    const token = readCookie(request.headers.cookie, patientCookie)
    if (token) await patients.signOut(token)
    setCookie(request, reply, undefined)
    return reply.code(204).send()
  })

  http.get(`${base}/account`, own, (request) => patients.own(signedIn(request)))
  http.get(`${base}/sessions`, own, async (request) => ({
    sessions: await patients.sessions(signedIn(request)),
  }))
  http.delete<{ Params: { id: string } }>(`${base}/sessions/:id`, own, async (request, reply) => {
    await patients.endSession(signedIn(request), request.params.id)
    return reply.code(204).send()
  })
  http.post(`${base}/own-codes`, own, async (request, reply) => {
    await take(request, reply)
    return patients.requestOwnCode(signedIn(request))
  })
  http.post(`${base}/new-phone-codes`, own, async (request, reply) => {
    signedIn(request)
    await take(request, reply)
    return patients.requestCode({ phone: text(request, 'phone'), purpose: 'new-phone', address: request.ip })
  })

  const act = (path: string, work: (request: FastifyRequest, actor: Actor) => Promise<void>) =>
    http.post(`${base}/${path}`, own, async (request, reply) => {
      const actor = signedIn(request)
      await take(request, reply)
      await work(request, actor)
      return reply.code(204).send()
    })
  act('identity', (request, actor) => patients.prove(actor, papersOf(request)))
  act('children', (request, actor) => patients.addChild(actor, papersOf(request)))
  act('password', (request, actor) =>
    patients.setPassword(actor, code(request.body), optional(request, 'password').password),
  )
  act('phone', (request, actor) =>
    patients.changePhone(actor, {
      old: code(member(request.body, 'old')),
      next: code(member(request.body, 'next')),
      ...optional(request, 'number'),
    }),
  )
  act('closing', (request, actor) => patients.close(actor, code(request.body)))
  act('delegations', (request, actor) =>
    patients.delegate(actor, {
      ...{ phone: text(request, 'phone'), name: text(request, 'name') },
      until: instant(request, 'until'),
    }),
  )
  http.get(`${base}/delegations`, own, async (request) => ({
    delegations: await patients.delegations(signedIn(request)),
  }))
  http.delete<{ Params: { id: string } }>(`${base}/delegations/:id`, own, async (request, reply) => {
    await patients.endDelegation(signedIn(request), request.params.id)
    return reply.code(204).send()
  })

  // Apps act by their scopes alone: an agreement is taken back by the person himself.
  http.get(`${base}/apps`, own, async (request) => ({
    agreements: await identity.apps.agreements(signedIn(request)),
  }))
  http.delete<{ Params: { id: string } }>(`${base}/apps/:id`, own, async (request, reply) => {
    await identity.apps.takeBack(signedIn(request), request.params.id)
    return reply.code(204).send()
  })
}

/** The patient himself: not an app that he let in. */
function signedIn({ actor }: FastifyRequest): Actor {
  if (actor && actor.client === undefined) return actor
  throw unauthenticated('nobody is signed in', { code: 'web.no-actor' })
}

function setCookie(request: FastifyRequest, reply: FastifyReply, token: string | undefined): void {
  const isSecure = request.protocol === 'https'
  reply.header('set-cookie', writeSessionCookie(token, { isSecure, name: patientCookie }))
}

function papersOf(request: FastifyRequest) {
  const kind = text(request, 'kind')
  if (!isDocumentKind(kind))
    throw invalid('this kind of paper is not known here', { code: 'patients.document', at: 'kind' })
  return { kind, number: text(request, 'number'), name: text(request, 'name') }
}

function code(body: unknown) {
  return { challenge: textOf(body, 'challenge'), code: textOf(body, 'code') }
}

function optional<Name extends string>(
  { body }: FastifyRequest,
  name: Name,
): { readonly [Key in Name]?: string } {
  const value = member(body, name)
  if (value === undefined || value === null || value === '') return {}
  return { [name]: textOf(body, name) } as { readonly [Key in Name]: string }
}

function instant(request: FastifyRequest, name: string): Instant {
  const given = text(request, name)
  if (/^\d{4}-\d\d-\d\dT[\d:.]{8,12}(?:Z|[+-]\d\d:\d\d)$/.test(given) && !Number.isNaN(Date.parse(given)))
    return given as Instant
  throw invalid(`${name} must be an instant such as 2026-11-23T12:00:00+08:00`, {
    code: 'web.field-missing',
    at: name,
  })
}

function text({ body }: FastifyRequest, name: string): string {
  return textOf(body, name)
}

function textOf(body: unknown, name: string): string {
  const value = member(body, name)
  if (typeof value === 'string' && value !== '' && value.length <= mostCharacters) return value
  throw invalid(`the body needs ${name} as text`, { code: 'web.field-missing', at: name })
}

function member(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? Reflect.get(body, name)
    : undefined
}
