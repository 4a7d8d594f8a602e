/** CDA R2 §4.2: who the document is about, who wrote it, who keeps it, what it replaces. */
import { elementsOf, first, textOf, type XmlNode } from '../xml/node.ts'
import type {
  EncompassingEncounter,
  Header,
  Organization,
  Participant,
  PatientRole,
  RelatedDocument,
} from './document.ts'
import {
  type Coded,
  readAddress,
  readCoded,
  readIdentifier,
  readName,
  readTelecom,
  readTimes,
} from './values.ts'

/** What a header says; parts that are missing are empty, which validation tells. */
export function readHeader(root: XmlNode): Header {
  const coded = (name: string) => codedOf(first(root, name))
  const setId = first(root, 'setId')
  const version = first(root, 'versionNumber')?.attributes.value
  const legal = first(root, 'legalAuthenticator')
  const encounter = first(root, 'componentOf', 'encompassingEncounter')
  return said({
    realm: first(root, 'realmCode')?.attributes.code,
    templateIds: elementsOf(root, 'templateId').map(readIdentifier),
    id: identifierOf(first(root, 'id')) ?? {},
    code: coded('code') ?? {},
    title: textOf(first(root, 'title')) || undefined,
    effectiveTime: first(root, 'effectiveTime')?.attributes.value ?? '',
    confidentiality: coded('confidentialityCode') ?? {},
    language: first(root, 'languageCode')?.attributes.code,
    setId: identifierOf(setId),
    versionNumber: version && /^\d{1,9}$/.test(version) ? Number(version) : undefined,
    patient: patientOf(first(root, 'recordTarget', 'patientRole')),
    authors: elementsOf(root, 'author').map((each) => readParticipant(each, 'assignedAuthor')),
    custodian: organizationOf(
      first(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization'),
    ) ?? { ids: [] },
    legalAuthenticator: legal && readParticipant(legal, 'assignedEntity'),
    authenticators: elementsOf(root, 'authenticator').map((each) => readParticipant(each, 'assignedEntity')),
    related: elementsOf(root, 'relatedDocument').flatMap(relatedOf),
    encounter: encounter && encounterOf(encounter),
  })
}

function said<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T
}

function codedOf(node: XmlNode | undefined): Coded | undefined {
  return readCoded(node, () => undefined)
}

/** Undefined for an element that says nothing. */
function identifierOf(node: XmlNode | undefined) {
  const identifier = node && readIdentifier(node)
  return identifier && Object.keys(identifier).length > 0 ? identifier : undefined
}

function patientOf(role: XmlNode | undefined): PatientRole {
  const patient = first(role, 'patient')
  return said({
    ids: elementsOf(role, 'id').map(readIdentifier),
    personIds: elementsOf(patient, 'id').map(readIdentifier),
    names: elementsOf(patient, 'name').flatMap((name) => readName(name) ?? []),
    gender: codedOf(first(patient, 'administrativeGenderCode')),
    birthTime: first(patient, 'birthTime')?.attributes.value || undefined,
    maritalStatus: codedOf(first(patient, 'maritalStatusCode')),
    ethnicGroup: codedOf(first(patient, 'ethnicGroupCode')),
    addresses: elementsOf(role, 'addr').flatMap(readAddress),
    telecoms: elementsOf(role, 'telecom').flatMap(readTelecom),
    provider: organizationOf(first(role, 'providerOrganization')),
  })
}

function organizationOf(node: XmlNode | undefined): Organization | undefined {
  if (!node) return undefined
  const telecoms = elementsOf(node, 'telecom').flatMap(readTelecom)
  const addresses = elementsOf(node, 'addr').flatMap(readAddress)
  return said({
    ids: elementsOf(node, 'id').map(readIdentifier),
    name: textOf(first(node, 'name')) || undefined,
    ...(telecoms.length > 0 ? { telecoms } : {}),
    ...(addresses.length > 0 ? { addresses } : {}),
  })
}

/** `holder` is what of the participation stands for the person: assignedAuthor, assignedEntity. */
export function readParticipant(node: XmlNode, holder: string): Participant {
  const assigned = first(node, holder)
  return said({
    ids: elementsOf(assigned, 'id').map(readIdentifier),
    time: readTimes(first(node, 'time')),
    code: codedOf(first(assigned, 'code')),
    name: readName(first(assigned, 'assignedPerson', 'name')),
    device: textOf(first(assigned, 'assignedAuthoringDevice', 'softwareName')) || undefined,
    organization: organizationOf(first(assigned, 'representedOrganization')),
  })
}

function relatedOf(node: XmlNode): readonly RelatedDocument[] {
  const { typeCode } = node.attributes
  const parent = first(node, 'parentDocument')
  const id = identifierOf(first(parent, 'id'))
  const version = first(parent, 'versionNumber')?.attributes.value
  if (!id || (typeCode !== 'RPLC' && typeCode !== 'APND' && typeCode !== 'XFRM')) return []
  const versionNumber = version && /^\d{1,9}$/.test(version) ? Number(version) : undefined
  return [said({ kind: typeCode, id, setId: identifierOf(first(parent, 'setId')), versionNumber })]
}

function encounterOf(node: XmlNode): EncompassingEncounter {
  const facility = first(node, 'location', 'healthCareFacility')
  const location =
    textOf(first(facility, 'location', 'name')) ||
    textOf(first(facility, 'serviceProviderOrganization', 'name'))
  return said({
    ids: elementsOf(node, 'id').map(readIdentifier),
    code: codedOf(first(node, 'code')),
    time: readTimes(first(node, 'effectiveTime')) ?? { nullFlavor: 'NI' },
    location: location || undefined,
  })
}
