/** Patients as a list names them, to who sees names masked without theirs. */
import { type HumanName, type Patient, referenceTo } from '@xinglin/fhir'
import { parseVersion, type Records } from '@xinglin/records'
import type { Actor } from '../identity.ts'
import type { MaskedField, Masking } from './masking.ts'
import { maskName } from './words.ts'

type Fields = ReadonlySet<MaskedField>

/** A patient in a list. */
export type PatientLine = {
  readonly id: string
  readonly name: string
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  readonly birthDate?: string
  /** Medical record number. */
  readonly mrn?: string
}

/** Lines of the patients with these ids, as an actor sees them; of one who is gone the id alone. For callers that have decided and audit it. */
export async function patientLines(
  { records, identity }: { readonly records: Records; readonly identity: { readonly masking: Masking } },
  actor: Actor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PatientLine>> {
  const { tenant } = actor
  const fields = await identity.masking.fieldsOf(actor)
  const wanted = [...new Set(ids)]
  const versions = await Promise.all(wanted.map((id) => records.read(tenant, 'Patient', id)))
  return new Map(
    wanted.map((id, index) => {
      const version = versions[index]
      const isThere = version !== undefined && version.interaction !== 'delete'
      return [
        id,
        isThere
          ? patientLine(id, parseVersion(version, 'Patient'), fields)
          : { id, name: referenceTo('Patient', id) },
      ]
    }),
  )
}

/** One line, with what is masked for its reader. */
export function patientLine(id: string, patient: Patient, fields: Fields): PatientLine {
  const { gender, birthDate } = patient
  const mrn = recordNumberOf(patient)
  return {
    id,
    name: maskedName(nameOf(patient), fields) || referenceTo('Patient', id),
    ...(gender ? { gender } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(mrn ? { mrn } : {}),
  }
}

/** The name of a person who is no member of the staff, as it is shown to who sees these fields masked. */
export function maskedName(name: string, fields: Fields): string {
  return fields.has('name') && name !== '' ? maskName(name) : name
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
