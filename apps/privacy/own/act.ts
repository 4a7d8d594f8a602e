/** An act of a patient on his own record: one transaction with its audit entry, under his own name. */
import type { Kernel } from '@xinglin/app'
import { forbidden } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { Unit } from '@xinglin/records'

export type OwnAct = {
  readonly action: `privacy.own.${string}`
  readonly patient: string
  readonly type: string
}

/** Runs `work`; patients hold no right to write, so what may be written is what the commands for them write. */
export async function actAsPatient<T>(
  { records, identity }: Kernel,
  actor: Actor,
  { action, patient, type }: OwnAct,
  work: (unit: Unit) => Promise<T>,
): Promise<T> {
  const entry = { action, patient, resourceType: type }
  try {
    return await records.commit({ tenant: actor.tenant, actor: actor.reference }, async (unit) => {
      const done = await work(unit)
      await identity.audit(actor, { ...entry, outcome: 'allowed' }, unit.transaction)
      return done
    })
  } catch (error) {
    await identity.audit(actor, { ...entry, outcome: 'failed' })
    throw error
  }
}

/** Only the patient himself, or the guardian of a child; throws `forbidden` (`privacy.not-yours`) for others whom he lets see. */
export async function demandSelfOrGuardian(
  { identity }: Kernel,
  actor: Actor,
  patient: string,
): Promise<'patient' | 'guardian'> {
  const charts = await identity.patients.charts(actor)
  const relation = charts.find((chart) => chart.patient === patient)?.relation
  if (relation === 'self') return 'patient'
  if (relation === 'guardian') return 'guardian'
  throw forbidden('you may look at this record, and decide nothing in it', { code: 'privacy.not-yours' })
}
