/** `/api/record-explorer/queries`: the queries that whoever asks has kept. */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { epochMs, instantOf } from '@xinglin/fhir'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { readPermission, type SavedQueriesAnswer, type SavedQuery } from '../contract.ts'

export function queryRoutes(http: FastifyInstance, { database, identity, runtime }: Kernel): void {
  http.get('/queries', async (request): Promise<SavedQueriesAnswer> => {
    const actor = requireActor(request)
    // One's own words, not the record: decided, not audited.
    identity.demand(actor, { kind: 'permission', permission: readPermission })
    const queries = await database.query(sql<SavedQuery>`
      select id, name, type, query, saved
      from record_explorer.saved_query
      where tenant = ${actor.tenant} and owner = ${actor.reference}
      order by saved desc, id`)
    return {
      queries: queries.map((each) => ({ ...each, saved: instantOf(epochMs(each.saved), runtime.timeZone) })),
    }
  })
}
