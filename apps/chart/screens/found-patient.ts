/** A patient as the finder's answer gives it. */
export type FoundPatient = {
  readonly id: string
  readonly name: string
  readonly gender: 'male' | 'female' | 'other' | 'unknown' | null
  readonly birthDate: string | null
  readonly mrn: string | null
  readonly phone: string | null
  readonly isDead: boolean
}
