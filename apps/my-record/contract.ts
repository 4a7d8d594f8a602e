/** What others may rely on: addresses, permissions, and the shapes of the answers, as plain JSON. */

/** The patients' own pages, and the desk of staff for accounts that could not be bound. */
export const myRecordScreens = { patient: '/my-record', desk: '/my-record/desk' } as const

export const myRecordPermissions = {
  readDesk: 'my-record.desk.read',
  writeDesk: 'my-record.desk.write',
} as const

export type Text = { readonly zh: string; readonly en: string }

/** One person's look at the record: what he did within a quarter of an hour. */
export type Opening = {
  readonly from: string
  readonly until: string
  readonly who:
    | { readonly kind: 'self' }
    /** Somebody whom the patient, or the law for his child, lets see. */
    | { readonly kind: 'relative'; readonly name: string }
    | {
        readonly kind: 'staff'
        readonly name: string
        readonly roles: readonly Text[]
        readonly departments: readonly string[]
      }
    /** A machine of the hospital. */
    | { readonly kind: 'system'; readonly name: string }
    | { readonly kind: 'platform' }
  /** Name of the app through which he looked. */
  readonly app?: string
  readonly actions: readonly ('looked' | 'changed' | 'other')[]
  readonly types: readonly string[]
  readonly accesses: number
  /** A code of v3 PurposeOfUse; absent for treatment. */
  readonly purpose?: string
  /** Nothing was shown. */
  readonly isRefused: boolean
}
/** `hasMore`: there are older ones, which a desk hands out. */
export type OpeningsAnswer = { readonly openings: readonly Opening[]; readonly hasMore: boolean }

/** A record that the signed-in patient reaches. */
export type ChartLine = {
  readonly patient: string
  readonly name: string
  readonly relation: 'self' | 'guardian' | 'delegate'
  readonly until?: string
}
export type ChartsAnswer = { readonly charts: readonly ChartLine[] }

export type DeskPatient = {
  readonly id: string
  readonly name: string
  readonly gender?: string
  readonly birthDate?: string
  readonly mrn?: string
}
export type DeskLine = {
  readonly id: string
  readonly phoneEnd: string
  readonly reason: 'several' | 'bound'
  readonly document: string
  readonly at: string
  readonly patients: readonly DeskPatient[]
}
export type DeskAnswer = { readonly lines: readonly DeskLine[] }
