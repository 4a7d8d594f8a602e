/** Sign-in by a system of others (OpenID Connect Core 1.0, RFC 4511): what doors and screens may ask of identity. */
import type { Instant } from '@xinglin/fhir'
import type { Carried } from '../approvals/approvals.ts'
import type { Awaiting } from '../factors/factors.ts'
import type { Actor } from '../identity.ts'
import type { OpenedSession } from '../sessions.ts'
import type { LdapSettings, OidcSettings } from './settings.ts'

export type { LdapSettings, OidcSettings } from './settings.ts'

/** `off`: only who is linked already; `invite`: by an invitation to an account; `auto`: an account is made at the first sign-in. */
export type Joining = 'off' | 'invite' | 'auto'

export type UpstreamProvider = {
  /** Stands in the addresses of the sign-in. */
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly joining: Joining
  readonly isEnabled: boolean
  /** Groups may give roles of administrators. */
  readonly allowsAdministrators: boolean
  /** `administrators`: who is linked here and is none signs in no longer by a password of this platform. */
  readonly localPasswords: 'kept' | 'administrators'
} & (
  | { readonly kind: 'oidc'; readonly settings: OidcSettings }
  | { readonly kind: 'ldap'; readonly settings: LdapSettings }
)

/** As a screen sees it: that there is a secret, never which. */
export type ListedProvider = UpstreamProvider & {
  readonly hasSecret: boolean
  readonly changed: Instant
  readonly people: number
  readonly sweep?: SweepState
}

/** The last look at who is gone or disabled in a directory. */
export type SweepState = {
  readonly at: Instant
  readonly lookedAt: number
  readonly disabled: number
  readonly failure?: string
}

/** As a door uses it. */
export type OpenedProvider = UpstreamProvider & {
  readonly tenant: Actor['tenant']
  readonly secret?: string
  /** Moves with every change. */
  readonly version: string
}

export type OfferedProvider = Pick<UpstreamProvider, 'id' | 'kind' | 'title'>

export type GroupRole = { readonly group: string; readonly role: string }

/** What groups give. */
export type Preview = {
  readonly roles: readonly { readonly role: string; readonly groups: readonly string[] }[]
  /** Roles of administrators, which this provider may not give. */
  readonly withheld: readonly string[]
  readonly unmapped: readonly string[]
}

/** What a provider was found to answer; each step with what was seen, the last one with why it failed. */
export type Probe = {
  readonly steps: readonly {
    readonly name: string
    readonly isDone: boolean
    readonly detail: string
  }[]
  /** Of the person that was asked for, where the provider can be asked. */
  readonly groups?: readonly string[]
}

export type UpstreamFailure = {
  readonly at: Instant
  readonly code: string
  readonly detail?: string
  /** Login of the person, where an account here is linked. */
  readonly login?: string
}

export type LinkedPerson = {
  readonly account: string
  readonly login: string
  readonly display: string
  readonly upstreamLogin: string
  readonly groups: readonly string[]
  readonly rolesByGroups: readonly string[]
  readonly rolesByHand: readonly string[]
  readonly lastSignIn?: Instant
  readonly disabled?: Instant
}

/** Speaks to providers of one kind. */
export interface UpstreamDoor {
  /** Tries a provider as it is set, step by step; with `login`, looks for that person's groups. */
  probe(provider: OpenedProvider, asked: { readonly login?: string }): Promise<Probe>
}

/** Somebody whom a provider has just vouched for. */
export type VouchedPerson = {
  readonly provider: OpenedProvider
  /** Never given to somebody else and never changed by the provider. */
  readonly subject: string
  readonly login?: string
  readonly display?: string
  readonly groups: readonly string[]
  /** The provider asked for a second factor, in a way that its settings count. */
  readonly hasSecondFactor: boolean
  readonly invitation?: string
  readonly address?: string
  /** Session at the provider (OpenID Connect Back-Channel Logout 1.0 §2.1). */
  readonly sid?: string
  /** For `id_token_hint` when signing out. */
  readonly idToken?: string
}

/** What is kept between asking a provider and its answer. */
export type Flow = {
  readonly nonce: string
  readonly verifier: string
  /** Path of ours to go on to. */
  readonly back: string
  readonly invitation?: string
}

export interface UpstreamAdministration {
  list(by: Actor): Promise<readonly ListedProvider[]>
  /** Makes or changes; without `secret` the present one stays. Throws `invalid` naming the setting in `at`. */
  save(by: Actor, provider: UpstreamProvider & { readonly secret?: string }): Promise<void>
  /** Unlinks everybody; roles that groups gave are taken away. */
  remove(by: Actor, act: { readonly id: string; readonly reason: string }): Promise<void>
  mappings(by: Actor, id: string): Promise<readonly GroupRole[]>
  /** Acts for each person at the next sign-in. */
  setMappings(
    by: Actor,
    act: { readonly id: string; readonly mappings: readonly GroupRole[]; readonly reason: string },
  ): Promise<Carried>
  /** What `groups` would give by `mappings`, by those in force where none are given. */
  preview(
    by: Actor,
    asked: {
      readonly id: string
      readonly groups: readonly string[]
      readonly mappings?: readonly GroupRole[]
    },
  ): Promise<Preview>
  probe(by: Actor, asked: { readonly id: string; readonly login?: string }): Promise<Probe>
  /** The newest 100, newest first. */
  failures(by: Actor, id: string): Promise<readonly UpstreamFailure[]>
  /** At most 500, by login. */
  people(by: Actor, id: string): Promise<readonly LinkedPerson[]>
  /** A code by which whoever signs in at the provider is linked to an account; given here and never again, good for seven days. */
  invite(
    by: Actor,
    act: { readonly id: string; readonly login: string; readonly reason: string },
  ): Promise<{ readonly code: string }>
  /** Ends the person's sessions and takes away the roles that groups gave. */
  unlink(
    by: Actor,
    act: { readonly id: string; readonly account: string; readonly reason: string },
  ): Promise<void>
}

/** A login with the value of the device cookie that came along. */
export type Tried = { readonly login: string; readonly device?: string }

export interface Upstream extends UpstreamAdministration {
  /** A door says that it speaks to this kind. */
  connect(kind: UpstreamProvider['kind'], door: UpstreamDoor): void
  /** What the sign-in page offers, by title. */
  offered(): Promise<readonly OfferedProvider[]>
  /** Throws `notFound` (`upstream.unknown-provider`) where there is none or it is switched off. */
  opened(id: string): Promise<OpenedProvider>
  /** All that are switched on, of every institution. */
  all(kind: UpstreamProvider['kind']): Promise<readonly OpenedProvider[]>
  /** Keeps a flow for ten minutes; `state` goes to the provider and `browser` into a cookie. */
  beginFlow(provider: string, flow: Flow): Promise<{ readonly state: string; readonly browser: string }>
  /** Uses a flow up; throws `unauthenticated` (`upstream.state`) where it is unknown, over, used, or of another browser or provider. */
  takeFlow(
    provider: string,
    given: { readonly state: string; readonly browser: string | undefined },
  ): Promise<Flow>
  /** Signs in whom a provider vouches for; refreshes the roles that groups give. */
  enter(person: VouchedPerson): Promise<OpenedSession | Awaiting>
  /** Counts an attempt with a password as failed before it is tried; throws `busy` (`identity.locked`). */
  beginAttempt(provider: OpenedProvider, tried: Tried): Promise<{ readonly isLast: boolean }>
  clearAttempts(provider: OpenedProvider, tried: Tried): Promise<void>
  /** Leaves a refusal where administrators and the person see it. */
  noteFailure(
    provider: OpenedProvider,
    failure: {
      readonly code: string
      readonly detail?: string
      readonly login?: string
      readonly subject?: string
      readonly address?: string
    },
  ): Promise<void>
  /** What the provider needs to end its session too; undefined where the session is not by a provider. */
  endedAt(session: string): Promise<{ readonly provider: string; readonly idToken?: string } | undefined>
  /** OpenID Connect Back-Channel Logout 1.0 §2.6; the answer is how many sessions ended. Throws where the `jti` was seen. */
  endSessions(
    provider: OpenedProvider,
    ended: {
      readonly jti: string
      readonly subject?: string
      readonly sid?: string
      readonly expires: Instant
    },
  ): Promise<number>
  /** Everybody who is linked and not disabled, by subject. */
  present(provider: OpenedProvider): Promise<readonly { readonly subject: string; readonly login: string }[]>
  /** Disables who is gone from a directory, except the last administrator. Refuses an implausible number, saying so in `sweep`. */
  disableGone(
    provider: OpenedProvider,
    found: { readonly lookedAt: number; readonly gone: readonly string[] },
  ): Promise<number>
  noteSweepFailure(provider: OpenedProvider, failure: string): Promise<void>
}
