/** What the registry of apps answers, and its addresses. */

/** Addresses of the screens. */
export const appRegistryScreens = { apps: '/apps', own: '/apps/mine' } as const

export const appRegistryPaths = {
  apps: '/api/app-registry/apps',
  launchable: '/api/app-registry/launchable',
  own: '/api/app-registry/own',
} as const

export type AppRow = {
  readonly id: string
  readonly name: string
  readonly publisher: string
  readonly purpose: string
  readonly kind: 'public' | 'confidential' | 'service'
  /** In whose realm people sign in for it; absent: staff. */
  readonly people?: 'staff' | 'patients'
  readonly launchUrl?: string
  readonly redirectUris: readonly string[]
  /** Where a person may go on to after the app signed him out. */
  readonly postLogoutUris?: readonly string[]
  readonly scopes: readonly string[]
  readonly jwksUri?: string
  readonly state: 'proposed' | 'approved' | 'rejected' | 'suspended'
  readonly registered: string
  /** `user/<id>`: who may not let it in himself. */
  readonly registeredBy: string
  readonly registeredByDisplay: string
  readonly decided?: string
  readonly decidedByDisplay?: string
  readonly decidedBecause?: string
  /** Whether a change of it waits for a second person. */
  readonly hasChange: boolean
}
export type AppsAnswer = { readonly apps: readonly AppRow[] }

/** A public key as people compare it: its id, its curve or `RSA`, and its thumbprint (RFC 7638). */
export type KeyShown = {
  readonly id?: string
  readonly kind: string
  readonly algorithm?: string
  readonly thumbprint: string
}
/** What of an app may change by a second review. */
export type ContentShown = Pick<AppRow, 'name' | 'publisher' | 'purpose' | 'redirectUris' | 'scopes'> & {
  readonly launchUrl?: string
  readonly postLogoutUris?: readonly string[]
  readonly jwksUri?: string
}
export type Use = { readonly tokens: number; readonly lastToken?: string; readonly lastUsed?: string }
/** One app looked at closely. */
export type AboutAnswer = {
  readonly keys: readonly KeyShown[]
  readonly change?: {
    readonly content: ContentShown
    readonly keys: readonly KeyShown[]
    readonly reason: string
    readonly proposed: string
    readonly proposedBy: string
    readonly proposedByDisplay: string
  }
  readonly acts: readonly {
    readonly at: string
    readonly kind:
      | ('registered' | 'approved' | 'rejected' | 'suspended')
      | ('change-proposed' | 'change-approved' | 'change-rejected')
    readonly byDisplay: string
    readonly reason?: string
    readonly replaced?: ContentShown
  }[]
  readonly use: Use & {
    readonly people: number
    readonly staff: readonly (Use & { readonly display: string })[]
  }
}

/** Apps that start from the record. */
export type LaunchableAnswer = {
  readonly apps: readonly Pick<AppRow, 'id' | 'name' | 'publisher' | 'purpose'>[]
}

export type OwnAgreement = {
  readonly app: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly agreed: string
}
export type OwnAnswer = { readonly agreements: readonly OwnAgreement[] }
