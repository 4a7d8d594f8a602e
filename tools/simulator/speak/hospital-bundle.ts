/** The hospital itself as one FHIR R4 transaction: organisation, departments, wards, staff and their roles. */
import { type Hospital, oids, type Staff } from '../hospital/hospital.ts'
import type { Transaction } from './fhir-bundles.ts'

type Entry = Transaction['entry'][number]

/** Everything is created once, however often it is sent (If-None-Exist on its identifier). */
export function hospitalBundle(hospital: Hospital): Transaction {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      ...organisations(hospital),
      ...wards(hospital),
      ...[...hospital.doctors, ...hospital.nurses].flatMap(staffEntries),
    ],
  }
}

const urn = (kind: string, code: string) => `urn:xinglin:simulated:${kind}:${code}`
const system = (oid: string) => `urn:oid:${oid}`
const unitSystem = system(`${oids.staff}.1`)

function create(type: string, key: { kind: string; system: string; value: string }, content: object): Entry {
  const resource = { resourceType: type, identifier: [{ system: key.system, value: key.value }], ...content }
  const request = { method: 'POST', url: type, ifNoneExist: `identifier=${key.system}|${key.value}` }
  return { fullUrl: urn(key.kind, key.value), resource, request }
}

function organisations(hospital: Hospital): readonly Entry[] {
  const own = create(
    'Organization',
    { kind: 'organisation', system: unitSystem, value: hospital.code },
    { active: true, name: hospital.name },
  )
  const departments = hospital.departments.map(({ code, zh, en }) =>
    create(
      'Organization',
      { kind: 'organisation', system: unitSystem, value: `${hospital.code}-${code}` },
      {
        active: true,
        name: zh,
        alias: [en],
        partOf: { reference: urn('organisation', hospital.code) },
      },
    ),
  )
  return [own, ...departments]
}

function wards(hospital: Hospital): readonly Entry[] {
  return hospital.departments.map(({ code, wardCode, ward }) =>
    create(
      'Location',
      { kind: 'ward', system: unitSystem, value: `${hospital.code}-${wardCode}` },
      {
        status: 'active',
        mode: 'instance',
        name: ward,
        physicalType: {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/location-physical-type',
              code: 'wa',
              display: 'Ward',
            },
          ],
        },
        managingOrganization: { reference: urn('organisation', `${hospital.code}-${code}`) },
      },
    ),
  )
}

function staffEntries(staff: Staff): readonly Entry[] {
  const name = {
    use: 'official',
    text: `${staff.familyName}${staff.givenName}`,
    family: staff.familyName,
    given: [staff.givenName],
  }
  const practitioner = create(
    'Practitioner',
    { kind: 'staff', system: system(oids.staff), value: staff.code },
    {
      active: true,
      name: [name],
      telecom: [{ system: 'phone', value: staff.phone, use: 'work' }],
    },
  )
  const role = create(
    'PractitionerRole',
    { kind: 'role', system: system(`${oids.staff}.2`), value: staff.code },
    {
      active: true,
      practitioner: { reference: urn('staff', staff.code) },
      organization: { reference: urn('organisation', `QLYX-${staff.departmentCode}`) },
      code: [{ text: staff.title.zh }],
    },
  )
  return [practitioner, role]
}
