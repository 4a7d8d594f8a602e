/**
 * Whose images these are: the Patient with the header's Patient ID and issuer (IHE SWF, PS3.3 C.2.2), else a new one
 * made from the header. Two people are never joined on a number alone where issuer or birth date speak against it.
 */
import { type JsonDataset, tags } from '@xinglin/dicom'
import type { Patient, Reference } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import { dateOf, humanNames, nameText, word } from './header-words.ts'
import { patientIdFromHeader } from './imaging-study-id.ts'

/** How the HL7 door names assigning authorities that have no OID (HD.1), so that both doors meet in one identifier. */
const authority = 'urn:xinglin:authority:'
const unknownAuthority = 'urn:xinglin:identifier:dicom'
/** More people than this with one number are not worth comparing: the number says nothing. */
const maxCandidates = 20

/** A reference to the Patient of a study; creates the Patient in the unit where none matches. */
export async function subjectOf(unit: Unit, attributes: JsonDataset): Promise<Reference> {
  const patientId = word(attributes, tags.PatientID)
  const issuer = word(attributes, tags.IssuerOfPatientID)
  const studyUid = word(attributes, tags.StudyInstanceUID) ?? ''
  const birthDate = dateOf(word(attributes, tags.PatientBirthDate))
  const known = patientId ? await matching(unit, { patientId, issuer, birthDate }) : undefined
  if (known)
    return { reference: `Patient/${known.id}`, ...(known.name?.[0]?.text && { display: known.name[0].text }) }
  // Without a number nobody can say that two studies are of one person.
  const key = patientId ?? `study ${studyUid}`
  const id = patientIdFromHeader(unit.tenant, issuer ?? '', key)
  const patient = patientOf(attributes, { id, patientId, issuer, birthDate })
  const present = await unit.read('Patient', id)
  if (!present || present.interaction === 'delete') await unit.write([{ kind: 'update', resource: patient }])
  return { reference: `Patient/${id}`, ...(patient.name?.[0]?.text && { display: patient.name[0].text }) }
}

type HeaderPerson = {
  readonly patientId: string
  readonly issuer: string | undefined
  readonly birthDate: string | undefined
}

async function matching(unit: Unit, person: HeaderPerson): Promise<Patient | undefined> {
  const value = person.patientId.replace(/([\\,$|])/g, '\\$1')
  const page = await unit.search('Patient', [
    ['identifier', value],
    ['_count', String(maxCandidates)],
  ])
  const candidates = page.matches
    .map((version) => JSON.parse(version.json) as Patient)
    .filter((patient) => patient.active !== false && !isOtherPerson(patient, person))
  const { issuer } = person
  const ofIssuer = issuer ? candidates.filter((patient) => isIssuedBy(patient, person.patientId, issuer)) : []
  const chosen = ofIssuer.length > 0 ? ofIssuer : candidates
  return chosen.length === 1 ? chosen[0] : undefined
}

/** Born on another day, or the number was given by an authority that is known by another name than the header's issuer. */
function isOtherPerson(patient: Patient, { patientId, issuer, birthDate }: HeaderPerson): boolean {
  const isBornOtherwise =
    birthDate !== undefined && patient.birthDate !== undefined && !birthDate.startsWith(patient.birthDate)
  const authorities = (patient.identifier ?? [])
    .filter(({ value }) => value === patientId)
    .map(({ system }) => (system?.startsWith(authority) ? system.slice(authority.length) : undefined))
  const isOfOthers =
    issuer !== undefined &&
    authorities.every((name) => name !== undefined && name !== encodeURIComponent(issuer))
  return isBornOtherwise || isOfOthers
}

function isIssuedBy(patient: Patient, patientId: string, issuer: string): boolean {
  return (patient.identifier ?? []).some(
    (identifier) =>
      identifier.value === patientId &&
      [identifier.system, identifier.assigner?.display, identifier.assigner?.identifier?.value].some(
        (text) => text === issuer || text?.endsWith(`:${issuer}`) || text?.endsWith(`/${issuer}`),
      ),
  )
}

const genders: Readonly<Record<string, Patient['gender']>> = { M: 'male', F: 'female', O: 'other' }

function patientOf(
  attributes: JsonDataset,
  person: Omit<HeaderPerson, 'patientId'> & { readonly id: string; readonly patientId: string | undefined },
): Patient {
  const name = nameText(attributes, tags.PatientName)
  const gender = genders[word(attributes, tags.PatientSex) ?? '']
  const names = name ? humanNames(name) : []
  return {
    resourceType: 'Patient',
    id: person.id,
    ...(person.patientId && {
      identifier: [
        {
          use: 'usual',
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
          system: person.issuer ? systemOf(person.issuer) : unknownAuthority,
          value: person.patientId,
        },
      ],
    }),
    active: true,
    ...(names.length > 0 && { name: [...names] }),
    ...(gender && { gender }),
    ...(person.birthDate && { birthDate: person.birthDate }),
  }
}

/** An issuer that is an OID or URI is a system by itself; a local name becomes one of ours. */
function systemOf(issuer: string): string {
  if (/^[0-2](\.\d+)+$/.test(issuer)) return `urn:oid:${issuer}`
  return /^[a-z]+:/.test(issuer) ? issuer : `${authority}${encodeURIComponent(issuer)}`
}
