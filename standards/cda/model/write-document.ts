/** A CDA R2 document as XML, its elements in the order of the schema (POCD_MT000040). */
import { el, type XmlNode } from '../xml/node.ts'
import { writeXml } from '../xml/write-xml.ts'
import type {
  Body,
  ClinicalDocument,
  EncompassingEncounter,
  Organization,
  PatientRole,
  RelatedDocument,
  Section,
} from './document.ts'
import { writeAddress, writeCoded, writeIdentifier, writeName, writeTimes } from './values.ts'
import { writeParticipant } from './write-participant.ts'
import { writeStatement } from './write-statement.ts'

/** The text of a document in UTF-8. */
export function writeDocument(document: ClinicalDocument): string {
  return writeXml(treeOf(document))
}

function treeOf(document: ClinicalDocument): XmlNode {
  const { setId, versionNumber, encounter, legalAuthenticator, language } = document
  return el(
    'ClinicalDocument',
    {},
    document.realm === undefined ? undefined : el('realmCode', { code: document.realm }),
    el('typeId', { root: '2.16.840.1.113883.1.3', extension: 'POCD_MT000040' }),
    document.templateIds.map((id) => writeIdentifier('templateId', id)),
    writeIdentifier('id', document.id),
    writeCoded('code', document.code),
    document.title === undefined ? undefined : el('title', {}, document.title),
    el('effectiveTime', { value: document.effectiveTime }),
    writeCoded('confidentialityCode', document.confidentiality),
    language === undefined ? undefined : el('languageCode', { code: language }),
    setId && writeIdentifier('setId', setId),
    versionNumber === undefined ? undefined : el('versionNumber', { value: String(versionNumber) }),
    recordTarget(document.patient),
    document.authors.map((author) => writeParticipant('author', author)),
    el(
      'custodian',
      {},
      el('assignedCustodian', {}, organization('representedCustodianOrganization', document.custodian)),
    ),
    legalAuthenticator && writeParticipant('legalAuthenticator', legalAuthenticator),
    document.authenticators.map((each) => writeParticipant('authenticator', each)),
    document.related.map(relatedDocument),
    encounter && el('componentOf', {}, encompassing(encounter)),
    el('component', {}, bodyTree(document.body)),
  )
}

function recordTarget(patient: PatientRole): XmlNode {
  const { gender, birthTime, maritalStatus, ethnicGroup, provider } = patient
  const person = el(
    'patient',
    { classCode: 'PSN', determinerCode: 'INSTANCE' },
    patient.personIds.map((id) => writeIdentifier('id', id)),
    patient.names.map(writeName),
    gender && writeCoded('administrativeGenderCode', gender),
    birthTime === undefined ? undefined : el('birthTime', { value: birthTime }),
    maritalStatus && writeCoded('maritalStatusCode', maritalStatus),
    ethnicGroup && writeCoded('ethnicGroupCode', ethnicGroup),
  )
  const role = el(
    'patientRole',
    { classCode: 'PAT' },
    patient.ids.map((id) => writeIdentifier('id', id)),
    patient.addresses.map(writeAddress),
    patient.telecoms.map((telecom) => el('telecom', telecom)),
    person,
    provider && organization('providerOrganization', provider),
  )
  return el('recordTarget', { typeCode: 'RCT', contextControlCode: 'OP' }, role)
}

function organization(
  name: string,
  { ids, name: called, telecoms = [], addresses = [] }: Organization,
): XmlNode {
  return el(
    name,
    { classCode: 'ORG', determinerCode: 'INSTANCE' },
    ids.map((id) => writeIdentifier('id', id)),
    called === undefined ? undefined : el('name', {}, called),
    telecoms.map((telecom) => el('telecom', telecom)),
    addresses.map(writeAddress),
  )
}

function relatedDocument({ kind, id, setId, versionNumber }: RelatedDocument): XmlNode {
  const parent = el(
    'parentDocument',
    { classCode: 'DOCCLIN', moodCode: 'EVN' },
    writeIdentifier('id', id),
    setId && writeIdentifier('setId', setId),
    versionNumber === undefined ? undefined : el('versionNumber', { value: String(versionNumber) }),
  )
  return el('relatedDocument', { typeCode: kind }, parent)
}

function encompassing({ ids, code, time, location }: EncompassingEncounter): XmlNode {
  const place = location === undefined ? undefined : el('location', {}, el('name', {}, location))
  return el(
    'encompassingEncounter',
    { classCode: 'ENC', moodCode: 'EVN' },
    ids.map((id) => writeIdentifier('id', id)),
    code && writeCoded('code', code),
    writeTimes('effectiveTime', time),
    place && el('location', { typeCode: 'LOC' }, el('healthCareFacility', { classCode: 'SDLOC' }, place)),
  )
}

function bodyTree(body: Body): XmlNode {
  if (body.kind === 'structured')
    return el(
      'structuredBody',
      {},
      body.sections.map((section) => el('component', {}, writeSection(section))),
    )
  const representation = body.isBase64 ? 'B64' : undefined
  const content = body.reference === undefined ? body.content : el('reference', { value: body.reference })
  return el('nonXMLBody', {}, el('text', { mediaType: body.mediaType, representation }, content))
}

function writeSection(section: Section): XmlNode {
  const { code, title, nullFlavor } = section
  return el(
    'section',
    { nullFlavor },
    section.templateIds.map((id) => writeIdentifier('templateId', id)),
    code && writeCoded('code', code),
    title === undefined ? undefined : el('title', {}, title),
    section.text,
    section.entries.map((entry) => el('entry', {}, writeStatement(entry))),
    section.sections.map((inner) => el('component', {}, writeSection(inner))),
  )
}
