/** By whose rights bulk work is done: those that its owner holds now, and no more than the token held by which it was asked for. */
import type { Kernel } from '@xinglin/app'
import type { TenantId } from '@xinglin/events'
import { forbidden } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'

export type Owned = { readonly tenant: TenantId; readonly owner: string; readonly scopes: readonly string[] }

/** Throws `forbidden` where the owner is unknown or disabled now. */
export async function ownerOf({ identity }: Kernel, { tenant, owner, scopes }: Owned): Promise<Actor> {
  const actor = await identity.actorOf(owner)
  if (!actor || actor.tenant !== tenant || actor.mustChangePassword)
    throw forbidden('whoever asked for this may not use the record any more', { code: 'bulk.owner' })
  // People have no scopes of their own: these are of an app, whose access ends with the person's session.
  if (actor.kind === 'user' && scopes.length > 0)
    throw forbidden('an app that acts for a person leaves no work behind: register a service for it', {
      code: 'bulk.owner',
    })
  return actor.kind === 'client' ? { ...actor, scopes } : actor
}
