/** A DocumentReference as a line of a list, and the CDA that it carries. */
import { type DocumentReference, parseReference, type ResourceOf } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import { parseVersion, type Version } from '@xinglin/records'
import type { DocumentLine } from '../contract.ts'
import { wordsOf } from '../generate/coded.ts'
import { digestSystem, setSystem } from '../generate/generate-document.ts'

/** Types by which senders announce CDA. */
const cdaTypes = /^(text\/xml|application\/xml|application\/(hl7-)?cda\+xml|application\/hl7-sda\+xml)\b/i

export function lineOf(resource: DocumentReference, patientName?: string): DocumentLine {
  const identifiers = resource.identifier ?? []
  const setId = identifiers.find(({ system }) => system === setSystem)?.value
  const version = /-(\d+)$/.exec(setId ? (resource.masterIdentifier?.value ?? '') : '')?.[1]
  const patient = parseReference(resource.subject?.reference)?.id
  const code = resource.type?.coding?.[0]?.code
  return {
    id: resource.id ?? '',
    ...(code ? { code } : {}),
    title: resource.description ?? (wordsOf(resource.type) || (resource.content[0]?.attachment.title ?? '')),
    ...(patient ? { patient } : {}),
    ...(patientName ? { patientName } : {}),
    status: resource.status,
    ...(resource.docStatus ? { docStatus: resource.docStatus } : {}),
    ...(resource.date ? { date: resource.date } : {}),
    ...(resource.author?.[0]?.display ? { author: resource.author[0].display } : {}),
    ...(version ? { versionNumber: Number(version) } : {}),
    ...(setId ? { setId } : {}),
    isGenerated: identifiers.some(({ system }) => system === digestSystem),
    isCda: cdaOf(resource) !== undefined,
  }
}

/** The bytes of the document itself; undefined where it carries no XML. */
export function cdaOf({ content }: DocumentReference): Buffer | undefined {
  const data = content.find(
    ({ attachment }) => attachment.data && cdaTypes.test(attachment.contentType ?? ''),
  )?.attachment.data
  return data ? Buffer.from(data, 'base64') : undefined
}

/** Lines with the names of those patients whom the reader may see. */
export async function linesOf(
  records: GuardedRecords,
  versions: readonly Version[],
): Promise<readonly DocumentLine[]> {
  const documents = versions.map((version) => parseVersion(version, 'DocumentReference'))
  const ids = [...new Set(documents.flatMap(({ subject }) => parseReference(subject?.reference)?.id ?? []))]
  const names = await namesOf(records, ids)
  return documents.map((document) =>
    lineOf(document, names.get(parseReference(document.subject?.reference)?.id ?? '')),
  )
}

async function namesOf(
  records: GuardedRecords,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const page = await records.search('Patient', [
    ['_id', ids.join(',')],
    ['_count', String(ids.length)],
  ])
  return new Map(page.matches.map((version) => [version.id, patientName(parseVersion(version, 'Patient'))]))
}

/** As it is written, else family and given names. */
export function patientName({ name }: ResourceOf<'Patient'>): string {
  const [first] = name ?? []
  return first?.text ?? [first?.family, ...(first?.given ?? [])].filter(Boolean).join(' ')
}
