/** `/api/audit/anomalies` and `/rules`: what stands out in the trail, judged once; thresholds as data. */
import type { Kernel } from '@xinglin/app'
import {
  anomalyRuleIds,
  anomalyRules,
  findAnomalies,
  reviewAnomaly,
  saveAnomalyRule,
} from '@xinglin/identity/audit'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { type AnomaliesAnswer, auditPermissions as permissions } from '../contract.ts'
import { choiceOf, lastDays, memberOf, textOf, wrong } from './input.ts'

export function anomalyRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity, database, records, runtime } = kernel
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
    return { anomalies, rules }
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
    })
    return reply.code(204).send()
  })
  http.put('/rules/:id', async (request, reply) => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.writeRules })
    const id = choiceOf(request.params, 'id', anomalyRuleIds)
    const isOn = memberOf(request.body, 'isOn')
    if (typeof isOn !== 'boolean') throw wrong('isOn', 'isOn must be true or false')
    const thresholds = thresholdsOf(memberOf(request.body, 'thresholds'))
    await saveAnomalyRule(database, actor.tenant, { id, isOn, thresholds })
    const detail = `${id} ${isOn ? 'on' : 'off'} ${JSON.stringify(thresholds)}`
    await identity.audit(actor, {
      action: permissions.writeRules,
      outcome: 'allowed',
      resourceId: id,
      detail,
    })
    return reply.code(204).send()
  })
}

function thresholdsOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong('thresholds', 'thresholds must be an object of numbers')
  return Object.fromEntries(
    Object.entries(value).map(([name, number]) => {
      if (typeof number === 'number') return [name, number]
      throw wrong(name, `${name} must be a number`)
    }),
  )
}
