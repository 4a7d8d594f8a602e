/** What the finder shows of a patient, as one row of chart.finder_patient. */
import { type Patient, parseReference } from '@xinglin/fhir'
import { nameOf, recordNumberOf } from '../reading/patient.ts'

export type FinderRow = {
  readonly patient: string
  readonly name: string
  readonly gender: string | null
  readonly birthDate: string | null
  readonly mrn: string | null
  readonly phone: string | null
  readonly isDead: boolean
  readonly replacedBy: string | null
}

/** The row of a patient; `id` is the logical id. */
export function finderRow(id: string, patient: Patient): FinderRow {
  const replacing = patient.link?.find(({ type }) => type === 'replaced-by')?.other.reference
  return {
    patient: id,
    name: nameOf(patient),
    gender: patient.gender ?? null,
    birthDate: patient.birthDate ?? null,
    mrn: recordNumberOf(patient) ?? null,
    phone: patient.telecom?.find(({ system }) => system === 'phone')?.value ?? null,
    isDead: patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined,
    replacedBy: parseReference(replacing)?.id ?? null,
  }
}
