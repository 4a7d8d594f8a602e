/** The platform itself at work, by the name of the part that works. */
import type { TenantId } from '@xinglin/events'
import type { Actor } from './identity.ts'

export function systemActorOf(name: string, tenant: TenantId): Actor {
  return {
    kind: 'system',
    id: name,
    reference: `system/${name}`,
    tenant,
    roles: [],
    scopes: [],
    display: name,
  }
}
