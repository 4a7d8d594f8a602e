/** Law 5 for DICOMweb: one decision and one audit entry a request, on the ImagingStudy and patient that it concerns. */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { isUid } from '@xinglin/dicom'
import { invalid, notFound } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import { imagingStudyId } from '../study/imaging-study-id.ts'

export type StudyAccess = {
  readonly actor: Actor
  readonly studyInstanceUid: string
  readonly patient: string | undefined
}

/** The actor of a request that reads a study; throws `notFound` where the study is not held, `forbidden` where it may not. */
export async function demandStudy(
  kernel: Kernel,
  request: { readonly actor?: Actor },
  { studyInstanceUid, action }: { readonly studyInstanceUid: string; readonly action: string },
): Promise<StudyAccess> {
  const actor = requireActor(request)
  const rows = isUid(studyInstanceUid)
    ? await kernel.database.query(sql<{ patient: string | null }>`
        select patient
        from dicom.study
        where tenant = ${actor.tenant} and study_instance_uid = ${studyInstanceUid}`)
    : []
  const patient = rows[0]?.patient ?? undefined
  const id = imagingStudyId(actor.tenant, studyInstanceUid)
  kernel.identity.demand(actor, {
    kind: 'record',
    interaction: 'read',
    type: 'ImagingStudy',
    id,
    ...(patient && { patient }),
  })
  // One that is hidden answers as one that is not held.
  const [reached] = rows[0] ? await kernel.identity.reach.reached(actor, [{ type: 'ImagingStudy', id }]) : []
  await kernel.identity.audit(actor, {
    action: `dicom-web.${action}`,
    outcome: reached ? 'allowed' : rows[0] ? 'refused' : 'failed',
    resourceType: 'ImagingStudy',
    resourceId: id,
    ...(patient && { patient }),
  })
  if (!reached) throw notFound('no study with this UID is held', { code: 'dicom-web.no-study' })
  return { actor, studyInstanceUid, patient }
}

/** The actor of a search; audited with the names of its parameters and the number of answers by `auditSearch`. */
export function demandSearch(kernel: Kernel, request: { readonly actor?: Actor }): Actor {
  const actor = requireActor(request)
  kernel.identity.demand(actor, { kind: 'record', interaction: 'search', type: 'ImagingStudy' })
  return actor
}

/** Leaves the entry of a search: parameter names without values. */
export function auditSearch(
  kernel: Kernel,
  actor: Actor,
  { names, answers }: { readonly names: readonly string[]; readonly answers: number },
): Promise<void> {
  return kernel.identity.audit(actor, {
    action: 'dicom-web.search',
    outcome: 'allowed',
    resourceType: 'ImagingStudy',
    detail: `${names.join(' ')} → ${answers}`,
  })
}

/** A UID of the address; throws `invalid` where it is none. */
export function uidOf(text: string, name: string): string {
  if (isUid(text)) return text
  throw invalid(`${name} in the address is no UID`, { code: 'dicom-web.uid', at: name })
}
