/** `/api/audit/rules`: the thresholds of anomalies as versions; each change with a reason, the second factor and an entry. */
import type { Kernel } from '@xinglin/app'
import {
  anomalyRuleIds,
  anomalyRules,
  rangesOf,
  ruleVersions,
  saveAnomalyRule,
} from '@xinglin/identity/audit'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { auditPermissions as permissions, type RulesAnswer } from '../contract.ts'
import { choiceOf, memberOf, textOf, wrong } from './input.ts'

export function ruleRoutes(http: FastifyInstance, { identity, database, runtime }: Kernel): void {
  http.get('/rules', async (request): Promise<RulesAnswer> => {
    const actor = requireActor(request)
    const permission = permissions.readAnomalies
    identity.demand(actor, { kind: 'permission', permission })
    const [rules, versions] = await Promise.all([
      anomalyRules(database, actor.tenant),
      ruleVersions(database, actor.tenant, runtime.timeZone),
    ])
    await identity.audit(actor, { action: permission, outcome: 'allowed', detail: 'rules' })
    return { rules: rules.map((rule) => ({ ...rule, ranges: rangesOf(rule.id) })), versions }
  })
  http.put('/rules/:id', async (request, reply) => {
    const actor = requireActor(request)
    const action = permissions.writeRules
    identity.demand(actor, { kind: 'permission', permission: action })
    identity.demandStepUp(actor)
    const { body } = request
    const id = choiceOf(request.params, 'id', anomalyRuleIds)
    const isOn = memberOf(body, 'isOn')
    if (typeof isOn !== 'boolean') throw wrong('isOn', 'isOn must be true or false')
    const version = memberOf(body, 'version')
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 0)
      throw wrong('version', 'version must be the number of the version that was looked at')
    const thresholds = thresholdsOf(memberOf(body, 'thresholds'))
    const reason = textOf(body, 'reason')
    await database.transaction(async (transaction) => {
      const rule = { id, version, isOn, thresholds, reason, at: runtime.now() }
      await saveAnomalyRule(transaction, actor, rule)
      const detail = `version ${version + 1}: ${isOn ? 'on' : 'off'} ${JSON.stringify(thresholds)} · ${reason}`
      await identity.audit(actor, { action, outcome: 'allowed', resourceId: id, detail }, transaction)
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
