/** R4 §8.1 Patient as the banner shows it. */
import { type AllergyIntolerance, type Encounter, type Patient, parseReference } from '@xinglin/fhir'
import { hanOrder } from '../finder/terms.ts'
import { allergyOf } from './allergies.ts'
import type { ChartPatient } from './shapes.ts'
import { isPresent, placeOf } from './visits.ts'

/** HL7 v2 table 0203: medical record number. */
const recordNumberType = 'MR'
/** v3-Confidentiality: restricted and very restricted. */
const confidential: ReadonlySet<string> = new Set(['R', 'V'])

/** The name that is used: official before usual before any; empty where the patient has none. */
export function nameOf(patient: Patient): string {
  const names = (patient.name ?? []).filter(({ use }) => use !== 'old')
  const name =
    names.find(({ use }) => use === 'official') ?? names.find(({ use }) => use === 'usual') ?? names[0]
  return name ? hanOrder(name) : ''
}

/** The medical record number; where no identifier says that it is one, the first. */
export function recordNumberOf(patient: Patient): string | undefined {
  const identifiers = (patient.identifier ?? []).filter(({ use }) => use !== 'old')
  const typed = identifiers.find(({ type }) => type?.coding?.some(({ code }) => code === recordNumberType))
  return (typed ?? identifiers.find(({ type }) => !type))?.value
}

export type BannerParts = {
  readonly allergies: readonly AllergyIntolerance[]
  readonly encounters: readonly Encounter[]
}

/** The banner of a patient from the record, the allergies and the visits. */
export function chartPatient(id: string, patient: Patient, parts: BannerParts): ChartPatient {
  const allergies = parts.allergies.map(allergyOf).filter(({ isActive }) => isActive)
  const present = parts.encounters.find(isPresent)
  const replacedBy = patient.link?.find(({ type }) => type === 'replaced-by')?.other.reference
  return {
    id,
    name: nameOf(patient),
    gender: patient.gender,
    birthDate: patient.birthDate,
    deceased: patient.deceasedDateTime ?? (patient.deceasedBoolean || undefined),
    mrn: recordNumberOf(patient),
    place: present ? placeOf(present) : undefined,
    allergies: allergies
      .filter(({ isDenial }) => !isDenial)
      .map(({ name, isSevere }) => ({ name, isSevere })),
    hasNoKnownAllergies: allergies.length > 0 && allergies.every(({ isDenial }) => isDenial),
    isConfidential: patient.meta?.security?.some(({ code }) => code !== undefined && confidential.has(code)),
    replacedBy: parseReference(replacedBy)?.id,
  }
}
