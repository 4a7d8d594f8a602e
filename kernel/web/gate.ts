/** What stands before every request for data: its actor, its rate, and the refusal of forged or anonymous writes. */

import { busy, unauthenticated } from '@xinglin/fhir'
import type { Identity } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  credentialsOf,
  type Realm,
  refuseForgery,
  refuseOtherRealm,
  resolveActor,
  statedActor,
} from './actor.ts'
import { burstSeconds, type WebLimits } from './limits.ts'
import { type Buckets, createBuckets } from './rate-limit.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * `open`: anyone may send a body here (signing in); `page`: no actor is looked up (built pages, health); `form`: a
     * form of ours, which browsers send without headers of ours and whose route refuses forged ones itself.
     */
    readonly access?: 'open' | 'page' | 'form'
    /** Whose credentials count here; absent: `staff`, so that no route is a patient's by oversight. */
    readonly realm?: Realm
  }
}

export type GateOptions = { readonly identity: Identity; readonly limits: WebLimits }

/** Installs the gate on `http`; `request.actor` is set after it for whoever sent valid credentials. */
export function installGate(http: FastifyInstance, { identity, limits }: GateOptions): void {
  const buckets = createGateBuckets(limits)
  http.decorateRequest('actor')
  http.addHook('onRequest', async (request, reply) => {
    const { access, realm = 'staff' } = request.routeOptions.config
    if (access === 'page') return
    const credentials = credentialsOf(request.headers, realm)
    request.actor = await resolveActor(identity, credentials, request.ip)
    takeToken(buckets, request, reply)
    refuseOtherRealm(request.actor, realm)
    if (request.actor) request.actor = await statedActor(identity, request.actor, request.headers)
    if (access !== 'form') refuseForgery(request, credentials)
    if (!request.actor && access !== 'open' && access !== 'form' && hasBody(request))
      throw unauthenticated('sign in, or send a bearer token', { code: 'web.no-actor' })
  })
}

type GateBuckets = { readonly actors: Buckets; readonly addresses: Buckets }

function createGateBuckets(limits: WebLimits): GateBuckets {
  const bucketsOf = (perSecond: number) =>
    createBuckets({ perSecond, burst: perSecond * burstSeconds, elapsedMs: () => performance.now() })
  return {
    actors: bucketsOf(limits.actorRequestsPerSecond),
    addresses: bucketsOf(limits.anonymousRequestsPerSecond),
  }
}

function takeToken(buckets: GateBuckets, request: FastifyRequest, reply: FastifyReply): void {
  const { actor } = request
  const waitSeconds = actor
    ? buckets.actors.take(`${actor.tenant}/${actor.reference}`)
    : buckets.addresses.take(request.ip)
  refuseWhenEmpty(waitSeconds, reply)
}

/** Throws `busy` with `Retry-After` (RFC 9110 §10.2.3) unless `waitSeconds` is 0. */
export function refuseWhenEmpty(waitSeconds: number, reply: FastifyReply): void {
  if (waitSeconds === 0) return
  reply.header('retry-after', String(waitSeconds))
  throw busy(`too many requests; try again in ${waitSeconds} s`, { code: 'web.rate' })
}

function hasBody(request: FastifyRequest): boolean {
  const { headers } = request
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}
