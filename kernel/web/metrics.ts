/** Prometheus text format 0.0.4 at `/metrics`: process, HTTP latency by route, and what others register. */

import { forbidden, unauthenticated } from '@xinglin/fhir'
import type { Identity } from '@xinglin/identity'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** The permission that reads `/metrics` from another machine. */
export const metricsPermission = 'administration.health.read'

// From the fastest indexed read (1 ms) to the longest bundle that is still answered.
const latencyBucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** A registry with the process's own metrics. */
export function createMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'xinglin_' })
  return registry
}

/** Measures every answer by method, route pattern (never the address itself) and status. */
export function measureAnswers(http: FastifyInstance, registry: Registry): void {
  const histogram = new Histogram({
    name: 'xinglin_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: latencyBucketsSeconds,
    registers: [registry],
  })
  http.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const labels = { method: request.method, route, status: String(reply.statusCode) }
    histogram.observe(labels, reply.elapsedTime / 1000)
  })
}

/** Registers `/metrics`: open to this machine, elsewhere for actors that may read the system's health. */
export function metricsRoute(
  http: FastifyInstance,
  { registry, identity }: { readonly registry: Registry; readonly identity: Identity },
): void {
  http.get('/metrics', async (request, reply) => {
    if (!isLoopback(request.ip)) demandHealth(request, identity)
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

function demandHealth(request: FastifyRequest, identity: Identity): void {
  if (!request.actor)
    throw unauthenticated('metrics are given to this machine or with a bearer token', {
      code: 'web.no-actor',
    })
  const decision = identity.decide(request.actor, { kind: 'permission', permission: metricsPermission })
  if (!decision.isAllowed) throw forbidden(decision.reason, { code: 'web.metrics-refused' })
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.replace(/^::ffff:/, '').startsWith('127.')
}
