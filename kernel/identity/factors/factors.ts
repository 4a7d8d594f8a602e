/** Second factors (GB/T 22239-2019 §8.1.4.1 d: two kinds of proof, one of them cryptographic): what others may ask for. */

import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'
import type { OpenedSession } from '../sessions.ts'

/** `upstream`: a provider by which somebody signs in asked for it. */
export type FactorMethod = 'totp' | 'passkey' | 'recovery-code' | 'upstream'

export type Factor = {
  readonly id: string
  readonly kind: 'totp' | 'passkey'
  readonly label: string
  readonly created: Instant
  readonly lastUsed?: Instant
}
export type OwnFactors = {
  readonly factors: readonly Factor[]
  readonly recoveryCodesLeft: number
  /** The house demands one of this person. */
  readonly isDemanded: boolean
}

/** A sign-in whose password was right; the ticket is good for five minutes and nothing but the second factor. */
export type Awaiting = {
  readonly ticket: string
  readonly awaits: 'proof'
  readonly methods: readonly FactorMethod[]
}

/** Who shows a factor: somebody signed in, or the holder of a ticket, who is signed in by it. */
export type FactorHolder = Actor | { readonly ticket: string }

/** The site as the browser sees it: passkeys are bound to it (WebAuthn Level 2 §5.1.3). */
export type Site = { readonly origin: string; readonly host: string }

/** Recovery codes are given once, when the first factor is added; his other sessions end then. */
export type Added = { readonly recoveryCodes?: readonly string[] }

export interface Factors {
  own(actor: Actor): Promise<OwnFactors>
  /** The secret in base32 and as `otpauth:` address; of no use until a code of it was shown. */
  beginAuthenticator(actor: Actor): Promise<{ id: string; secret: string; uri: string }>
  /** Throws `unauthenticated` (`identity.wrong-code`), `busy` (`identity.locked`) after too many. */
  confirmAuthenticator(actor: Actor, shown: { id: string; code: string }): Promise<Added>
  beginPasskey(actor: Actor, site: Site): Promise<object>
  confirmPasskey(
    actor: Actor,
    shown: { site: Site; answer: RegistrationResponseJSON; label: string },
  ): Promise<Added>
  /** Throws `conflict` for the last one where the house demands one. */
  remove(actor: Actor, id: string): Promise<void>
  renewRecoveryCodes(actor: Actor): Promise<readonly string[]>
  /** A code of the app or a recovery code. */
  proveByCode(holder: FactorHolder, code: string): Promise<OpenedSession | undefined>
  /** Without a holder: for signing in by a passkey alone. */
  challenge(holder: FactorHolder | undefined, site: Site): Promise<{ id: string; options: object }>
  proveByPasskey(
    holder: FactorHolder,
    shown: { site: Site; answer: AuthenticationResponseJSON },
  ): Promise<OpenedSession | undefined>
  /** The passkey says who it is; its owner must have been verified by it. */
  signInByPasskey(shown: {
    id: string
    site: Site
    answer: AuthenticationResponseJSON
    address?: string
  }): Promise<OpenedSession>
}
