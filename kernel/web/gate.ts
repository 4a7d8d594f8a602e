/** What stands before every request for data: its actor, its rate, and the refusal of forged or anonymous writes. */

import { busy, unauthenticated } from '@xinglin/fhir'
import type { Actor, Identity } from '@xinglin/identity'
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
import { createSharedBuckets } from './shared-buckets.ts'

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
  const buckets = createGateBuckets(identity, limits)
  http.decorateRequest('actor')
  http.addHook('onRequest', async (request, reply) => {
    const { access, realm = 'staff' } = request.routeOptions.config
    if (access === 'page') return
    const credentials = credentialsOf(request.headers, realm)
    request.actor = await resolveActor(identity, credentials, request.ip)
    await takeToken(buckets, request, reply)
    refuseOtherRealm(request.actor, realm)
    if (request.actor) request.actor = await statedActor(identity, request.actor, request.headers)
    if (access !== 'form') refuseForgery(request, credentials)
    if (!request.actor && access !== 'open' && access !== 'form' && hasBody(request))
      throw unauthenticated('sign in, or send a bearer token', { code: 'web.no-actor' })
  })
}

type GateBuckets = {
  /** Of people and machines, over all processes. */
  readonly actors: (actor: Actor) => number | Promise<number>
  /** Of addresses without credentials, in this process: what they ask for costs little and is asked for often. */
  readonly addresses: Buckets
}

function createGateBuckets({ allowances }: Identity, limits: WebLimits): GateBuckets {
  const elapsedMs = () => performance.now()
  const shared = createSharedBuckets({ lease: allowances.lease, elapsedMs })
  const rateOf = (perSecond: number) => ({ perSecond, burst: perSecond * burstSeconds })
  return {
    actors: ({ tenant, reference, requestsPerSecond }) =>
      shared.take(`actor/${tenant}/${reference}`, rateOf(requestsPerSecond ?? limits.actorRequestsPerSecond)),
    addresses: createBuckets({ ...rateOf(limits.anonymousRequestsPerSecond), elapsedMs }),
  }
}

/** Not a promise while tokens are left. */
function takeToken(
  buckets: GateBuckets,
  { actor, ip }: FastifyRequest,
  reply: FastifyReply,
): void | Promise<void> {
  const waits = actor ? buckets.actors(actor) : buckets.addresses.take(ip)
  if (waits instanceof Promise) return waits.then((waitSeconds) => refuseWhenEmpty(waitSeconds, reply))
  refuseWhenEmpty(waits, reply)
}

/** Attempts to sign in by address: 0 where one is left, else the seconds to wait. */
export type SignInBuckets = { take(address: string): number | Promise<number> }

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
