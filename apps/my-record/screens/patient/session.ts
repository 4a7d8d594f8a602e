/** Who is signed in on the patients' pages, as `GET /api/patient-session` tells it. */

export type PatientSession = {
  readonly reference: string
  readonly display: string
  readonly tenant: { readonly id: number }
  readonly timeZone: string
  readonly charts: readonly {
    readonly patient: string
    readonly relation: 'self' | 'guardian' | 'delegate'
    readonly until?: string
  }[]
}

export const patientSessionKey = ['patient-session'] as const
export const sessionPath = '/api/patient-session'
