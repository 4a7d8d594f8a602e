/** `/api/audit/head`, `/months`: a signed head to keep, months dropped by rule. */
import type { Kernel } from '@xinglin/app'
import { dropMonth, headToKeep, monthStates } from '@xinglin/identity/audit'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { type MonthsAnswer, auditPermissions as permissions } from '../contract.ts'
import { memberOf, textOf } from './input.ts'

/** Where no setting is given. */
const usualMonths = 36

export function monthRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity, database, keys, runtime } = kernel
  const keepMonths = Number(kernel.settings?.XINGLIN_AUDIT_MONTHS ?? usualMonths)
  const months = { database, keys, runtime, keepMonths }
  http.get('/months', async (request): Promise<MonthsAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.readProof })
    await identity.audit(actor, { action: permissions.readProof, outcome: 'allowed', detail: 'months' })
    return { months: await monthStates(months) }
  })
  http.get('/head', async (request, reply) => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.readProof })
    const head = await headToKeep({ database, keys, runtime })
    await identity.audit(actor, {
      action: permissions.readProof,
      outcome: 'allowed',
      detail: `head ${head.seal}`,
    })
    return reply
      .type('application/json')
      .header('content-disposition', `attachment; filename="audit-head-${head.seal}.json"`)
      .send(`${JSON.stringify(head, undefined, 2)}\n`)
  })
  http.post('/months/:month/drop', async (request) => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.dropMonths })
    const month = String(memberOf(request.params, 'month'))
    const reason = textOf(request.body, 'reason')
    return database.transaction(async (transaction) => {
      const dropped = await dropMonth(months, transaction, { by: actor, month, reason })
      const detail = `${month}, ${dropped.entries} entries: ${reason}`
      await identity.audit(actor, { action: permissions.dropMonths, outcome: 'allowed', detail }, transaction)
      return dropped
    })
  })
}
