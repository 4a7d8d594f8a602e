/** What the record page shows, as the server gives it: everything already read out of FHIR, nothing to interpret. */

/** Where a fact came from, for example `LIS · 检验科`; `message` is the id of the message at its door. */
export type Source = { readonly text: string; readonly message?: string }

export type Flag = 'high' | 'low' | 'critical-high' | 'critical-low' | 'abnormal' | 'critical'

export type ChartPatient = {
  readonly id: string
  readonly name: string
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  readonly birthDate?: string
  readonly deceased?: string | true
  readonly mrn?: string
  readonly place?: string
  readonly allergies: readonly { readonly name: string; readonly isSevere?: boolean }[]
  readonly hasNoKnownAllergies?: boolean
  readonly isConfidential?: boolean
  /** Id of the surviving record where this one was merged away. */
  readonly replacedBy?: string
}

/** `key` of every line is `Type/id`, so that what arrives can be marked and its source opened. */
export type Problem = {
  readonly key: string
  readonly name: string
  readonly code?: string
  readonly status: string
  readonly isActive: boolean
  readonly since?: string
  readonly until?: string
  /** How often it was written down, where more than once. */
  readonly times?: number
}
export type Allergy = {
  readonly key: string
  readonly name: string
  readonly isSevere: boolean
  readonly isActive: boolean
  readonly isDenial: boolean
  readonly reaction?: string
  readonly since?: string
}
export type Medication = {
  readonly key: string
  readonly kind: 'order' | 'statement' | 'administration'
  readonly name: string
  readonly dosage?: string
  readonly status: string
  readonly isActive: boolean
  readonly time?: string
  readonly by?: string
}
export type Visit = {
  readonly key: string
  readonly class: string
  readonly status: string
  readonly isPresent: boolean
  readonly place?: string
  readonly reason?: string
  readonly doctor?: string
  readonly start?: string
  readonly end?: string
}
export type Study = {
  readonly key: string
  readonly studyUid?: string
  readonly description: string
  readonly modalities: readonly string[]
  readonly time?: string
  readonly seriesCount: number
  readonly instanceCount: number
  /** DICOMweb path of the first instance, for its thumbnail. */
  readonly firstInstance?: string
}
export type DocumentLine = {
  readonly key: string
  readonly title: string
  readonly kind: 'document' | 'report' | 'composition'
  readonly status: string
  readonly time?: string
  readonly author?: string
}

/** One number or word of a test at one time. */
export type Result = {
  readonly key: string
  readonly value: string
  /** All digits where `value` is rounded. */
  readonly exact?: string
  readonly unit?: string
  readonly flag?: Flag
  readonly reference?: string
  readonly low?: number
  readonly high?: number
  readonly time?: string
  readonly status: string
  readonly note?: string
  readonly source?: Source
}
/** A result with the test that it belongs to. */
export type TestResult = Result & {
  readonly test: string
  readonly name: string
  readonly group: 'laboratory' | 'vital-signs' | 'other'
}
export type TestRow = {
  readonly test: string
  readonly name: string
  readonly group: TestResult['group']
  readonly panel?: string
  readonly unit?: string
  readonly reference?: string
  /** By column; several results of one test at one time stand together. */
  readonly cells: readonly { readonly column: number; readonly results: readonly Result[] }[]
}
export type CumulativeTable = { readonly columns: readonly string[]; readonly rows: readonly TestRow[] }

export type Happening = {
  readonly key: string
  readonly type: string
  readonly time?: string
  readonly title: string
  readonly detail?: string
  readonly status?: string
  /** Results of one time stand together; the flagged ones first. */
  readonly results?: readonly TestResult[]
}

/** A document ready to read, part by part. */
export type Reading = DocumentLine & {
  readonly parts: readonly ReadingPart[]
}
export type ReadingPart =
  | { readonly kind: 'text'; readonly heading?: string; readonly text: string }
  /** XHTML of FHIR R4 §2.7; the screen draws only the elements that the standard allows. */
  | { readonly kind: 'narrative'; readonly heading?: string; readonly xhtml: string }
  | { readonly kind: 'results'; readonly results: readonly TestResult[] }
  | {
      readonly kind: 'attachment'
      readonly title: string
      readonly contentType: string
      readonly path: string
    }

export type RecordAnswer = {
  /** The instant that is shown; absent for the present. */
  readonly asOf?: string
  readonly patient: ChartPatient
  readonly problems: readonly Problem[]
  readonly allergies: readonly Allergy[]
  readonly medications: readonly Medication[]
  readonly visits: readonly Visit[]
  readonly studies: readonly Study[]
  readonly documents: readonly DocumentLine[]
}
/** `next` asks for older ones; absent where there are none. */
export type ResultsAnswer = CumulativeTable & { readonly next?: string }
export type TrendAnswer = {
  readonly name: string
  readonly unit?: string
  readonly results: readonly Result[]
}
/** One resource as it stands, with who says so. */
export type SourceAnswer = {
  readonly json: string
  readonly version: number
  readonly updated: string
  readonly sources: readonly Source[]
}
export type TimelineAnswer = { readonly happenings: readonly Happening[]; readonly next?: string }
/** The instants at which a record changed, oldest first; `isCut` where there are older ones. */
export type MomentsAnswer = {
  readonly moments: readonly { readonly at: string; readonly changes: number }[]
  readonly isCut: boolean
}

/** Where each value of one resource comes from, by the messages of the doors. */
export type LineageAnswer = { readonly elements: readonly ElementLineage[] }
export type ElementLineage = {
  /** `valueQuantity.value` */
  readonly path: string
  readonly value: string
  readonly message: { readonly id: string; readonly subject: string; readonly sender: string }
  /** What the element says first, then what it depends on. */
  readonly sources: readonly FieldSource[]
}
export type FieldSource = {
  /** `OBX[3]-5.1` */
  readonly field: string
  readonly byteOffset: number
  readonly byteLength: number
  /** As written; absent for who sees names or numbers masked. */
  readonly text?: string
  readonly role: 'value' | 'condition'
  readonly map: string
  readonly clause: string
  readonly file: string
}
