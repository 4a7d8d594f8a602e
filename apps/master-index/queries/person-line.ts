/** Patients as lists show them, read as the one who asks may: what is hidden or masked for him stays so. */
import type { Patient, ResourceOf } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import type { PersonLine } from '../contract.ts'

/** Ids in one question. */
const idsAtOnce = 100

/** The lines of these patients by id. */
export async function personLines(
  records: GuardedRecords,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PersonLine>> {
  const wanted = [...new Set(ids)]
  const lines = new Map<string, PersonLine>(wanted.map((id) => [id, { id, isHidden: true }]))
  for (let start = 0; start < wanted.length; start += idsAtOnce) {
    const { matches } = await records.search('Patient', [
      ['_id', wanted.slice(start, start + idsAtOnce).join(',')],
      ['_count', String(idsAtOnce)],
    ])
    for (const version of matches) lines.set(version.id, lineOf(version.id, parseVersion(version, 'Patient')))
  }
  return lines
}

function lineOf(id: string, patient: ResourceOf<'Patient'>): PersonLine {
  const mrn = patient.identifier?.find(({ type, use }) => isRecordNumber(type) && use !== 'old')?.value
  return {
    ...{ id, isHidden: false, name: nameOf(patient) },
    ...(patient.gender ? { gender: patient.gender } : {}),
    ...(patient.birthDate ? { birthDate: patient.birthDate } : {}),
    ...(mrn ? { mrn } : {}),
  }
}

type IdentifierType = NonNullable<Patient['identifier']>[number]['type']

const isRecordNumber = (type: IdentifierType) => type?.coding?.some(({ code }) => code === 'MR') === true

/** The first name as it is spoken; empty where there is none. */
export function nameOf({ name = [] }: Pick<Patient, 'name'>): string {
  const [first] = name
  return first ? wholeName(first) : ''
}

/** A name as it is spoken: family name first in Chinese. */
export function wholeName({ text, family = '', given = [] }: NonNullable<Patient['name']>[number]): string {
  const isHan = /\p{Script=Han}/u.test(family + given.join(''))
  if (isHan) return `${family}${given.join('')}`
  return text ?? [...given, family].join(' ')
}
