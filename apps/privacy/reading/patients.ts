/** Patients as a list names them. */
import { type HumanName, type Patient, referenceTo } from '@xinglin/fhir'
import { parseVersion, type Records } from '@xinglin/records'
import type { PatientLine } from '../contract.ts'

type TenantId = Parameters<Records['read']>[0]

/** Lines of the patients with these ids; of one who is gone the id alone. */
export async function patientLines(
  records: Records,
  tenant: TenantId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PatientLine>> {
  const wanted = [...new Set(ids)]
  const versions = await Promise.all(wanted.map((id) => records.read(tenant, 'Patient', id)))
  return new Map(
    wanted.map((id, index) => {
      const version = versions[index]
      const isThere = version !== undefined && version.interaction !== 'delete'
      return [
        id,
        isThere
          ? patientLine(id, parseVersion(version, 'Patient'))
          : { id, name: referenceTo('Patient', id) },
      ]
    }),
  )
}

export function patientLine(id: string, patient: Patient): PatientLine {
  const { gender, birthDate } = patient
  const mrn = recordNumberOf(patient)
  return {
    id,
    name: nameOf(patient) || referenceTo('Patient', id),
    ...(gender ? { gender } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(mrn ? { mrn } : {}),
  }
}

function nameOf({ name = [] }: Patient): string {
  const used = name.find(({ use }) => use === 'official') ?? name.find(({ use }) => use !== 'old')
  return used ? (used.text ?? spelled(used)) : ''
}

function spelled({ family = '', given = [] }: HumanName): string {
  const isHan = /\p{Script=Han}/u.test(family)
  return isHan ? `${family}${given.join('')}` : [...given, family].join(' ').trim()
}

/** HL7 v2 table 0203: MR. */
function recordNumberOf({ identifier = [] }: Patient): string | undefined {
  const used = identifier.filter(({ use }) => use !== 'old')
  return used.find(({ type }) => type?.coding?.some(({ code }) => code === 'MR'))?.value
}
