/** What the finder shows of a patient, as one row of chart.finder_patient. */
import { type Patient, parseReference } from '@xinglin/fhir'
import { isSealedWord } from '@xinglin/records'
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

/** The row of a patient, of which sealed texts are words already; `id` is the logical id. */
export function finderRow(id: string, patient: Patient): FinderRow {
  const replacing = patient.link?.find(({ type }) => type === 'replaced-by')?.other.reference
  return {
    patient: id,
    name: nameOf(patient),
    gender: patient.gender ?? null,
    birthDate: patient.birthDate ?? null,
    mrn: shown(recordNumberOf(patient)),
    phone: shown(patient.telecom?.find(({ system }) => system === 'phone')?.value),
    isDead: patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined,
    replacedBy: parseReference(replacing)?.id ?? null,
  }
}

/** A sealed number stands in no table: whoever opens the patient reads it there. */
function shown(value: string | undefined): string | null {
  return value === undefined || isSealedWord(value) ? null : value
}
