/** 齐鲁云杏医院, a hospital that does not exist: its departments, wards, beds and staff. */

import { makeName, makePhone } from '../people/person.ts'
import type { Random } from '../random.ts'
import departments from './departments.json' with { type: 'json' }

/**
 * Identifier systems of the simulated hospital. 2.999 is the arc that ITU-T X.660 sets aside for examples;
 * 2.16.156.10011.1.3 is the citizen's identity number in the shared documents of WS/T 500.
 */
export const oids = {
  mrn: '2.999.86.1.1',
  visit: '2.999.86.1.2',
  order: '2.999.86.1.3',
  accession: '2.999.86.1.4',
  staff: '2.999.86.1.5',
  identityNumber: '2.16.156.10011.1.3',
} as const

export type Department = (typeof departments)[number]
export type Staff = {
  readonly code: string
  readonly familyName: string
  readonly givenName: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly departmentCode: string
  readonly phone: string
}
export type Hospital = {
  readonly code: string
  readonly name: string
  readonly departments: readonly Department[]
  readonly doctors: readonly Staff[]
  readonly nurses: readonly Staff[]
}

const doctorTitles = [
  { zh: '主任医师', en: 'Chief physician' },
  { zh: '副主任医师', en: 'Associate chief physician' },
  { zh: '主治医师', en: 'Attending physician' },
  { zh: '住院医师', en: 'Resident' },
]
const nurseTitle = { zh: '主管护师', en: 'Nurse in charge' }

export function makeHospital(random: Random): Hospital {
  const staff = (prefix: string, titles: readonly Staff['title'][]) =>
    departments.flatMap((department, departmentIndex) =>
      titles.map((title, index) => ({
        code: `${prefix}${departmentIndex + 1}${String(index + 1).padStart(2, '0')}`,
        ...makeName(random, random.chance(0.5) ? 'male' : 'female'),
        title,
        departmentCode: department.code,
        phone: makePhone(random),
      })),
    )
  return {
    code: 'QLYX',
    name: '齐鲁云杏医院',
    departments,
    doctors: staff('D', doctorTitles),
    nurses: staff('N', [nurseTitle, nurseTitle]),
  }
}

/** The bed label of a ward: `W05-12`. */
export function bedOf(department: Department, number: number): string {
  return String((number % department.beds) + 1).padStart(2, '0')
}
