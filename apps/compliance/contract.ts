/** What others may rely on: the board of controls as its screen and its exports show it. */

/** `pass`: the evidence shows it. `fail`: the evidence shows the contrary. `not-yet`: nothing here can show it. */
export type ControlState = 'pass' | 'fail' | 'not-yet'
export type Bilingual = { readonly zh: string; readonly en: string }

export type ControlRow = {
  /** Number within the 35 points of the baseline, two digits. */
  readonly number: string
  /** Clause of GB/T 22239-2019. */
  readonly clause: string
  readonly family: Bilingual
  readonly title: Bilingual
  readonly state: ControlState
  /** What was found, with its figures. */
  readonly evidence: Bilingual
  /** Empty where it passes. */
  readonly todo: Bilingual
}
export type ControlBoard = {
  /** Version of the list of controls. */
  readonly version: string
  /** When the evidence was gathered, as an instant. */
  readonly at: string
  readonly controls: readonly ControlRow[]
}

export const boardPermission = 'compliance.board.read'
export const boardPath = '/api/compliance/board'

/** What the platform's seal on one version of a document says. */
export type DocumentSignature =
  | { readonly isSigned: false }
  | {
      readonly isSigned: true
      /** False where the stored bytes are not those that were signed. */
      readonly isValid: boolean
      readonly key: string
      readonly algorithm: string
      /** Time of the RFC 3161 stamp, where one was made and its authority is trusted here. */
      readonly stampedAt?: string
      readonly stampedBy?: string
    }
