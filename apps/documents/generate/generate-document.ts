/**
 * One command makes a shared document: CDA from the record, kept in a DocumentReference that replaces the version before, with a
 * Provenance that names every version it was made from. Where none of them changed, nothing is written.
 */
import { createHash } from 'node:crypto'
import type { Command, Kernel } from '@xinglin/app'
import { nationalCodeSystem, readRoot, templateOf, validateDocument, writeDocument } from '@xinglin/cda'
import { conflict, type DocumentReference, fault, invalid, notFound, type Provenance } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import { parseVersion, type Unit, type Version } from '@xinglin/records'
import { documentPermissions, type GenerateDocument, type GeneratedDocument } from '../contract.ts'
import { refuseMasked } from '../masked.ts'
import { settingsOf } from '../settings/settings.ts'
import { type Subject, subjectOf } from './gathered.ts'
import { headerOf } from './header.ts'
import { refusePartial } from './refuse-partial.ts'
import { digestOf, labelsOf, type Sources, sourcesFor } from './sources.ts'
import { type GeneratedType, generatedType } from './types.ts'

/** Number of all versions of one document. */
export const setSystem = 'urn:xinglin:documents:set'
/** Which versions of its sources a document was made from. */
export const digestSystem = 'urn:xinglin:documents:sources'
/** A document for people to read is far smaller; what is more belongs into attachments of its own. */
const longestMade = 2_000_000

/** As the actor may read: what he does not see does not come into the document. */
export function generateDocument(actor: Actor): Command<GenerateDocument, GeneratedDocument> {
  return {
    name: 'generate-document',
    permission: documentPermissions.generate,
    parse,
    subject: () => ({ resourceType: 'DocumentReference' }),
    run: (unit, asked, kernel) => generate(unit, asked, { kernel, actor }),
  }
}

function parse(input: unknown): GenerateDocument {
  const { code, source } = (
    typeof input === 'object' && input !== null ? input : {}
  ) as Partial<GenerateDocument>
  if (typeof code !== 'string' || !generatedType(code))
    throw invalid('code is a type of document that is generated', { code: 'documents.type', at: 'code' })
  if (typeof source !== 'string' || !/^[A-Za-z0-9\-.]{1,64}$/.test(source))
    throw invalid('source is the logical id of a resource', { code: 'documents.source', at: 'source' })
  return { code, source }
}

async function generate(
  unit: Unit,
  { code, source }: GenerateDocument,
  { kernel, actor }: { readonly kernel: Kernel; readonly actor: Actor },
): Promise<GeneratedDocument> {
  await refuseMasked(kernel, actor)
  const type = typeOf(code)
  const records = kernel.identity.recordsFor(actor)
  const sources = sourcesFor(records)
  const { settings, version } = await settingsOf(unit.transaction, unit.tenant)
  if (settings.custodianName === '')
    throw conflict(
      'the institution that keeps documents is not named; save the settings of documents first',
      {
        code: 'documents.no-custodian',
      },
    )
  const subject = await anchored(sources, type, source)
  const numbered = ({ id }: { readonly id?: string }) =>
    id ? [{ root: settings.localRoot, extension: id }] : []
  const sections = await type.sections(subject, numbered)
  const setId = `${code}-${createHash('sha256').update(`${type.anchor}/${source}`).digest('hex').slice(0, 24)}`
  const before = await latestOf(unit, setId)
  const versionNumber = (before?.versionNumber ?? 0) + 1
  // The author is a source too, so the header is made before what was used is counted.
  const header = await headerOf(code, subject, {
    settings,
    numbering: {
      ...{ setId, versionNumber, at: unit.at },
      ...(before
        ? { before: { id: `${setId}-${before.versionNumber}`, versionNumber: before.versionNumber } }
        : {}),
    },
  })
  const digest = digestOf(sources.used(), version)
  if (before?.resource.identifier?.some(({ system, value }) => system === digestSystem && value === digest))
    return { id: before.version.id, versionNumber: before.versionNumber, isNew: false }
  if (before)
    await refusePartial(unit, { provenance: `made-${before.version.id}`, used: sources.used(), records })
  const text = writeDocument({ ...header, body: { kind: 'structured', sections } })
  if (text.length > longestMade)
    throw invalid('the document would be longer than 2,000,000 characters', { code: 'documents.too-long' })
  if (validateDocument(readRoot(text)).some(({ severity }) => severity === 'error'))
    throw fault('the document that was made breaks its rules', { code: 'documents.broken' })
  return keep(unit, { actor, subject, type, setId, versionNumber, text, digest, before })
}

function typeOf(code: string): GeneratedType {
  const type = generatedType(code)
  if (type) return type
  throw invalid('code is a type of document that is generated', { code: 'documents.type', at: 'code' })
}

async function anchored(sources: Sources, type: GeneratedType, id: string): Promise<Subject> {
  const anchor = await sources.read(type.anchor, id)
  if (!anchor)
    throw notFound(`there is no ${type.anchor} of this id`, { code: 'documents.no-source', at: 'source' })
  const refusal = type.refuse(anchor)
  if (refusal) throw invalid(refusal, { code: 'documents.not-of-type', at: 'source' })
  return subjectOf(sources, anchor)
}

type Before = {
  readonly version: Version
  readonly resource: DocumentReference
  readonly versionNumber: number
}

/** The newest document of a set; versions are numbered from 1. */
async function latestOf(unit: Unit, setId: string): Promise<Before | undefined> {
  const found = await unit.find([
    { type: 'DocumentReference', identifier: { system: setSystem, value: setId } },
  ])
  const documents = found.map((version): Before => {
    const resource = parseVersion(version, 'DocumentReference')
    return { version, resource, versionNumber: numberOf(resource, setId) }
  })
  return documents
    .filter(({ versionNumber }) => versionNumber > 0)
    .toSorted((a, b) => b.versionNumber - a.versionNumber)[0]
}

function numberOf({ masterIdentifier }: DocumentReference, setId: string): number {
  const value = masterIdentifier?.value ?? ''
  return value.startsWith(`${setId}-`) ? Number(value.slice(setId.length + 1)) : 0
}

type Made = {
  readonly actor: Actor
  readonly subject: Subject
  readonly type: GeneratedType
  readonly setId: string
  readonly versionNumber: number
  readonly text: string
  readonly digest: string
  readonly before: Before | undefined
}

async function keep(unit: Unit, made: Made): Promise<GeneratedDocument> {
  const { setId, versionNumber, before } = made
  const id = `${setId}-${versionNumber}`
  await unit.write([
    { kind: 'create', id, resource: referenceOf(unit, made), isNew: true },
    ...(before
      ? ([
          {
            kind: 'update',
            resource: { ...before.resource, status: 'superseded' },
            ifVersion: before.version.version,
          },
        ] as const)
      : []),
    { kind: 'create', id: `made-${id}`, resource: provenanceOf(unit, made), isNew: true },
  ])
  return { id, versionNumber, isNew: true }
}

function referenceOf(unit: Unit, made: Made): DocumentReference {
  const { subject, type, setId, versionNumber, text, digest, before } = made
  const bytes = Buffer.from(text)
  const template = templateOf({ code: type.code, codeSystem: nationalCodeSystem, templateIds: [] })
  const title = template?.title.zh ?? type.code
  const used = subject.sources.used()
  const labels = labelsOf(used)
  const { encounter, anchor } = subject
  return {
    resourceType: 'DocumentReference',
    ...(labels.length > 0 ? { meta: { security: [...labels] } } : {}),
    masterIdentifier: { system: setSystem, value: `${setId}-${versionNumber}` },
    identifier: [
      { system: setSystem, value: setId },
      { system: digestSystem, value: digest },
    ],
    status: 'current',
    docStatus: type.isFinal(anchor) ? 'final' : 'preliminary',
    type: {
      coding: [{ system: `urn:oid:${nationalCodeSystem}`, code: type.code, display: title }],
      text: title,
    },
    subject: { reference: `Patient/${subject.patient.id}` },
    date: unit.at,
    author: [{ display: 'Xinglin' }],
    ...(before
      ? { relatesTo: [{ code: 'replaces', target: { reference: `DocumentReference/${before.version.id}` } }] }
      : {}),
    description: title,
    content: [
      {
        attachment: {
          contentType: 'text/xml',
          language: 'zh-CN',
          data: bytes.toString('base64'),
          size: bytes.length,
          hash: createHash('sha1').update(bytes).digest('base64'),
          title: `${title} v${versionNumber}`,
          creation: unit.at,
        },
      },
    ],
    context: {
      ...(encounter?.id ? { encounter: [{ reference: `Encounter/${encounter.id}` }] } : {}),
      related: [{ reference: `${type.anchor}/${anchor.id}` }],
    },
  }
}

function provenanceOf(unit: Unit, { actor, subject, setId, versionNumber }: Made): Provenance {
  return {
    resourceType: 'Provenance',
    target: [{ reference: `DocumentReference/${setId}-${versionNumber}` }],
    recorded: unit.at,
    activity: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion',
          code: 'DO',
          display: 'documented',
        },
      ],
    },
    agent: [
      { type: { text: 'assembler' }, who: { display: 'Xinglin' } },
      ...(actor.practitioner ? [{ who: { reference: `Practitioner/${actor.practitioner}` } }] : []),
    ],
    entity: subject.sources.used().map(({ type, id, version }) => ({
      role: 'source',
      what: { reference: `${type}/${id}/_history/${version}` },
    })),
  }
}
