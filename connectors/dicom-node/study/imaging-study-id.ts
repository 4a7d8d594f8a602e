/** Logical ids that follow from DICOM identifiers, so that two writers of one study or patient meet in one resource. */
import { createHash } from 'node:crypto'
import type { TenantId } from '@xinglin/events'

/** The id of the ImagingStudy of a study, in the form of a UUID. */
export function imagingStudyId(tenant: TenantId, studyInstanceUid: string): string {
  return idOf(`imaging-study/${tenant}/${studyInstanceUid}`)
}

/** The id of a Patient that is first known from an image header. */
export function patientIdFromHeader(tenant: TenantId, issuer: string, patientId: string): string {
  return idOf(`patient/${tenant}/${issuer}/${patientId}`)
}

/** UUID version 8 (RFC 9562 §5.8): custom content, here a SHA-256. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
