/** The header of a generated document: patient, visit, author, custodian, numbered by the OIDs of the settings. */
import {
  type Coded,
  type Header,
  type Identifier,
  nationalCodeSystem,
  templateOf,
  timeOf,
} from '@xinglin/cda'
import { fault, type Patient, type Practitioner, type Reference, type Resource } from '@xinglin/fhir'
import { oidOf } from '../codes/systems.ts'
import type { DocumentSettings } from '../contract.ts'
import { codedOf, identifiersOf, personNameOf } from './coded.ts'
import type { Subject } from './gathered.ts'

/** GB/T 2261.1. */
const genders: Readonly<Record<string, Coded>> = {
  male: { code: '1', codeSystem: '2.16.156.10011.2.3.3.4', displayName: '男性' },
  female: { code: '2', codeSystem: '2.16.156.10011.2.3.3.4', displayName: '女性' },
  other: { code: '9', codeSystem: '2.16.156.10011.2.3.3.4', displayName: '未说明的性别' },
  unknown: { code: '0', codeSystem: '2.16.156.10011.2.3.3.4', displayName: '未知的性别' },
}
/** Resident identity numbers (GB 11643), whatever system wrote them. */
const identityNumber = /^\d{17}[\dXx]$/
const identityRoot = '2.16.156.10011.1.3'

export type Numbering = {
  readonly setId: string
  readonly versionNumber: number
  readonly at: string
  readonly before?: { readonly id: string; readonly versionNumber: number }
}

export async function headerOf(
  code: string,
  subject: Subject,
  { settings, numbering }: { readonly settings: DocumentSettings; readonly numbering: Numbering },
): Promise<Header> {
  const template = templateOf({ code, codeSystem: nationalCodeSystem, templateIds: [] })
  if (!template) throw fault('the national list has no such document', { code: 'documents.type' })
  const { setId, versionNumber, at, before } = numbering
  const numbered = (extension: string): Identifier => ({ root: settings.documentRoot, extension })
  const custodian = {
    ids: [{ root: settings.custodianRoot, extension: settings.custodianId }],
    name: settings.custodianName,
  }
  const { encounter } = subject
  const low = timeOf(encounter?.period?.start)
  const high = timeOf(encounter?.period?.end)
  const place = encounter?.serviceProvider?.display ?? encounter?.location?.[0]?.location.display
  const visit = encounter && codedOf({ coding: [encounter.class] })
  return {
    realm: 'CN',
    templateIds: [{ root: template.templateId }],
    id: numbered(`${setId}-${versionNumber}`),
    code: { code, codeSystem: nationalCodeSystem, displayName: template.title.zh },
    title: template.title.zh,
    effectiveTime: timeOf(at) ?? '',
    confidentiality: { code: 'N', codeSystem: '2.16.840.1.113883.5.25' },
    language: 'zh-CN',
    setId: numbered(setId),
    versionNumber,
    patient: patientOf(subject.patient, settings),
    authors: [await authorOf(subject, settings, at)],
    custodian,
    authenticators: [],
    related: before
      ? [
          {
            kind: 'RPLC',
            id: numbered(before.id),
            setId: numbered(setId),
            versionNumber: before.versionNumber,
          },
        ]
      : [],
    ...(encounter
      ? {
          encounter: {
            ids: encounter.identifier
              ? identifiersOf(encounter.identifier, settings.localRoot)
              : [{ root: settings.localRoot, extension: encounter.id ?? '' }],
            ...(visit ? { code: visit } : {}),
            time: low || high ? { ...(low ? { low } : {}), ...(high ? { high } : {}) } : { nullFlavor: 'NI' },
            ...(place ? { location: place } : {}),
          },
        }
      : {}),
  }
}

function patientOf(
  patient: Patient & { readonly id: string },
  settings: DocumentSettings,
): Header['patient'] {
  const standing = (patient.identifier ?? []).filter(({ use, value }) => use !== 'old' && value)
  const isIdentity = ({ value }: { readonly value?: string }) => identityNumber.test(value ?? '')
  const others = standing.filter((each) => !isIdentity(each))
  const ids = others.map(({ system, value }) => ({
    root: oidOf(system) ?? settings.patientRoot,
    extension: value ?? '',
  }))
  const names = (patient.name ?? []).filter(({ use }) => use !== 'old')
  const birthTime = timeOf(patient.birthDate)
  const maritalStatus = codedOf(patient.maritalStatus)
  return {
    ids: ids.length > 0 ? ids : [{ root: settings.patientRoot, extension: patient.id }],
    personIds: standing
      .filter(isIdentity)
      .map(({ value }) => ({ root: identityRoot, extension: value ?? '' })),
    names: names.slice(0, 1).map(personNameOf),
    ...(patient.gender ? { gender: genders[patient.gender] } : {}),
    ...(birthTime ? { birthTime } : {}),
    ...(maritalStatus ? { maritalStatus } : {}),
    addresses: (patient.address ?? [])
      .slice(0, 1)
      .map(({ line, city, district, state, postalCode, country, text }) =>
        text && !line && !city
          ? { text }
          : {
              ...(line ? { lines: line } : {}),
              ...(city ? { city } : {}),
              ...(district ? { county: district } : {}),
              ...(state ? { state } : {}),
              ...(postalCode ? { postalCode } : {}),
              ...(country ? { country } : {}),
            },
      ),
    telecoms: (patient.telecom ?? []).flatMap(({ system, value }) =>
      value && system === 'phone' ? [{ value: `tel:${value.replaceAll(/\s/g, '')}` }] : [],
    ),
  }
}

/** Who is responsible for the source; where the record names nobody, the platform that made the document. */
async function authorOf(
  subject: Subject,
  settings: DocumentSettings,
  at: string,
): Promise<Header['authors'][number]> {
  const time = { value: timeOf(at) ?? '' }
  const named =
    responsibleFor(subject.anchor) ??
    subject.encounter?.participant?.find(({ individual }) => individual)?.individual
  const person = await subject.sources.follow('Practitioner', named)
  const name = nameOf(person, named)
  if (!name) return { ids: [{ nullFlavor: 'NA' }], time, device: 'Xinglin' }
  const ids = identifiersOf(person?.identifier, settings.localRoot)
  const fallback = person?.id ? [{ root: settings.localRoot, extension: person.id }] : [{ nullFlavor: 'UNK' }]
  return { ids: ids.length > 0 ? ids : fallback, time, name }
}

function nameOf(
  person: Practitioner | undefined,
  named: Reference | undefined,
): Header['authors'][number]['name'] {
  const [first] = person?.name ?? []
  if (first) return personNameOf(first)
  return named?.display ? { text: named.display } : undefined
}

function responsibleFor(anchor: Resource): Reference | undefined {
  if (anchor.resourceType === 'DiagnosticReport')
    return anchor.resultsInterpreter?.[0] ?? anchor.performer?.[0]
  return anchor.resourceType === 'Procedure' ? anchor.performer?.[0]?.actor : undefined
}
