/** Registered apps of others: who let them in, what they are, and how they are started (SMART App Launch 2.2). */
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'

/** `public`: runs where no secret keeps; `confidential`: proves itself by its key; `service`: works with nobody there. */
export type AppKind = 'public' | 'confidential' | 'service'
/** In whose realm people sign in for an app: staff of the house, or patients for their own charts. */
export type AppPeople = 'staff' | 'patients'
export type AppState = 'proposed' | 'approved' | 'rejected' | 'suspended'

export type AppProposal = {
  /** Client id; made where it is absent. */
  readonly id?: string
  readonly name: string
  readonly publisher: string
  /** What the app is for, in a sentence shown to reviewer and user. */
  readonly purpose: string
  readonly kind: AppKind
  /** Absent: staff. */
  readonly people?: AppPeople
  /** Where a launch from the record begins; absent for apps that start by themselves. */
  readonly launchUrl?: string
  readonly redirectUris: readonly string[]
  /** Where a person may go on to after an app signed him out (OpenID Connect RP-Initiated Logout 1.0 §3.1). */
  readonly postLogoutUris?: readonly string[]
  readonly scopes: readonly string[]
  /** RFC 7517 set of public keys, of apps that prove themselves by a key; else `jwksUri`. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  readonly jwksUri?: string
}

/** What of an app may change by a second review; another client id, kind or realm is another app. */
export type AppContent = Omit<AppProposal, 'id' | 'kind' | 'people'>

export type RegisteredApp = AppProposal & {
  readonly id: string
  readonly tenant: TenantId
  readonly state: AppState
  readonly registered: Instant
  readonly registeredBy: string
  readonly registeredByDisplay: string
  readonly decided?: Instant
  readonly decidedByDisplay?: string
  readonly decidedBecause?: string
  /** Whether a change of it waits for a second person. */
  readonly hasChange: boolean
}

/** A public key as people compare it. */
export type AppKey = {
  readonly id?: string
  /** `RSA`, or the curve. */
  readonly kind: string
  readonly algorithm?: string
  /** RFC 7638, SHA-256. */
  readonly thumbprint: string
}

/** A change that waits for a second person. */
export type AppChange = {
  readonly content: AppContent
  readonly keys: readonly AppKey[]
  readonly reason: string
  readonly proposed: Instant
  readonly proposedBy: string
  readonly proposedByDisplay: string
}

export type AppAct = {
  readonly at: Instant
  readonly kind:
    | ('registered' | 'approved' | 'rejected' | 'suspended')
    | ('change-proposed' | 'change-approved' | 'change-rejected')
  readonly byDisplay: string
  readonly reason?: string
  /** Of an approved change: what stood before it. */
  readonly replaced?: AppContent
}

type Used = {
  readonly tokens: number
  readonly lastToken?: Instant | undefined
  readonly lastUsed?: Instant | undefined
}
/** Who uses an app; staff by name, of patients only how many. */
export type AppUse = Used & {
  readonly people: number
  readonly staff: readonly (Used & { readonly display: string })[]
}

export type AboutApp = {
  readonly keys: readonly AppKey[]
  readonly change?: AppChange
  /** Newest first. */
  readonly acts: readonly AppAct[]
  readonly use: AppUse
}

type Reasoned = { readonly id: string; readonly reason: string }

export interface Apps {
  /** By name; needs `app-registry.apps.read`. */
  list(by: Actor): Promise<readonly RegisteredApp[]>
  /** A proposal that lets nobody in yet; needs `app-registry.apps.register`. */
  register(by: Actor, proposal: AppProposal): Promise<{ readonly id: string }>
  /** Lets a proposed or suspended app in. Throws `forbidden` for whoever registered it: a second person looks. */
  approve(by: Actor, act: Reasoned): Promise<void>
  reject(by: Actor, act: Reasoned): Promise<void>
  /** Ends every token of the app at once. */
  suspend(by: Actor, act: Reasoned): Promise<void>
  /** Proposes other addresses, scopes or keys of an app that was let in; what stands goes on until a second person decides. */
  proposeChange(by: Actor, change: Reasoned & { readonly content: AppContent }): Promise<void>
  /** Lets a change stand and ends every token of the app. Throws `forbidden` for whoever proposed it. */
  approveChange(by: Actor, act: Reasoned): Promise<void>
  rejectChange(by: Actor, act: Reasoned): Promise<void>
  /** Keys, the change that waits, what was done to it, and who uses it; needs `app-registry.apps.read`. */
  about(by: Actor, id: string): Promise<AboutApp>
  /** Approved apps that start from the record; anybody who may read the record sees their names. */
  launchable(by: Actor): Promise<readonly Pick<RegisteredApp, 'id' | 'name' | 'publisher' | 'purpose'>[]>
  /**
   * A launch of a person's session for one patient: the launch URL with `iss` and the one-time `launch` value (SMART 2.2
   * §ehr-launch). Decided as a read of the Patient.
   */
  launch(
    by: Actor,
    asked: {
      readonly app: string
      readonly patient: string
      readonly encounter?: string
      readonly iss: string
    },
  ): Promise<{ readonly url: string }>
  /** What a person agreed to, his own alone. */
  agreements(by: Actor): Promise<readonly Agreement[]>
  /** Takes an agreement back: every access that followed from it ends at once. */
  takeBack(by: Actor, app: string): Promise<void>
}

export type Agreement = {
  readonly app: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly agreed: Instant
}

export type LaunchContext = { readonly patient: string; readonly encounter?: string }

/** A person's access through an app, as he agreed to it. */
export type AppAccess = {
  readonly id: string
  readonly app: string
  readonly account: string
  readonly session: string
  readonly isOffline: boolean
  /** The account is a patient's. */
  readonly isPatient: boolean
  readonly patient?: string
  readonly encounter?: string
}

/** A code, token or interaction of the authorisation server; `value` is the secret that names it, stored as its digest. */
export type Artifact = {
  readonly kind: string
  readonly value: string
  readonly uid?: string
  readonly access?: string
  readonly app?: string
  readonly scope?: string
  /** What it holds, sealed by whoever keeps it. */
  readonly sealed: Buffer
  /** Seconds since 1970; absent: it ends after a day. */
  readonly endsSeconds?: number
}
export type StoredArtifact = { readonly sealed: Buffer; readonly isConsumed: boolean }

export type SigningKey = {
  readonly id: string
  readonly algorithm: string
  readonly sealed: Buffer
  readonly created: Instant
  readonly isRetired: boolean
}

/** What the authorisation server keeps, in tables that all processes share. */
export interface OauthStore {
  /** An approved app; undefined otherwise. */
  app(id: string): Promise<RegisteredApp | undefined>
  /** Origins of browser apps that were let in, for cross-origin requests (Fetch §3.2). */
  origins(): Promise<ReadonlySet<string>>
  /** Uses a launch up; undefined where it is unknown, over, used, of another app, session or person. */
  takeLaunch(
    launch: string,
    whose: { readonly app: string; readonly actor: Actor },
  ): Promise<LaunchContext | undefined>
  /** Whether the person agreed to all of these scopes before. */
  isAgreed(actor: Actor, app: string, scopes: readonly string[]): Promise<boolean>
  /** When the person's session was opened, ms since 1970; undefined where it is over. */
  signedInMs(actor: Actor): Promise<number | undefined>
  /** Keeps the agreement and the access that follows from it, with an audit entry. */
  agree(
    actor: Actor,
    access: Omit<AppAccess, 'account' | 'session' | 'isPatient'>,
    scopes: readonly string[],
  ): Promise<void>
  /** An access whose person and, unless offline, session are still there. */
  access(id: string): Promise<AppAccess | undefined>
  /** Counts a token that an app got, for a person or (a service) for nobody. */
  noteToken(app: string, account?: string): Promise<void>
  /** Ends an access with all its codes and tokens. */
  endAccess(id: string): Promise<void>
  put(artifact: Artifact): Promise<void>
  /** Keeps what was not there before; false where it was, also in another process. */
  putOnce(artifact: Artifact): Promise<boolean>
  get(kind: string, value: string): Promise<StoredArtifact | undefined>
  getByUid(kind: string, uid: string): Promise<StoredArtifact | undefined>
  /** Marks as used; false where somebody else was first. */
  consume(kind: string, value: string): Promise<boolean>
  remove(kind: string, value: string): Promise<void>
  removeOfAccess(kind: string, access: string): Promise<void>
  /** Newest first, those included that were retired and still prove what they signed. */
  signingKeys(): Promise<readonly SigningKey[]>
  /** Adds a key and retires the others of its algorithm, which are published `keptSeconds` longer. */
  addSigningKey(key: Pick<SigningKey, 'id' | 'algorithm' | 'sealed'>, keptSeconds: number): Promise<void>
}
