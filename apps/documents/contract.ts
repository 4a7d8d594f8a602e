/** What others may rely on: addresses, permissions, inputs of the commands and the answers as plain JSON. */

export const documentsPath = '/api/documents'

export const documentPermissions = {
  read: 'documents.document.read',
  generate: 'documents.document.generate',
  validate: 'documents.document.validate',
  receive: 'documents.document.receive',
  readSettings: 'documents.settings.read',
  writeSettings: 'documents.settings.write',
} as const

/** Resource that a type of document is made from. */
export type Anchor = 'Patient' | 'Encounter' | 'DiagnosticReport' | 'Procedure'

/** Input of `generate-document`. */
export type GenerateDocument = {
  /** `C0007`. */
  readonly code: string
  /** Logical id of the anchor of that type of document. */
  readonly source: string
}
export type GeneratedDocument = {
  readonly id: string
  readonly versionNumber: number
  /** False where nothing changed since the version that stands. */
  readonly isNew: boolean
}

export type DocumentType = {
  readonly code: string
  readonly title: { readonly zh: string; readonly en: string }
  /** Absent for a type that is not generated. */
  readonly anchor?: Anchor
}
export type SourceLine = {
  readonly id: string
  readonly title: string
  readonly date?: string
  readonly patientName: string
}
/** From what a type of document can be made. */
export type SourcesAnswer = { readonly sources: readonly SourceLine[] }
export type DocumentLine = {
  readonly id: string
  /** Of the national list, LOINC or another system. */
  readonly code?: string
  readonly title: string
  readonly patient?: string
  readonly patientName?: string
  readonly status: string
  readonly docStatus?: string
  readonly date?: string
  readonly author?: string
  readonly versionNumber?: number
  readonly setId?: string
  readonly isGenerated: boolean
  readonly isCda: boolean
}
export type DocumentsAnswer = { readonly documents: readonly DocumentLine[]; readonly next?: string }
export type TypesAnswer = { readonly types: readonly DocumentType[]; readonly version: string }

/** Parts of a narrative that a page may draw: elements of a fixed list, never markup of the sender. */
export type DrawnPart =
  | string
  | {
      readonly tag: string
      readonly colSpan?: number
      readonly rowSpan?: number
      readonly children: readonly DrawnPart[]
    }
export type ReadableDocument = {
  readonly title: string
  readonly code: string
  readonly patient: {
    readonly name: string
    readonly ids: readonly string[]
    readonly gender?: string
    readonly birthDate?: string
  }
  readonly id: string
  readonly effectiveTime?: string
  readonly versionNumber?: number
  readonly authors: readonly string[]
  readonly custodian: string
  readonly signers: readonly string[]
  readonly sections: readonly {
    readonly title: string
    readonly level: number
    readonly parts: readonly DrawnPart[]
  }[]
  readonly otherBody?: string
}
export type FindingLine = {
  readonly rule: string
  readonly words: { readonly zh: string; readonly en: string }
  readonly severity: 'error' | 'warning'
  readonly path: string
  readonly line: number
  readonly what?: string
}
export type ValidationAnswer = {
  readonly title: string
  readonly code: string
  readonly findings: readonly FindingLine[]
}
/** What became of a document of others. */
export type ReceivedDocument = {
  readonly document: string
  /** False where it was received before. */
  readonly isNew: boolean
  /** `held`: kept and not read, since whose it is is doubtful; `older`: a later version was here already. */
  readonly outcome: 'parsed' | 'held' | 'older'
  readonly reason?: string
  readonly patient?: string
  /** How many resources say what it says. */
  readonly made: number
  /** What was not understood: section, kind of entry, template, line, and why. */
  readonly missed: readonly {
    readonly section: string
    readonly kind: string
    readonly template?: string
    readonly line: number
    readonly reason: string
  }[]
}
export type DocumentAnswer = {
  readonly line: DocumentLine
  readonly readable?: ReadableDocument
  readonly findings: readonly FindingLine[]
  readonly versions: readonly DocumentLine[]
  readonly received?: Pick<ReceivedDocument, 'outcome' | 'reason' | 'made' | 'missed'>
}

/** Input of `save-settings`: who keeps the documents, and which identifiers stand in them. */
export type DocumentSettings = {
  /** Name of the institution; empty: no document is generated. */
  readonly custodianName: string
  /** Its number in `custodianRoot`. */
  readonly custodianId: string
  /** OID of the numbers of institutions. */
  readonly custodianRoot: string
  /** OID under which this platform numbers its documents. */
  readonly documentRoot: string
  /** OID under which patients' identifiers without an OID of their own are written. */
  readonly patientRoot: string
  /** OID under which people and visits without an OID of their own are written. */
  readonly localRoot: string
  /** Types generated by themselves when their source is final. */
  readonly automatic: readonly string[]
}
export type SettingsAnswer = { readonly settings: DocumentSettings; readonly version: number }
