/** `GET /api/bulk/jobs`: every export and import of the institution, for whoever looks after them. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import { listExports } from './export/exports.ts'
import { listImports } from './import/imports.ts'
import { shareOf } from './import/routes.ts'
import { listPermission } from './permissions.ts'

/** Registers the route; it decides its permission and leaves an audit entry. */
export function bulkMonitor(kernel: Kernel): void {
  const { database, identity, web } = kernel
  web.declarePermissions([listPermission])
  web.http.get('/api/bulk/jobs', async (request) => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: listPermission })
    await identity.audit(actor, { action: listPermission, outcome: 'allowed' })
    const [exports, imports] = await Promise.all([
      listExports(database, actor.tenant),
      listImports(database, actor.tenant),
    ])
    return {
      exports: exports.map(({ id, owner, state, at, ended, reason, resources, plan, typeIndex }) => ({
        ...{ id, owner, state, at, resources, level: plan.level, types: plan.types.length },
        share: state === 'done' ? 1 : typeIndex / plan.types.length,
        isOwn: owner === actor.reference,
        ...(ended === null ? {} : { ended }),
        ...(reason === null ? {} : { reason }),
      })),
      imports: imports.map((row) => ({
        ...{ id: row.id, owner: row.owner, state: row.state, at: row.asked },
        ...{ written: row.written, refused: row.refused, inputs: row.inputs.length },
        share: row.state === 'done' ? 1 : shareOf(row),
        isOwn: row.owner === actor.reference,
        ...(row.ended === null ? {} : { ended: row.ended }),
        ...(row.reason === null ? {} : { reason: row.reason }),
      })),
    }
  })
}
