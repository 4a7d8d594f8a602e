/** CDA R2 §1.2.3: what a reader must be shown of a document: its title, who it is about, its sections in order. */
import type { ClinicalDocument, Section } from '../model/document.ts'
import { dateTimeOf } from '../model/times.ts'
import { nameText } from '../model/values.ts'
import { type Drawn, drawnNarrative } from './narrative.ts'

export type Readable = {
  readonly title: string
  readonly code: string
  readonly patient: {
    readonly name: string
    readonly ids: readonly string[]
    /** As the document codes it: HL7 `M`, `F`; GB/T 2261.1 `1`, `2`. */
    readonly gender?: string
    readonly birthDate?: string
  }
  readonly id: string
  readonly effectiveTime?: string
  readonly versionNumber?: number
  readonly authors: readonly string[]
  readonly custodian: string
  readonly signers: readonly string[]
  readonly sections: readonly ReadableSection[]
  /** Type of a body that is no narrative. */
  readonly otherBody?: string
}
export type ReadableSection = {
  readonly title: string
  readonly level: number
  readonly parts: readonly Drawn[]
}

/** `offset` is the zone of times that say none (`+08:00`). */
export function readableOf(document: ClinicalDocument, offset: string): Readable {
  const { patient, id, body, versionNumber, legalAuthenticator, authenticators } = document
  const effectiveTime = dateTimeOf(document.effectiveTime, offset)
  const birthDate = dateTimeOf(patient.birthTime, offset)?.slice(0, 10)
  const gender = patient.gender?.displayName ?? patient.gender?.code
  const signers = [legalAuthenticator, ...authenticators].flatMap((each) =>
    each?.name ? nameText(each.name) : [],
  )
  return {
    title: document.title ?? document.code.displayName ?? document.code.code ?? '',
    code: document.code.code ?? '',
    patient: {
      name: patient.names[0] ? nameText(patient.names[0]) : '',
      ids: patient.ids.flatMap(({ extension }) => extension ?? []),
      ...(gender ? { gender } : {}),
      ...(birthDate ? { birthDate } : {}),
    },
    id: [id.root, id.extension].filter(Boolean).join(' '),
    ...(effectiveTime ? { effectiveTime } : {}),
    ...(versionNumber === undefined ? {} : { versionNumber }),
    authors: document.authors.flatMap(({ name, device }) => (name ? nameText(name) : (device ?? []))),
    custodian: document.custodian.name ?? '',
    signers,
    sections: body.kind === 'structured' ? body.sections.flatMap((section) => sectionsOf(section, 2)) : [],
    ...(body.kind === 'other' ? { otherBody: body.mediaType } : {}),
  }
}

function sectionsOf(section: Section, level: number): readonly ReadableSection[] {
  const title = section.title ?? section.code?.displayName ?? section.code?.code ?? ''
  const parts = section.text ? drawnNarrative(section.text) : []
  return [
    { title, level, parts },
    ...section.sections.flatMap((inner) => sectionsOf(inner, Math.min(level + 1, 6))),
  ]
}
