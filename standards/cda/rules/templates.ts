/** The types of documents that are known: the national list (WS/T 500) and C-CDA R2.1, each a file with its version. */
import type { StatementKind } from '../model/document.ts'
import ccda from '../templates/ccda-2.1.json' with { type: 'json' }
import national from '../templates/wst-500-2016.json' with { type: 'json' }

export type DocumentTemplate = {
  /** `C0007`, or a LOINC code. */
  readonly code: string
  readonly codeSystem: string
  readonly templateId: string
  readonly title: { readonly zh: string; readonly en: string }
  /** Paths of the header that must be there beyond what CDA asks. */
  readonly header: readonly string[]
  readonly sections: readonly SectionTemplate[]
}
export type SectionTemplate = {
  /** LOINC. */
  readonly code: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly isRequired: boolean
  /** The kind of statement that at least one entry has, where the section is not declared empty. */
  readonly entry?: StatementKind
}
type TemplateList = {
  readonly version: string
  readonly codeSystem: string
  readonly header: readonly string[]
  readonly titles: Readonly<Record<string, { readonly zh: string; readonly en: string }>>
  readonly documents: readonly {
    readonly code: string
    readonly templateId: string
    readonly zh: string
    readonly en: string
    /** Code of a section; `!` after it: required; a kind after a space: an entry is required. */
    readonly sections?: readonly string[]
  }[]
}

/** Code system of the national list, WS/T 500. */
export const nationalCodeSystem = national.codeSystem
export const templateVersions = { national: national.version, ccda: ccda.version }
const nationalTemplates = templatesOf(national)
const all = [...nationalTemplates, ...templatesOf(ccda)]

/** The 53 shared documents in order. */
export function nationalDocuments(): readonly DocumentTemplate[] {
  return nationalTemplates
}

/** By the template that a document names, else by its code; undefined for a type that is not known. */
export function templateOf(said: {
  readonly code?: string
  readonly codeSystem?: string
  readonly templateIds: readonly string[]
}): DocumentTemplate | undefined {
  return (
    all.find(({ templateId }) => said.templateIds.includes(templateId)) ??
    all.find(({ code, codeSystem }) => code === said.code && codeSystem === said.codeSystem)
  )
}

function templatesOf({ codeSystem, header, titles, documents }: TemplateList): readonly DocumentTemplate[] {
  return documents.map(({ code, templateId, zh, en, sections = [] }) => ({
    ...{ code, codeSystem, templateId, title: { zh, en }, header },
    sections: sections.map((written) => sectionOf(written, titles)),
  }))
}

function sectionOf(written: string, titles: TemplateList['titles']): SectionTemplate {
  const [said = '', entry] = written.split(' ')
  const code = said.replace('!', '')
  return {
    ...{ code, title: titles[code] ?? { zh: code, en: code }, isRequired: said.endsWith('!') },
    ...(entry ? { entry: entry as StatementKind } : {}),
  }
}
