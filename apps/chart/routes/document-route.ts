/** `GET /api/chart/patients/:id/documents/…` and `…/attachments/…`: one paper to read, and the bytes that belong to it. */
import { type Attachment, notFound, parseReference, type ResourceType, unsupported } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { attachmentsOf, type DocumentResource, readingOf } from '../reading/documents.ts'
import { readObservation } from '../reading/observation.ts'
import { resultsOf } from '../reading/results.ts'
import type { Reading, TestResult } from '../reading/shapes.ts'
import { demandAbout, readResource } from './patient-search.ts'

const documentTypes = [
  'DocumentReference',
  'DiagnosticReport',
  'Composition',
] as const satisfies ResourceType[]
type DocumentType = (typeof documentTypes)[number]

/** A report with more results than one `_id=` question takes is read by its first ones. */
const mostResults = 200

export type DocumentAddress = { readonly patient: string; readonly type: string; readonly id: string }

export async function documentAnswer(records: GuardedRecords, address: DocumentAddress): Promise<Reading> {
  const document = await readDocument(records, address)
  return readingOf(document, {
    attachmentPath: (index) =>
      `/api/chart/patients/${address.patient}/attachments/${address.type}/${address.id}/${index}`,
    results: document.resourceType === 'DiagnosticReport' ? await resultsIn(records, document) : [],
  })
}

/** The bytes and type of the n-th attachment of a paper. */
export async function attachmentAnswer(
  records: GuardedRecords,
  address: DocumentAddress,
  index: number,
): Promise<{ readonly bytes: Buffer; readonly contentType: string }> {
  const attachment = attachmentsOf(await readDocument(records, address))[index]
  if (!attachment) throw notFound('this paper has no such attachment', { code: 'chart.not-found' })
  return bytesOf(records, attachment)
}

async function readDocument(records: GuardedRecords, address: DocumentAddress): Promise<DocumentResource> {
  if (!isDocumentType(address.type)) {
    throw unsupported(`${address.type} is no paper; ask for ${documentTypes.join(', ')}`, {
      code: 'chart.no-paper',
    })
  }
  const document = await readResource(records, address.type, address.id)
  demandAbout(document, address.patient)
  return document
}

async function bytesOf(records: GuardedRecords, { data, url, contentType }: Attachment) {
  const type = contentType ?? 'application/octet-stream'
  if (data) return { bytes: Buffer.from(data, 'base64'), contentType: type }
  const reference = parseReference(url)
  if (reference?.type !== 'Binary') {
    throw unsupported('this attachment lies outside the platform', { code: 'chart.attachment-elsewhere' })
  }
  const binary = await readResource(records, 'Binary', reference.id)
  return { bytes: Buffer.from(binary.data ?? '', 'base64'), contentType: binary.contentType }
}

async function resultsIn(
  records: GuardedRecords,
  report: Extract<DocumentResource, { resourceType: 'DiagnosticReport' }>,
): Promise<readonly TestResult[]> {
  const ids = (report.result ?? []).flatMap(({ reference }) => parseReference(reference)?.id ?? [])
  if (ids.length === 0) return []
  const page = await records.search('Observation', [
    ['_id', ids.slice(0, mostResults).join(',')],
    ['_count', String(mostResults)],
  ])
  const byId = new Map(page.matches.map(({ id, json }) => [id, json]))
  return ids.flatMap((id) => {
    const json = byId.get(id)
    return json ? resultsOf(readObservation(json)) : []
  })
}

const isDocumentType = (type: string): type is DocumentType => documentTypes.some((known) => known === type)
