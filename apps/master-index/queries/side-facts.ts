/** One side of a comparison: every fact of the Patient that helps to judge, and how much is in the chart. */
import type { ResourceOf } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { citizenNumber } from '@xinglin/matching'
import { parseVersion } from '@xinglin/records'
import type { SideFacts } from '../contract.ts'
import { replacedBy } from '../index/replaced-by.ts'
import { wholeName } from './person-line.ts'

/** The facts of a patient; undefined where the one who asks sees none. */
export async function sideFacts(records: GuardedRecords, id: string): Promise<SideFacts | undefined> {
  const version = await records.read('Patient', id)
  if (!version || version.interaction === 'delete') return undefined
  const patient = parseVersion(version, 'Patient')
  const { total = 0 } = await records.search('Encounter', [
    ['patient', id],
    ['_summary', 'count'],
  ])
  const into = replacedBy(patient)
  return {
    ...{
      id,
      version: version.version,
      isActive: patient.active !== false,
      updated: version.updated,
      visits: total,
    },
    ...factsOf(patient),
    ...(into ? { replacedBy: into } : {}),
  }
}

type Facts = Omit<SideFacts, 'id' | 'version' | 'isActive' | 'updated' | 'visits' | 'replacedBy'>

function factsOf(patient: ResourceOf<'Patient'>): Facts {
  const identifiers = patient.identifier ?? []
  const citizens = identifiers.flatMap(({ value }) => (value ? (citizenNumber(value) ?? []) : []))
  return {
    names: (patient.name ?? []).map(wholeName),
    ...(patient.gender ? { gender: patient.gender } : {}),
    ...(patient.birthDate ? { birthDate: patient.birthDate } : {}),
    citizen: [...new Set(citizens.filter(({ isValid }) => isValid).map(({ number }) => number))],
    numbers: identifiers.flatMap(({ value, system, type, use }) => {
      if (!value) return []
      const code = type?.coding?.[0]?.code
      return [{ value, isOld: use === 'old', ...(system ? { system } : {}), ...(code ? { type: code } : {}) }]
    }),
    phones: (patient.telecom ?? []).flatMap(({ value }) => value ?? []),
    addresses: (patient.address ?? []).map(addressOf),
    contacts: (patient.contact ?? []).map(contactOf),
    isDead: patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined,
  }
}

type Address = NonNullable<ResourceOf<'Patient'>['address']>[number]

function addressOf({ text, state, city, district, line = [] }: Address): string {
  return text ?? [state, city, district, ...line].filter((part) => part !== undefined).join('')
}

type Contact = NonNullable<ResourceOf<'Patient'>['contact']>[number]

function contactOf({ name, relationship, telecom }: Contact): string {
  const relation = relationship?.[0]
  const parts = [
    relation?.text ?? relation?.coding?.[0]?.display,
    name && wholeName(name),
    telecom?.[0]?.value,
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(' ')
}
