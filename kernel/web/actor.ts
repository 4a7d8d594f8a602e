/** Who asks: a session cookie (people) or a bearer token (RFC 6750 §2.1, machine clients), resolved once a request. */

import { forbidden, unauthenticated } from '@xinglin/fhir'
import type { Actor, Identity } from '@xinglin/identity'
import type { FastifyRequest } from 'fastify'
import { readCookie, sessionCookie } from './cookie.ts'
import type { RequireActor } from './web.ts'

/** What a request shows of its sender. */
export type Credentials =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'session'; readonly token: string }
  | { readonly kind: 'none' }

/** The credentials in the headers; a bearer token goes before a cookie. */
export function credentialsOf(headers: {
  readonly authorization?: string
  readonly cookie?: string
}): Credentials {
  const bearer = /^bearer ([\w\-.~+/]+=*)$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer) return { kind: 'bearer', token: bearer }
  const session = readCookie(headers.cookie, sessionCookie)
  return session ? { kind: 'session', token: session } : { kind: 'none' }
}

/** The actor of credentials with the address that they came from; undefined where they are unknown or expired. */
export async function resolveActor(
  identity: Pick<Identity, 'accounts' | 'clients'>,
  credentials: Credentials,
  address: string,
): Promise<Actor | undefined> {
  if (credentials.kind === 'none') return undefined
  const actor = await (credentials.kind === 'bearer'
    ? identity.clients.tokenActor(credentials.token)
    : identity.accounts.sessionActor(credentials.token))
  return actor && { ...actor, address }
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Throws `forbidden` for an unsafe method under a cookie session without `x-xinglin: 1`, which no foreign page can send. */
export function refuseForgery(request: FastifyRequest, credentials: Credentials): void {
  if (credentials.kind !== 'session' || !request.actor) return
  if (safeMethods.has(request.method) || request.headers['x-xinglin'] === '1') return
  throw forbidden('a request that changes something under a session needs the header x-xinglin: 1', {
    code: 'web.forged',
  })
}

export const requireActor: RequireActor = (request) => {
  if (!request.actor) throw unauthenticated('sign in, or send a bearer token', { code: 'web.no-actor' })
  if (request.actor.mustChangePassword)
    throw forbidden('the one-time password must be changed first (POST /api/session/password)', {
      code: 'web.password-change-due',
    })
  return request.actor
}
