/** `/api/privacy/erasures`: granted deletions, the second person's word, how far they are, and their certificates. */
import { createHash } from 'node:crypto'
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { epochMs, type Instant, instantOf, notFound } from '@xinglin/fhir'
import { type Actor, patientLines } from '@xinglin/identity'
import type { Signature } from '@xinglin/keys'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  type CertificateAnswer,
  type ErasurePlanAnswer,
  type ErasureRow,
  type ErasuresAnswer,
  type PatientLine,
  privacyPermissions,
} from '../contract.ts'
import { eraseAgain } from '../erasure/again.ts'
import { confirmErasure, declineErasure } from '../erasure/ask.ts'
import { certificatePurpose } from '../erasure/certify.ts'
import { added, type Figures, type Phase, shareOf } from '../erasure/erasure.ts'
import { makePlan } from '../erasure/plan.ts'
import { findErasure } from '../erasure/rows.ts'
import { idOf, memberOf, textOf } from './input.ts'

/** A hospital grants some dozens in a year. */
const mostListed = 200

export function erasureRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.get('/erasures', (request) => listAnswer(kernel, requireActor(request)))
  http.post('/erasures/:id/confirm', async (request, reply) => {
    await confirmErasure(kernel, requireActor(request), idOf(request.params, 'id'))
    return reply.code(204).send()
  })
  http.post('/erasures/:id/decline', async (request, reply) => {
    const id = idOf(request.params, 'id')
    await declineErasure(kernel, requireActor(request), { id, reason: textOf(request.body, 'reason') })
    return reply.code(204).send()
  })
  http.get('/erasures/:id/plan', (request) =>
    planAnswer(kernel, requireActor(request), idOf(request.params, 'id')),
  )
  http.post('/erasures/again', async (request) => ({
    asked: await eraseAgain(kernel, requireActor(request), memberOf(request.body, 'certificate')),
  }))
  http.get('/erasures/:id/certificates/:number', (request) =>
    certificateAnswer(kernel, requireActor(request), {
      id: idOf(request.params, 'id'),
      number: Number(idOf(request.params, 'number')),
    }),
  )
}

type Row = Pick<ErasureRow, 'id' | 'request' | 'state' | 'kept'> & {
  readonly patient: string | null
  readonly phase: Phase
  readonly grantedBy: string
  readonly granted: Instant
  readonly decidedBy: string | null
  readonly decided: Instant | null
  readonly reason: string | null
  readonly figures: Figures
  readonly keptUntil: Instant | null
  readonly certificates: readonly {
    readonly number: number
    readonly at: Instant
    readonly content: string
  }[]
}

async function listAnswer(kernel: Kernel, actor: Actor): Promise<ErasuresAnswer> {
  const { database, identity } = kernel
  const permission = privacyPermissions.readErasures
  identity.demand(actor, { kind: 'permission', permission })
  const rows = await database.query(sql<Row>`
    select id, request, state, patient, phase, granted_by as "grantedBy", granted, decided_by as "decidedBy", decided,
      reason, figures, kept, kept_until as "keptUntil",
      coalesce((
        select json_agg(json_build_object('number', number, 'at', at, 'content', content) order by number)
        from privacy.certificate
        where certificate.tenant = erasure.tenant and certificate.erasure = erasure.id), '[]') as certificates
    from privacy.erasure
    where tenant = ${actor.tenant}
    order by granted desc, id
    limit ${mostListed}`)
  const patients = await patientLines(
    kernel,
    actor,
    rows.flatMap(({ patient }) => patient ?? []),
  )
  const mayConfirm = identity.decide(actor, {
    kind: 'permission',
    permission: privacyPermissions.confirmErasure,
  }).isAllowed
  const erasures = await Promise.all(rows.map((row) => rowOf(kernel, row, { actor, patients, mayConfirm })))
  const shown = rows.flatMap(({ patient }) => patient ?? [])
  await identity.audit(actor, {
    ...{ action: permission, outcome: 'allowed', detail: `${rows.length} erasures` },
    ...(shown.length === 1 ? { patient: shown[0] } : {}),
  })
  return { erasures }
}

type Seen = {
  readonly actor: Actor
  readonly patients: ReadonlyMap<string, PatientLine>
  readonly mayConfirm: boolean
}

async function rowOf(
  { identity, runtime }: Kernel,
  row: Row,
  { actor, patients, mayConfirm }: Seen,
): Promise<ErasureRow> {
  const { id, request, state, phase, kept, figures } = row
  const nameOf = async (reference: string) => (await identity.actorOf(reference))?.display ?? reference
  const inZone = (at: Instant) => instantOf(epochMs(at), runtime.timeZone)
  const patient = row.patient === null ? undefined : patients.get(row.patient)
  return {
    ...{ id, request, state, phase, kept, figures: added(figures, {}), share: shareOf(row) },
    ...(patient ? { patient } : {}),
    grantedBy: await nameOf(row.grantedBy),
    granted: inZone(row.granted),
    ...(row.decidedBy ? { decidedBy: await nameOf(row.decidedBy) } : {}),
    ...(row.decided ? { decided: inZone(row.decided) } : {}),
    ...(row.reason ? { reason: row.reason } : {}),
    ...(row.keptUntil ? { keptUntil: inZone(row.keptUntil) } : {}),
    certificates: row.certificates.map(({ number, at, content }) => ({
      number,
      at: inZone(at),
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
    mayDecide: state === 'asked' && mayConfirm && row.grantedBy !== actor.reference,
  }
}

async function planAnswer(kernel: Kernel, actor: Actor, id: string): Promise<ErasurePlanAnswer> {
  const { database, identity } = kernel
  const { tenant } = actor
  const permission = privacyPermissions.readErasures
  identity.demand(actor, { kind: 'permission', permission })
  const erasure = await findErasure(database, { tenant, id })
  if (!erasure || erasure.patient === null)
    throw notFound('there is no such erasure, or it is done', { code: 'privacy.no-erasure', at: 'id' })
  const { patient } = erasure
  const { kept, parts } = await makePlan(kernel, tenant, patient)
  const gone = parts.filter(({ fate }) => fate === 'erase')
  await identity.audit(actor, {
    ...{ action: permission, outcome: 'allowed', patient, resourceType: 'Patient' },
    detail: `plan of erasure ${id}`,
  })
  const figures = Object.fromEntries(
    [...Map.groupBy(gone, ({ type }) => type)].map(([type, of]) => [`resources.${type}`, of.length]),
  )
  return { kept, figures: added(figures, {}) }
}

/** The certificate byte for byte, with what is needed to verify it elsewhere. */
async function certificateAnswer(
  { database, identity, keys }: Kernel,
  actor: Actor,
  { id, number }: { readonly id: string; readonly number: number },
): Promise<CertificateAnswer> {
  const permission = privacyPermissions.readErasures
  identity.demand(actor, { kind: 'permission', permission })
  const [row] = await database.query(sql<{ content: string; signature: Signature }>`
    select content, signature
    from privacy.certificate
    where tenant = ${actor.tenant} and erasure = ${id} and number = ${Number.isInteger(number) ? number : 0}`)
  if (!row) throw notFound('there is no such certificate', { code: 'privacy.no-erasure', at: 'id' })
  const { content, signature } = row
  const key = await keys.signingKey(signature.key)
  const isGenuine = await keys.verify(Buffer.from(content), signature, certificatePurpose)
  await identity.audit(actor, { action: permission, outcome: 'allowed', detail: `certificate of ${id}` })
  return { content, signature, publicKey: key?.publicKey ?? '', isGenuine }
}
