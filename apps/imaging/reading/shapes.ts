/** What the imaging screens are given: plain data, made on the server. */

export type ViewedPatient = {
  readonly id: string
  readonly name: string
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  readonly birthDate?: string
  readonly deceased?: string | true
  readonly mrn?: string
  readonly allergies: readonly { readonly name: string; readonly isSevere?: boolean }[]
  readonly hasNoKnownAllergies?: boolean
}
export type ViewedSeries = {
  readonly uid: string
  readonly number?: number
  readonly modality: string
  readonly description?: string
  readonly instanceCount: number
}
export type ViewedStudy = {
  readonly studyInstanceUid: string
  readonly description?: string
  /** FHIR dateTime. */
  readonly started?: string
  readonly accessionNumber?: string
  readonly modalities: readonly string[]
  readonly series: readonly ViewedSeries[]
}
/** `GET /api/imaging/viewer/:studyInstanceUid`. */
export type ViewerAnswer = { readonly patient: ViewedPatient; readonly study: ViewedStudy }
/** `GET /api/imaging/studies/:patient`, newest first. */
export type StudiesAnswer = { readonly studies: readonly ViewedStudy[] }
