/** Who asks: a session cookie (people) or a bearer token (RFC 6750 §2.1, machine clients), resolved once a request. */

import type { IncomingHttpHeaders } from 'node:http'
import { forbidden, unauthenticated } from '@xinglin/fhir'
import type { Actor, Identity } from '@xinglin/identity'
import type { FastifyRequest } from 'fastify'
import { patientCookie, readCookie, sessionCookie } from './cookie.ts'
import type { RequireActor } from './web.ts'

/** What a request shows of its sender. */
export type Credentials =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'session'; readonly token: string }
  | { readonly kind: 'patient-session'; readonly token: string }
  | { readonly kind: 'none' }

/** Who an address is for: staff and machines, patients, or both. */
export type Realm = 'staff' | 'patients' | 'both'

/** The credentials in the headers that count in a realm; a bearer token goes before a cookie, staff's cookie before a patient's. */
export function credentialsOf(
  headers: { readonly authorization?: string; readonly cookie?: string },
  realm: Realm = 'staff',
): Credentials {
  const bearer = /^bearer ([\w\-.~+/]+=*)$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer) return { kind: 'bearer', token: bearer }
  const session = realm === 'patients' ? undefined : readCookie(headers.cookie, sessionCookie)
  if (session) return { kind: 'session', token: session }
  const patient = realm === 'staff' ? undefined : readCookie(headers.cookie, patientCookie)
  return patient ? { kind: 'patient-session', token: patient } : { kind: 'none' }
}

/** The actor of credentials with the address that they came from; undefined where they are unknown or expired. */
export async function resolveActor(
  identity: Pick<Identity, 'accounts' | 'clients' | 'patients'>,
  credentials: Credentials,
  address: string,
): Promise<Actor | undefined> {
  if (credentials.kind === 'none') return undefined
  const actor = await actorBy(identity, credentials)
  return actor && { ...actor, address }
}

/** The header by which whoever asks says why: a code of v3-PurposeOfUse. */
const purposeHeader = 'x-xinglin-purpose'

/** The actor with the purpose that the request states; as he is where it states none. */
export function statedActor(
  identity: Pick<Identity, 'statePurpose'>,
  actor: Actor,
  headers: IncomingHttpHeaders,
): Actor | Promise<Actor> {
  const purpose = headers[purposeHeader]
  return typeof purpose === 'string' ? identity.statePurpose(actor, purpose) : actor
}

function actorBy(
  identity: Pick<Identity, 'accounts' | 'clients' | 'patients'>,
  { kind, token }: Exclude<Credentials, { kind: 'none' }>,
): Promise<Actor | undefined> {
  switch (kind) {
    case 'bearer':
      return identity.clients.tokenActor(token)
    case 'session':
      return identity.accounts.sessionActor(token)
    case 'patient-session':
      return identity.patients.sessionActor(token)
  }
}

/** Throws `forbidden` (`web.other-realm`) for a token of the other realm; its cookies were not looked at in the first place. */
export function refuseOtherRealm(actor: Actor | undefined, realm: Realm): void {
  if (!actor || realm === 'both') return
  const isPatient = actor.kind === 'patient'
  if (isPatient === (realm === 'patients')) return
  throw forbidden(isPatient ? 'this address is for staff' : 'this address is for patients', {
    code: 'web.other-realm',
  })
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Throws `forbidden` for an unsafe method under a cookie session without `x-xinglin: 1`, which no foreign page can send. */
export function refuseForgery(request: FastifyRequest, credentials: Credentials): void {
  if (credentials.kind === 'none' || credentials.kind === 'bearer' || !request.actor) return
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
  if (request.actor.mustShowFactor)
    throw forbidden(
      'a second factor must be added or shown first (POST /api/session/factors/…, /api/session/second)',
      {
        code: 'web.second-factor-due',
      },
    )
  return request.actor
}
