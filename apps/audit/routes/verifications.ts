/** `/api/audit/verifications` and `/proof-days`: the chain day by day, and verifications as durable work with their progress. */
import type { Kernel } from '@xinglin/app'
import { type Instant, instantOf } from '@xinglin/fhir'
import { askVerification, proofDays, stopVerification, verifications } from '@xinglin/identity/audit'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  type ProofDaysAnswer,
  auditPermissions as permissions,
  type VerificationsAnswer,
} from '../contract.ts'
import { verifyQueue, verifyTask } from '../jobs/verify.ts'
import { memberOf, wrong } from './input.ts'

const action = permissions.readProof
const dayMs = 86_400_000
/** Ten years: more is everything. */
const mostDays = 3_653

export function verificationRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity, database, jobs, runtime } = kernel
  http.get('/verifications', async (request): Promise<VerificationsAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: action })
    return { verifications: await verifications(database, actor.tenant, runtime.timeZone) }
  })
  http.post('/verifications', async (request, reply) => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: action })
    const from = sinceOf(request.body, runtime)
    const id = runtime.newId()
    await database.transaction(async (transaction) => {
      await askVerification(transaction, actor, { id, at: runtime.now(), ...(from ? { from } : {}) })
      await jobs.enqueue(transaction, { task: verifyTask, payload: { id }, queue: verifyQueue })
      const detail = `verification of ${from ? `seals since ${from}` : 'the whole trail'}`
      await identity.audit(actor, { action, outcome: 'allowed', resourceId: id, detail }, transaction)
    })
    return reply.code(202).send({ id })
  })
  http.post('/verifications/:id/stop', async (request, reply) => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: action })
    const id = String(memberOf(request.params, 'id'))
    await database.transaction(async (transaction) => {
      await stopVerification(transaction, actor.tenant, { id, at: runtime.now() })
      await identity.audit(
        actor,
        { action, outcome: 'allowed', resourceId: id, detail: 'stopped' },
        transaction,
      )
    })
    return reply.code(204).send()
  })
  http.get('/proof-days', async (request): Promise<ProofDaysAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: action })
    const month = memberOf(request.query, 'month') ?? runtime.now().slice(0, 7)
    if (typeof month !== 'string' || !/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
      throw wrong('month', 'month must be written as 2026-03')
    const { timeZone } = runtime
    const days = await proofDays(database, { month, timeZone })
    await identity.audit(actor, { action, outcome: 'allowed', detail: `days of ${month}` })
    return { month, today: runtime.now().slice(0, 10), days }
  })
}

/** The last `days` of the trail; undefined for all of it. */
function sinceOf(body: unknown, { now, timeZone }: Kernel['runtime']): Instant | undefined {
  const days = memberOf(body, 'days')
  if (days === undefined) return undefined
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 1 || days > mostDays)
    throw wrong('days', `days must be a whole number from 1 to ${mostDays}, or left out for all`)
  return instantOf(Date.parse(now()) - days * dayMs, timeZone)
}
