/** Who may ask this, and about which message: one decision and one audit entry a request. */
import type { Kernel } from '@xinglin/app'
import { notFound } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { MessageId } from '@xinglin/traffic'
import { requireActor } from '@xinglin/web'
import type { FastifyRequest } from 'fastify'
import { optionalTextOf } from './input.ts'

/** One decision and one audit entry for what was asked (law 5): a raw message names its patient. */
export async function permitted(
  { identity }: Kernel,
  request: FastifyRequest,
  { permission, subject }: { readonly permission: string; readonly subject?: string },
): Promise<Actor> {
  const actor = requireActor(request)
  identity.demand(actor, { kind: 'permission', permission, ...(subject ? { subject } : {}) })
  await identity.audit(actor, {
    action: permission,
    outcome: 'allowed',
    ...(subject ? { detail: `message ${subject}` } : {}),
  })
  return actor
}

/** The number of a message in the path; `notFound` for anything else. */
export function idOf(request: FastifyRequest): MessageId {
  const id = optionalTextOf(request.params, 'id')
  if (!id || !/^\d{1,18}$/.test(id)) throw unknownMessage()
  return id as MessageId
}

/** The journal of the institution has no such message. */
export function unknownMessage() {
  return notFound('no such message in the journal of this institution', { code: 'traffic.unknown-message' })
}
