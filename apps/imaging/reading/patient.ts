/** FHIR R4 §8.1 Patient and §9.1 AllergyIntolerance as the banner above the images shows them. */
import type { AllergyIntolerance, HumanName, Patient } from '@xinglin/fhir'
import type { ViewedPatient } from './shapes.ts'

/** HL7 v2 table 0203: medical record number. */
const recordNumberType = 'MR'
/** SNOMED CT: no known allergy. */
const noKnownAllergy = '716186003'

export function viewedPatient(
  id: string,
  patient: Patient,
  allergies: readonly AllergyIntolerance[],
): ViewedPatient {
  const active = allergies.filter(isActive)
  const isDenial = (allergy: AllergyIntolerance): boolean =>
    allergy.code?.coding?.some(({ code }) => code === noKnownAllergy) ?? false
  const deceased = patient.deceasedDateTime ?? (patient.deceasedBoolean || undefined)
  const mrn = recordNumberOf(patient)
  return {
    id,
    name: nameOf(patient),
    ...(patient.gender && { gender: patient.gender }),
    ...(patient.birthDate && { birthDate: patient.birthDate }),
    ...(deceased !== undefined && { deceased }),
    ...(mrn && { mrn }),
    allergies: active
      .filter((allergy) => !isDenial(allergy))
      .map((allergy) => ({
        name:
          allergy.code?.text ?? allergy.code?.coding?.[0]?.display ?? allergy.code?.coding?.[0]?.code ?? '?',
        isSevere: allergy.criticality === 'high',
      })),
    hasNoKnownAllergies: active.length > 0 && active.every(isDenial),
  }
}

function isActive(allergy: AllergyIntolerance): boolean {
  const code = (concept: AllergyIntolerance['clinicalStatus']) => concept?.coding?.[0]?.code
  const isWrong = ['entered-in-error', 'refuted'].includes(code(allergy.verificationStatus) ?? '')
  return !isWrong && !['inactive', 'resolved'].includes(code(allergy.clinicalStatus) ?? '')
}

function nameOf(patient: Patient): string {
  const names = (patient.name ?? []).filter(({ use }) => use !== 'old')
  const name = names.find(({ use }) => use === 'official') ?? names[0]
  return name ? written(name) : ''
}

/** Family before given without a space in Chinese script, else as the text or given before family. */
function written(name: HumanName): string {
  const parts = [name.family ?? '', ...(name.given ?? [])]
  if (/\p{Script=Han}/u.test(parts.join(''))) return parts.join('')
  return name.text ?? [...(name.given ?? []), name.family ?? ''].join(' ').trim()
}

function recordNumberOf(patient: Patient): string | undefined {
  const identifiers = patient.identifier ?? []
  const typed = identifiers.find(({ type }) => type?.coding?.some(({ code }) => code === recordNumberType))
  return (typed ?? identifiers.find(({ type }) => !type))?.value
}
