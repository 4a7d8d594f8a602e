/** What others may rely on: the addresses of the explorer's screens and the shapes of its answers, as plain JSON. */

/** Addresses of the screens. */
export const explorerScreens = {
  types: '/record-explorer',
  search: '/record-explorer/search',
  resource: '/record-explorer/resources/:type/:id',
  validate: '/record-explorer/validate',
  subscriptions: '/record-explorer/subscriptions',
  jobs: '/record-explorer/jobs',
} as const

/** Address of one resource on the explorer, at one of its versions where one is given. */
export function resourceAddress(type: string, id: string, version?: number): string {
  const address = `/record-explorer/resources/${type}/${encodeURIComponent(id)}`
  return version === undefined ? address : `${address}?version=${version}`
}

export const readPermission = 'record-explorer.resource.read'
export const validatePermission = 'record-explorer.resource.validate'

/** Every resource type that the reader may search, most resources first. */
export type TypesAnswer = { readonly types: readonly TypeRow[] }
export type TypeRow = {
  readonly type: string
  readonly count: number
  /** Whether it can stand in the chart of a patient. */
  readonly isOfPatient: boolean
}

/** The search parameters of a type as R4 defines them; modifiers and includes stand in the CapabilityStatement. */
export type ParametersAnswer = { readonly type: string; readonly parameters: readonly ParameterRow[] }
export type ParameterRow = {
  readonly name: string
  readonly kind: string
  /** Types that a reference may point to; absent where any may. */
  readonly targets?: readonly string[]
  /** Kinds of the parts of a composite. */
  readonly components?: readonly string[]
  /** The codes of its required binding, where there are few enough to choose from. */
  readonly codes?: readonly { readonly system: string; readonly code: string }[]
}

/** The versions of one resource, newest first, with who made each and the message of a door that it came by. */
export type VersionsAnswer = { readonly versions: readonly VersionRow[]; readonly next?: string }
export type VersionRow = {
  readonly version: number
  readonly at: string
  readonly interaction: 'create' | 'update' | 'delete'
  /** As the audit trail names them; absent where the platform itself wrote. */
  readonly actor?: string
  readonly actorDisplay?: string
  /** Present where the reader may see messages of the doors too. */
  readonly message?: {
    readonly id: string
    readonly door: string
    readonly sender: string
    readonly subject: string
  }
}

/** `GET /api/record-explorer/queries`: what whoever asks has kept, the latest first. */
export type SavedQueriesAnswer = { readonly queries: readonly SavedQuery[] }
export type SavedQuery = {
  readonly id: string
  readonly name: string
  readonly type: string
  /** Its parameters as a form. */
  readonly query: string
  readonly saved: string
}
