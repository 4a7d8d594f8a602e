/** Cross-origin requests of registered browser apps (Fetch §3.2): the FHIR API by bearer token, never with cookies. */
import type { OauthStore } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const guarded = /^\/fhir\/R4(?:[/?]|$)/
/** What a read or write of FHIR sends and reads. */
const sentHeaders =
  'authorization, content-type, accept, if-match, if-none-match, if-none-exist, if-modified-since, prefer, x-xinglin-purpose'
const readHeaders = 'location, content-location, etag, last-modified, www-authenticate, retry-after'
/** How long a browser keeps a permission, seconds: a suspended app's tokens end at once in any case. */
const keptSeconds = 300
/** How long the list of origins is believed, ms. */
const believedMs = 10_000

/** Lets the origins of registered browser apps read answers of the FHIR API. */
export function allowApps(
  http: FastifyInstance,
  store: Pick<OauthStore, 'origins'>,
  elapsedMs: () => number,
): void {
  let known: { readonly at: number; readonly origins: ReadonlySet<string> } | undefined
  const isAllowed = async (origin: string) => {
    if (!known || elapsedMs() - known.at > believedMs)
      known = { at: elapsedMs(), origins: await store.origins() }
    return known.origins.has(origin)
  }
  http.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (!guarded.test(request.url)) return
    reply.header('vary', 'origin')
    if (origin && (await isAllowed(origin))) allow(request, reply, origin)
  })
  http.options('/fhir/R4', { config: { access: 'page' } }, (_request, reply) => reply.code(204).send())
  http.options('/fhir/R4/*', { config: { access: 'page' } }, (_request, reply) => reply.code(204).send())
}

function allow(request: FastifyRequest, reply: FastifyReply, origin: string): void {
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': readHeaders,
    'cross-origin-resource-policy': 'cross-origin',
  })
  if (request.method !== 'OPTIONS') return
  reply.headers({
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': sentHeaders,
    'access-control-max-age': String(keptSeconds),
  })
}
