/** `GET /api/chart/patients/:id/documents/…` and `…/attachments/…`: one paper to read, and the bytes that belong to it. */

import { type Attachment, notFound, parseReference, type ResourceType, unsupported } from '@xinglin/fhir'
import { attachmentsOf, type DocumentResource, readingOf } from '../reading/documents.ts'
import { readObservation } from '../reading/observation.ts'
import { resultsOf } from '../reading/results.ts'
import type { Reading, TestResult } from '../reading/shapes.ts'
import type { ChartRecords } from './chart-records.ts'
import { demandAbout, readResource, searchPatient } from './patient-search.ts'

const documentTypes = [
  'DocumentReference',
  'DiagnosticReport',
  'Composition',
] as const satisfies ResourceType[]
type DocumentType = (typeof documentTypes)[number]

/** A report with more results than one `_id=` question takes is read by its first ones. */
const mostResults = 200

export type DocumentAddress = {
  readonly patient: string
  readonly type: string
  readonly id: string
  /** The instant that is read, for the addresses of attachments. */
  readonly asOf?: string
}

export async function documentAnswer(records: ChartRecords, address: DocumentAddress): Promise<Reading> {
  const document = await readDocument(records, address)
  return readingOf(document, {
    attachmentPath: (index) =>
      `/api/chart/patients/${address.patient}/attachments/${address.type}/${address.id}/${index}${pastOf(address)}`,
    results:
      document.resourceType === 'DiagnosticReport' ? await resultsIn(records, document, address.patient) : [],
  })
}

function pastOf({ asOf }: DocumentAddress): string {
  return asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`
}

/** The bytes and type of the n-th attachment of a paper. */
export async function attachmentAnswer(
  records: ChartRecords,
  address: DocumentAddress,
  index: number,
): Promise<{ readonly bytes: Buffer; readonly contentType: string }> {
  const attachment = attachmentsOf(await readDocument(records, address))[index]
  if (!attachment) throw notFound('this paper has no such attachment', { code: 'chart.not-found' })
  return bytesOf(records, attachment)
}

async function readDocument(records: ChartRecords, address: DocumentAddress): Promise<DocumentResource> {
  if (!isDocumentType(address.type)) {
    throw unsupported(`${address.type} is no paper; ask for ${documentTypes.join(', ')}`, {
      code: 'chart.no-paper',
    })
  }
  const document = await readResource(records, address.type, address.id)
  demandAbout(document, address.patient)
  return document
}

async function bytesOf(records: ChartRecords, { data, url, contentType }: Attachment) {
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
  records: ChartRecords,
  report: Extract<DocumentResource, { resourceType: 'DiagnosticReport' }>,
  patient: string,
): Promise<readonly TestResult[]> {
  const ids = (report.result ?? []).flatMap(({ reference }) => parseReference(reference)?.id ?? [])
  if (ids.length === 0) return []
  const page = await searchPatient(records, patient, 'Observation', [
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
