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
  readonly launchUrl?: string
  readonly redirectUris: readonly string[]
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
}
export type AppsAnswer = { readonly apps: readonly AppRow[] }

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
