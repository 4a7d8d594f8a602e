/** What others may rely on: permissions and the shapes of the answers, as plain JSON. */

export const readPermission = 'guides.package.read'
export const writePermission = 'guides.package.write'
export const demandPermission = 'guides.demand.write'

export type GuideRow = {
  readonly name: string
  readonly version: string
  readonly canonical?: string
  readonly title?: string
  readonly fhirVersion?: string
  /** FHIR instant. */
  readonly addedAt: string
  readonly state: 'adding' | 'ready'
  readonly definitions: number
  readonly stored: number
  readonly refused: readonly { readonly file: string; readonly reason: string }[]
}

export type GuidesAnswer = { readonly guides: readonly GuideRow[] }

export type DemandsAnswer = {
  readonly required: readonly { readonly type: string; readonly profile: string }[]
  /** What becomes of a write that claims a profile which is not known. */
  readonly unknown: 'warn' | 'refuse'
}
