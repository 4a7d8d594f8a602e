/**
 * After a restore: a certificate from outside the database says whom to erase again. It names its subjects by digest alone, so
 * everybody in the record is compared; what is found waits for a second person like any other erasure.
 */
import { createHash } from 'node:crypto'
import type { Kernel } from '@xinglin/app'
import type { TenantId } from '@xinglin/events'
import { invalid, notFound } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { privacyPermissions } from '../contract.ts'
import { memberOf, optionalTextsOf, textOf } from '../routes/input.ts'
import { askErasure } from './ask.ts'

/** Patients of one page: some MB. */
const patientsAtOnce = 1_000

/** What a certificate says of a Patient. */
export function subjectDigest(tenant: TenantId, patient: string): string {
  return createHash('sha256').update(`${tenant}/Patient/${patient}`).digest('hex')
}

/** Asks for the erasures of a certificate's subjects who are in the record; answers their number. Throws `notFound` where none is. */
export async function eraseAgain(kernel: Kernel, actor: Actor, certificate: unknown): Promise<number> {
  const { identity, records, runtime } = kernel
  const permission = privacyPermissions.confirmErasure
  identity.demand(actor, { kind: 'permission', permission })
  identity.demandStepUp(actor)
  if (memberOf(certificate, 'format') !== 'xinglin-erasure-certificate/1')
    throw invalid('this is no certificate of an erasure', { code: 'privacy.field', at: 'certificate' })
  const subjects = new Set(optionalTextsOf(certificate, 'subjects') ?? [])
  const request = textOf(certificate, 'request').replace('Task/', '')
  const patients = await present(kernel, actor.tenant, subjects)
  if (patients.length === 0)
    throw notFound('nobody whom this certificate tells of is in the record', { code: 'privacy.no-subject' })
  await records.commit({ tenant: actor.tenant, actor: actor.reference }, async (unit) => {
    for (const patient of patients)
      await askErasure(unit, { id: runtime.newId(), request: `${request}-${runtime.newId()}`, patient })
    const detail = `${patients.length} erased before are in the record again`
    await identity.audit(actor, { action: permission, outcome: 'allowed', detail }, unit.transaction)
  })
  return patients.length
}

async function present(
  { records }: Kernel,
  tenant: TenantId,
  subjects: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found: string[] = []
  let next: string | undefined = `_count=${patientsAtOnce}`
  while (next !== undefined && found.length < subjects.size) {
    const page: Awaited<ReturnType<typeof records.search>> = await records.search(tenant, 'Patient', [
      ...new URLSearchParams(next),
    ])
    for (const { id } of page.matches) if (subjects.has(subjectDigest(tenant, id))) found.push(id)
    next = page.next
  }
  return found
}
