/** Granting, confirming and declining an erasure: nobody alone erases a record. */

import { sql, type Transaction } from '@xinglin/database'
import { conflict, forbidden, notFound } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { JobTasks } from '@xinglin/jobs'
import type { Unit } from '@xinglin/records'
import { privacyPermissions } from '../contract.ts'
import { erasureTask, keyOf } from './certify.ts'
import type { Erasure, ErasureKernel, ErasureKey } from './erasure.ts'
import { lockErasure } from './rows.ts'
import { erasureStep } from './steps.ts'

/** What the granted request of a deletion becomes: it waits for a second person. */
export async function askErasure(
  { transaction, tenant, actor, at, state }: Unit,
  { id, request, patient }: { readonly id: string; readonly request: string; readonly patient: string },
): Promise<void> {
  await transaction.query(sql`
    insert into privacy.erasure (tenant, id, request, state, patient, granted_by, granted, phase)
    values (${tenant}, ${id}, ${request}, 'asked', ${patient}, ${actor}, ${at}::timestamptz, 'plan')`)
  state({ kind: 'privacy.erasure-asked', patient, data: { erasure: id, request } })
}

/** A second person says yes: the erasure begins, and nothing stops it any more. */
export async function confirmErasure(kernel: ErasureKernel, actor: Actor, id: string): Promise<void> {
  await decide(kernel, actor, id, async (to, erasure) => {
    await to.query(sql`
      update privacy.erasure
      set state = 'running', decided_by = ${actor.reference}, decided = ${kernel.runtime.now()}::timestamptz
      where tenant = ${erasure.tenant} and id = ${id}`)
    const { tenant } = erasure
    await kernel.jobs.enqueue(to, { task: erasureTask, payload: { tenant, id }, key: keyOf(erasure) })
    return 'confirmed'
  })
}

/** A second person says no; the request may be granted again. */
export async function declineErasure(
  kernel: ErasureKernel,
  actor: Actor,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<void> {
  await decide(kernel, actor, id, async (to, { tenant }) => {
    await to.query(sql`
      update privacy.erasure
      set state = 'declined', decided_by = ${actor.reference}, decided = ${kernel.runtime.now()}::timestamptz,
        reason = ${reason}
      where tenant = ${tenant} and id = ${id}`)
    return 'declined'
  })
}

async function decide(
  { database, identity, events }: ErasureKernel,
  actor: Actor,
  id: string,
  act: (to: Transaction, erasure: Erasure) => Promise<'confirmed' | 'declined'>,
): Promise<void> {
  const permission = privacyPermissions.confirmErasure
  identity.demand(actor, { kind: 'permission', permission })
  identity.demandStepUp(actor)
  const { tenant, reference } = actor
  await database.transaction(async (to) => {
    const erasure = await lockErasure(to, { tenant, id })
    if (!erasure) throw notFound(`there is no erasure ${id}`, { code: 'privacy.no-erasure', at: 'id' })
    if (erasure.state !== 'asked')
      throw conflict(`this erasure is ${erasure.state} already`, { code: 'privacy.erasure-state', at: 'id' })
    if (erasure.grantedBy === reference)
      throw forbidden('who granted a deletion does not confirm it: let a second person look', {
        code: 'privacy.second-person',
      })
    const verb = await act(to, erasure)
    const { patient } = erasure
    const about = { ...(patient === null ? {} : { patient }), detail: `erasure ${id} · ${verb}` }
    await identity.audit(actor, { action: permission, outcome: 'allowed', ...about }, to)
    events.append(to, { tenant, actor: reference }, [
      { kind: `privacy.erasure-${verb}`, ...(patient === null ? {} : { patient }), data: { erasure: id } },
    ])
  })
}

/** Carries confirmed erasures out, and those whose record no law keeps any longer. */
export function erasureTasks(kernel: ErasureKernel): JobTasks {
  return {
    [erasureTask]: async ({ tenant, id }, signal) => {
      const key = { tenant: Number(tenant), id: String(id) } as ErasureKey
      await resume(kernel, key)
      while (!signal.aborted) if ((await erasureStep(kernel, key)).isDone) return
      throw conflict('the process stops; the erasure goes on with the next try', {
        code: 'privacy.erasure-interrupted',
      })
    },
  }
}

async function resume({ database, runtime }: ErasureKernel, { tenant, id }: ErasureKey): Promise<void> {
  await database.query(sql`
    update privacy.erasure
    set state = 'running', phase = 'plan', place = null, figures = '{}', kept = '[]'
    where tenant = ${tenant} and id = ${id} and state = 'kept' and kept_until <= ${runtime.now()}::timestamptz`)
}
