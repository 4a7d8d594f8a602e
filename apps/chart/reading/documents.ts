/** R4 §10.3 DiagnosticReport, §10.4 DocumentReference, §2.44 Composition: the list of papers and one paper to read. */
import type {
  Attachment,
  Composition,
  CompositionSection,
  DiagnosticReport,
  DocumentReference,
} from '@xinglin/fhir'
import { nameIn, newestFirst, startOf, wordsOf } from './codes.ts'
import type { DocumentLine, Reading, ReadingPart, TestResult } from './shapes.ts'

export type DocumentResource = DocumentReference | DiagnosticReport | Composition

export function documentsOf(resources: readonly DocumentResource[]): readonly DocumentLine[] {
  const known = resources.filter(({ status }) => status !== 'entered-in-error')
  return newestFirst(known.map(documentLine), ({ time }) => time)
}

export function documentLine(resource: DocumentResource): DocumentLine {
  const key = `${resource.resourceType}/${resource.id}`
  switch (resource.resourceType) {
    case 'DocumentReference':
      return {
        key,
        kind: 'document',
        title: resource.description ?? wordsOf(resource.type) ?? resource.content[0]?.attachment.title ?? '?',
        status: resource.docStatus ?? resource.status,
        time: resource.date ?? startOf(resource.context?.period),
        author: nameIn(resource.author?.[0]),
      }
    case 'DiagnosticReport':
      return {
        key,
        kind: 'report',
        title: wordsOf(resource.code) ?? '?',
        status: resource.status,
        time: resource.effectiveDateTime ?? startOf(resource.effectivePeriod) ?? resource.issued,
        author: nameIn(resource.resultsInterpreter?.[0]) ?? nameIn(resource.performer?.[0]),
      }
    case 'Composition':
      return {
        key,
        kind: 'composition',
        title: resource.title,
        status: resource.status,
        time: resource.date,
        author: nameIn(resource.author[0]),
      }
  }
}

/** `attachmentPath` gives the address of the n-th attachment; `results` are those that a report points to. */
export type ReadingOptions = {
  readonly attachmentPath: (index: number) => string
  readonly results: readonly TestResult[]
}

/** A paper, part by part, in reading order. */
export function readingOf(resource: DocumentResource, options: ReadingOptions): Reading {
  return { ...documentLine(resource), parts: partsOf(resource, options) }
}

function partsOf(resource: DocumentResource, options: ReadingOptions): readonly ReadingPart[] {
  switch (resource.resourceType) {
    case 'DocumentReference':
      return attachmentParts(attachmentsOf(resource), options)
    case 'DiagnosticReport':
      return reportParts(resource, options)
    case 'Composition':
      return (resource.section ?? []).flatMap(sectionParts)
  }
}

function reportParts(report: DiagnosticReport, options: ReadingOptions): readonly ReadingPart[] {
  const conclusions = [report.conclusion, ...(report.conclusionCode ?? []).map(wordsOf)].filter(Boolean)
  const results: ReadingPart[] =
    options.results.length > 0 ? [{ kind: 'results', results: options.results }] : []
  const narrative: ReadingPart[] =
    conclusions.length === 0 && results.length === 0 && report.text
      ? [{ kind: 'narrative', xhtml: report.text.div }]
      : []
  return [
    ...conclusions.map((text): ReadingPart => ({ kind: 'text', text: text ?? '' })),
    ...results,
    ...narrative,
    ...attachmentParts(attachmentsOf(report), options),
  ]
}

function sectionParts(section: CompositionSection): readonly ReadingPart[] {
  const own: ReadingPart[] = section.text
    ? [{ kind: 'narrative', heading: section.title, xhtml: section.text.div }]
    : []
  return [...own, ...(section.section ?? []).flatMap(sectionParts)]
}

/** The attachments of a paper, in order. */
export function attachmentsOf(resource: DocumentResource): readonly Attachment[] {
  if (resource.resourceType === 'DocumentReference')
    return resource.content.map(({ attachment }) => attachment)
  return resource.resourceType === 'DiagnosticReport' ? (resource.presentedForm ?? []) : []
}

function attachmentParts(
  attachments: readonly Attachment[],
  options: ReadingOptions,
): readonly ReadingPart[] {
  return attachments.map((attachment, index) => {
    const text = inlineText(attachment)
    if (text !== undefined)
      return { kind: 'text', text, ...(attachment.title ? { heading: attachment.title } : {}) }
    return {
      kind: 'attachment',
      title: attachment.title ?? attachment.contentType ?? '?',
      contentType: attachment.contentType ?? 'application/octet-stream',
      path: options.attachmentPath(index),
    }
  })
}

/** The text of an attachment that carries plain text in itself. */
function inlineText({ contentType, data }: Attachment): string | undefined {
  if (!data || !contentType?.startsWith('text/plain')) return undefined
  const charset = /charset=["']?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  return new TextDecoder(charset).decode(Buffer.from(data, 'base64'))
}
