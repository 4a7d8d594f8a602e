/** `/api/documents/documents…`: found, read, downloaded, generated; each look decided on the DocumentReference and audited. */
import { type Kernel, runCommand } from '@xinglin/app'
import {
  documentOf,
  nationalDocuments,
  readableOf,
  readRoot,
  ruleWords,
  templateVersions,
  validateDocument,
  type XmlNode,
} from '@xinglin/cda'
import { type DocumentReference, invalid, notFound } from '@xinglin/fhir'
import type { Actor, GuardedRecords } from '@xinglin/identity'
import { parseVersion, type Query } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  type DocumentAnswer,
  type DocumentsAnswer,
  type FindingLine,
  documentPermissions as permissions,
  type TypesAnswer,
} from '../contract.ts'
import { generateDocument, setSystem } from '../generate/generate-document.ts'
import { generatedType } from '../generate/types.ts'
import { refuseMasked } from '../masked.ts'
import { receivedOf } from '../receive/received.ts'
import { cdaOf, lineOf, linesOf, patientName } from './lines.ts'
import { offsetOf } from './offset.ts'

type OfDocument = { Params: { id: string } }
const pageRows = 50
const statuses = ['current', 'superseded', 'entered-in-error']

export function documentRoutes(http: FastifyInstance, kernel: Kernel): void {
  const readerOf = (actor: Actor): GuardedRecords => {
    kernel.identity.demand(actor, { kind: 'permission', permission: permissions.read })
    return kernel.identity.recordsFor(actor)
  }
  http.get('/types', async (request): Promise<TypesAnswer> => {
    kernel.identity.demand(requireActor(request), { kind: 'permission', permission: permissions.read })
    return { types: documentTypes(), version: templateVersions.national }
  })
  // Whose documents are asked for must not stand in an address, which proxies keep: so POST.
  http.post('/documents/find', async (request): Promise<DocumentsAnswer> => {
    const records = readerOf(requireActor(request))
    const page = await records.search('DocumentReference', await queryOf(records, request.body))
    const documents = await linesOf(records, page.matches)
    return { documents, ...(page.next ? { next: page.next } : {}) }
  })
  http.get<OfDocument>('/documents/:id', async (request): Promise<DocumentAnswer> => {
    const actor = requireActor(request)
    await refuseMasked(kernel, actor)
    const records = readerOf(actor)
    const answer = await documentAnswer(
      records,
      await documentAt(records, request.params.id),
      offsetOf(kernel),
    )
    const received = await receivedOf(kernel.database, actor.tenant, request.params.id)
    return { ...answer, ...(received ? { received } : {}) }
  })
  http.get<OfDocument>('/documents/:id/xml', async (request, reply) => {
    const actor = requireActor(request)
    await refuseMasked(kernel, actor)
    const records = readerOf(actor)
    const document = await documentAt(records, request.params.id)
    const bytes = cdaOf(document)
    if (!bytes) throw notFound('this document carries no CDA', { code: 'documents.no-cda' })
    const patient = lineOf(document).patient
    await kernel.identity.audit(actor, {
      ...{ action: permissions.read, outcome: 'allowed', detail: 'download of the XML' },
      ...{ resourceType: 'DocumentReference', resourceId: request.params.id },
      ...(patient ? { patient } : {}),
    })
    return reply
      .type('application/xml; charset=utf-8')
      .header('content-disposition', `attachment; filename="${request.params.id}.xml"`)
      .send(bytes)
  })
  http.post('/documents', async (request) => {
    const actor = requireActor(request)
    return runCommand(kernel)(generateDocument(actor), request.body, actor)
  })
}

function documentTypes(): TypesAnswer['types'] {
  return nationalDocuments().map(({ code, title }) => {
    const made = generatedType(code)
    return { code, title, ...(made ? { anchor: made.anchor } : {}) }
  })
}

async function queryOf(records: GuardedRecords, body: unknown): Promise<Query> {
  const said = (name: string): string | undefined => {
    const value =
      typeof body === 'object' && body !== null && Object.hasOwn(body, name)
        ? Reflect.get(body, name)
        : undefined
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string' && value.length <= 2_000) return value
    throw invalid(`${name} is a text`, { code: 'documents.field', at: name })
  }
  const next = said('next')
  if (next) return [...new URLSearchParams(next)]
  const [patient, text, code, status] = [
    said('patient'),
    said('text'),
    said('code'),
    said('status') ?? 'current',
  ]
  if (status !== 'any' && !statuses.includes(status))
    throw invalid(`status is one of any, ${statuses.join(', ')}`, { code: 'documents.field', at: 'status' })
  const patients = text ? await patientsNamed(records, text) : patient
  const query: [string, string][] = [
    ['_sort', '-date'],
    ['_count', String(pageRows)],
  ]
  if (patients !== undefined) query.push(['subject', patients])
  if (code) query.push(['type', code])
  if (status !== 'any') query.push(['status', status])
  const [from, to] = [said('from'), said('to')]
  if (from) query.push(['date', `ge${from}`])
  if (to) query.push(['date', `le${to}`])
  return query
}

/** Patients that a search word may mean; a word that means nobody finds nothing. */
async function patientsNamed(records: GuardedRecords, text: string): Promise<string> {
  const page = await records.search('Patient', [
    [/\d/.test(text) ? 'identifier' : 'name', text],
    ['_count', '100'],
  ])
  return page.matches.length === 0 ? 'Patient/-' : page.matches.map(({ id }) => `Patient/${id}`).join(',')
}

async function documentAt(records: GuardedRecords, id: string): Promise<DocumentReference> {
  const version = await records.read('DocumentReference', id)
  if (!version || version.interaction === 'delete')
    throw notFound('there is no such document', { code: 'documents.no-document' })
  return parseVersion(version, 'DocumentReference')
}

async function documentAnswer(
  records: GuardedRecords,
  document: DocumentReference,
  offset: string,
): Promise<DocumentAnswer> {
  const line = lineOf(document)
  const patient = line.patient ? await records.read('Patient', line.patient) : undefined
  const name =
    patient && patient.interaction !== 'delete' ? patientName(parseVersion(patient, 'Patient')) : undefined
  const versions = line.setId
    ? await records.search('DocumentReference', [
        ['identifier', `${setSystem}|${line.setId}`],
        ['_count', '100'],
      ])
    : undefined
  const root = rootOf(cdaOf(document))
  return {
    line: { ...line, ...(name ? { patientName: name } : {}) },
    ...(root ? { readable: readableOf(documentOf(root), offset) } : {}),
    findings: root ? findingsOf(root) : [],
    versions: (versions?.matches ?? [])
      .map((version) => lineOf(parseVersion(version, 'DocumentReference')))
      .toSorted((left, right) => (right.versionNumber ?? 0) - (left.versionNumber ?? 0)),
  }
}

/** Undefined for bytes that are no CDA document. */
function rootOf(bytes: Buffer | undefined): XmlNode | undefined {
  if (!bytes) return undefined
  try {
    return readRoot(bytes.toString('utf8'))
  } catch (error) {
    if (error instanceof Error && error.name === 'CdaError') return undefined
    throw error
  }
}

/** Findings with the words of their rules. */
export function findingsOf(root: XmlNode): readonly FindingLine[] {
  return validateDocument(root).map((finding) => ({ ...finding, words: ruleWords(finding.rule) }))
}
