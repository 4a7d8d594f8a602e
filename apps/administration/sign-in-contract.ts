/** Sign-in by others: what the screen and the server say to each other, as plain JSON. */

export type SignInProvider = {
  readonly id: string
  readonly kind: 'oidc' | 'ldap'
  readonly title: { readonly zh: string; readonly en: string }
  readonly joining: 'off' | 'invite' | 'auto'
  readonly isEnabled: boolean
  readonly allowsAdministrators: boolean
  readonly localPasswords: 'kept' | 'administrators'
  readonly settings: Readonly<Record<string, unknown>>
}

export type SignInProviderRow = SignInProvider & {
  readonly hasSecret: boolean
  readonly changed: string
  readonly people: number
  readonly sweep?: {
    readonly at: string
    readonly lookedAt: number
    readonly disabled: number
    readonly failure?: string
  }
}
export type SignInProvidersAnswer = { readonly providers: readonly SignInProviderRow[] }

export type GroupMapping = { readonly group: string; readonly role: string }
export type MappingsAnswer = { readonly mappings: readonly GroupMapping[] }

/** What groups would give. */
export type MappingPreview = {
  readonly roles: readonly { readonly role: string; readonly groups: readonly string[] }[]
  readonly withheld: readonly string[]
  readonly unmapped: readonly string[]
}

export type ProbeAnswer = {
  readonly steps: readonly { readonly name: string; readonly isDone: boolean; readonly detail: string }[]
  readonly groups?: readonly string[]
}

export type SignInFailureRow = {
  readonly at: string
  readonly code: string
  readonly detail?: string
  readonly login?: string
}
export type SignInFailuresAnswer = { readonly failures: readonly SignInFailureRow[] }

export type LinkedPersonRow = {
  readonly account: string
  readonly login: string
  readonly display: string
  readonly upstreamLogin: string
  readonly groups: readonly string[]
  readonly rolesByGroups: readonly string[]
  readonly rolesByHand: readonly string[]
  readonly lastSignIn?: string
  readonly disabled?: string
}
export type LinkedPeopleAnswer = { readonly people: readonly LinkedPersonRow[] }
