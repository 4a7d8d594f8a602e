/** `/api/audit/anomalies`: what stands out in the trail, judged once; how many wait. */
import type { Kernel } from '@xinglin/app'
import { patientLines } from '@xinglin/identity'
import {
  anomalyReviewed,
  anomalyRules,
  findAnomalies,
  reviewAnomaly,
  waitingAnomalies,
} from '@xinglin/identity/audit'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { type AnomaliesAnswer, auditPermissions as permissions, type WaitingAnswer } from '../contract.ts'
import { choiceOf, lastDays, textOf } from './input.ts'

export function anomalyRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity, database, records, events, runtime } = kernel
  http.get('/anomalies', async (request): Promise<AnomaliesAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.readAnomalies })
    const window = { tenant: actor.tenant, ...lastDays(request.query, runtime) }
    const [anomalies, rules] = await Promise.all([
      findAnomalies({ database, records, timeZone: runtime.timeZone }, window),
      anomalyRules(database, actor.tenant),
    ])
    await identity.audit(actor, {
      ...{ action: permissions.readAnomalies, outcome: 'allowed', detail: `${anomalies.length} anomalies` },
    })
    const whose = anomalies.flatMap(({ patient }) => patient ?? [])
    const patients = Object.fromEntries(await patientLines(kernel, actor, whose))
    return { anomalies, patients, rules }
  })
  http.post('/anomalies/review', async (request, reply) => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.reviewAnomalies })
    const id = textOf(request.body, 'id')
    const outcome = choiceOf(request.body, 'outcome', ['justified', 'not-justified'])
    const note = textOf(request.body, 'note')
    await database.transaction(async (transaction) => {
      await reviewAnomaly(transaction, actor, { id, outcome, note, at: runtime.now() })
      const detail = `${outcome}: ${note}`
      await identity.audit(
        actor,
        { action: permissions.reviewAnomalies, outcome: 'allowed', resourceId: id, detail },
        transaction,
      )
      const author = { tenant: actor.tenant, actor: actor.reference }
      events.append(transaction, author, [{ kind: anomalyReviewed, data: { outcome } }])
    })
    return reply.code(204).send()
  })
  http.get('/anomalies/waiting', async (request): Promise<WaitingAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.readAnomalies })
    return { waiting: await waitingAnomalies(database, actor.tenant, runtime.now()) }
  })
}
