/** What of the door patients may use, with a session or an app of theirs: looks at the record, and `$everything`. */
import { forbidden } from '@xinglin/fhir'
import type { FastifyInstance } from 'fastify'

/** Every address here is for both realms; patients are refused whatever is no look at the record. */
export function openToPatients(http: FastifyInstance): void {
  http.addHook('onRoute', (route) => {
    route.config = { ...route.config, realm: 'both' }
  })
  http.addHook('onRequest', async ({ actor, method, url }) => {
    if (actor?.kind !== 'patient' || isLook(method, decoded(url))) return
    throw forbidden('patients read here: changes are asked for in "My record"', { code: 'web.other-realm' })
  })
}

/** The path as the router reads it; one that cannot be decoded is no look. */
function decoded(url: string): string {
  const [path = ''] = url.split('?')
  return /%(?![0-9a-f]{2})|%[89a-f]/i.test(path) ? '$' : decodeURIComponent(path)
}

function isLook(method: string, path: string): boolean {
  if (path.endsWith('/_search')) return method === 'GET' || method === 'POST'
  if (method !== 'GET' && method !== 'HEAD') return false
  return !path.includes('$') || /\/Patient\/[A-Za-z0-9\-.]{1,64}\/\$everything$/.test(path)
}
