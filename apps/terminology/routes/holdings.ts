/** `/api/terminology/code-systems`, `value-sets`, `concept-maps`: what can be asked. It names no patient: decided, not audited. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { type HoldingsAnswer, readPermission } from '../contract.ts'

const kinds = {
  'code-systems': 'CodeSystem',
  'value-sets': 'ValueSet',
  'concept-maps': 'ConceptMap',
} as const

export function holdingRoutes(http: FastifyInstance, { identity, terminology }: Kernel): void {
  for (const [path, type] of Object.entries(kinds)) {
    http.get(`/${path}`, async (request): Promise<HoldingsAnswer> => {
      const actor = requireActor(request)
      identity.demand(actor, { kind: 'permission', permission: readPermission })
      identity.demand(actor, { kind: 'record', interaction: 'search', type })
      return { held: await terminology.holdings(actor.tenant, type) }
    })
  }
}
