/**
 * By whose rights a subscription shows anything: those that its owner holds now, and no more than the token held by which
 * it was asked for. Somebody who is disabled or loses a right is told nothing more from that moment on.
 */

import type { TenantId } from '@xinglin/events'
import type { ResourceType } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { SubscriptionsKernel } from './kernel.ts'
import type { Readable, Shown } from './notification/content.ts'

export type Authority = {
  /** Whether anything of a type, or of every type (`*`), may be read. */
  mayReadType(type: ResourceType | '*'): boolean
  /** The owner, for the audit trail. */
  readonly actor: Actor
  /** Those of the resources that may be read now. */
  readonly readable: Readable
  readonly shown: Shown
}

type Owned = { readonly tenant: TenantId; readonly owner: string; readonly scopes: readonly string[] }

/** The authority of a subscription's owner; undefined where he is unknown or disabled. */
export async function authorityOf(
  { identity }: Pick<SubscriptionsKernel, 'identity'>,
  { tenant, owner, scopes }: Owned,
): Promise<Authority | undefined> {
  const actor = await identity.actorOf(owner)
  if (!actor || actor.tenant !== tenant || actor.mustChangePassword) return undefined
  // People have no scopes of their own: these are of an app, whose access ends with the person's session.
  if (actor.kind === 'user' && scopes.length > 0) return undefined
  const holders = actor.kind === 'client' ? [actor, { ...actor, scopes }] : [actor]
  const allMay = (asked: { type: ResourceType | '*'; id?: string; patient?: string }) =>
    holders.every(
      (holder) => identity.decide(holder, { kind: 'record', interaction: 'read', ...asked }).isAllowed,
    )
  return {
    actor,
    mayReadType: (type) => allMay({ type }),
    shown: (versions) => identity.reach.shown(actor, versions),
    async readable(resources) {
      const allowed = resources.filter(({ type, id, patient }) =>
        allMay({ type, id, ...(patient === undefined ? {} : { patient }) }),
      )
      return reachedByAll(identity, holders, allowed)
    },
  }
}

type Names = Awaited<ReturnType<Readable>>

async function reachedByAll(
  { reach }: SubscriptionsKernel['identity'],
  holders: readonly Actor[],
  resources: Names,
): Promise<Names> {
  let left = resources.map(({ type, id }) => ({ type, id }))
  for (const holder of holders) left = [...(await reach.reached(holder, left))]
  return left
}
