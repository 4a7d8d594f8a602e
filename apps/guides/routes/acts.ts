/** One act on guides: decided, done, and left in the audit trail whether it came about or not. */
import type { Kernel } from '@xinglin/app'
import type { Actor } from '@xinglin/identity'
import type { Author } from '@xinglin/profiles'
import { requireActor } from '@xinglin/web'
import type { FastifyRequest } from 'fastify'

export type Act = {
  readonly permission: string
  /** What it is about: the name of a package or a canonical, no patient's data. */
  readonly detail: string
}

/** Runs `work` for whoever asks, where the permission is held. */
export async function acted<T>(
  { identity }: Kernel,
  request: FastifyRequest,
  { permission, detail }: Act,
  work: (author: Author) => Promise<T>,
): Promise<T> {
  const actor: Actor = requireActor(request)
  identity.demand(actor, { kind: 'permission', permission })
  const left = (outcome: 'allowed' | 'failed') =>
    identity.audit(actor, { action: permission, outcome, detail })
  try {
    const done = await work({ tenant: actor.tenant, actor: actor.reference })
    await left('allowed')
    return done
  } catch (error) {
    await left('failed')
    throw error
  }
}
