/** Who is asking, what they may do, and the trace that they leave (law 5). */

export { accessMigrations } from './access/create-access.ts'
export type { Explanation, Verdict } from './access/explain.ts'
export { sensitiveKinds } from './access/labels.ts'
export { type PatientScope, type Policy, patientScopes } from './access/policy.ts'
export { accessPermissions, type Policies } from './access/policy-administration.ts'
export type { ChangedLook, Trial } from './access/policy-trial.ts'
export type { PolicyVersion } from './access/policy-versions.ts'
export type { Reach, SeenSql } from './access/reach.ts'
export {
  type AdministrationPermission,
  administrationPermissions,
  appRegistryPermissions,
} from './administration-permissions.ts'
export type { Allowances, Lease, Rate } from './allowance/allowance.ts'
export {
  type Approvals,
  approvalPermissions,
  type Carried,
  keyPermissions,
  type Proposal,
  type ProposalKind,
  type ProposalState,
  proposalKinds,
  type Readiness,
  type SeparateAdministrator,
  separateAdministrators,
} from './approvals/approvals.ts'
export type {
  AboutApp,
  Agreement,
  AppAccess,
  AppContent,
  AppKind,
  AppProposal,
  AppState,
  Apps,
  Artifact,
  OauthStore,
  RegisteredApp,
  SigningKey,
  StoredArtifact,
} from './apps/apps.ts'
export { oauthMigrations } from './apps/create-oauth-store.ts'
export { coversScope, parseRecordScope, type RecordScope } from './apps/smart-scopes.ts'
export type { Badges, OwnBadge, ShownTerminal, Terminal } from './badge/badge.ts'
export {
  type BreakGlass,
  breakGlassPermissions,
  type Glass,
  type GlassOutcome,
  type GlassState,
  reviewTaskCode,
} from './break-glass/break-glass.ts'
export {
  accountSystem,
  type ConsentEffect,
  type Consents,
  type Directive,
  roleSystem,
} from './consent/consent.ts'
export { consentMigrations } from './consent/consent-tables.ts'
export {
  approvalsMigrations,
  createIdentity,
  type IdentityOptions,
  identityMigrations,
} from './create-identity.ts'
export type {
  Added,
  Awaiting,
  Factor,
  FactorHolder,
  FactorMethod,
  Factors,
  OwnFactors,
  Site,
} from './factors/factors.ts'
export {
  type MaskedField,
  type Masking,
  maskedFields,
  maskingPermissions,
  type RoleMask,
} from './masking/masking.ts'
export { maskedName, type PatientLine, patientLine, patientLines } from './masking/patient-lines.ts'
export { isIdentityNumber, maskName, maskNumber, maskPhone } from './masking/words.ts'
export { type DocumentKind, isDocumentKind } from './patients/documents.ts'
export {
  type Delegation,
  type DeskRow,
  type OpenedPatient,
  type PatientAccount,
  type PatientSession,
  type Patients,
  patientsMigrations,
  type ReachedChart,
  type TextDoor,
} from './patients/patients.ts'
export type { IdentitySettings } from './settings.ts'
export { type Devices, deviceLifeSeconds, type KnownDevice } from './sign-in/devices.ts'
export { type SignIn, signInMigrations } from './sign-in/sign-in.ts'
export { staffMigrations } from './staff/create-staff.ts'
export {
  employeeSystem,
  type HrOutcome,
  loginSystem,
  type Staff,
  type StaffPerson,
  type StaffRow,
} from './staff/staff.ts'
export { upstreamMigrations } from './upstream/create-upstream.ts'
export type {
  Flow,
  GroupRole,
  Joining,
  LdapSettings,
  LinkedPerson,
  ListedProvider,
  OfferedProvider,
  OidcSettings,
  OpenedProvider,
  Preview,
  Probe,
  Upstream,
  UpstreamDoor,
  UpstreamFailure,
  UpstreamProvider,
  VouchedPerson,
} from './upstream/upstream.ts'

import type { Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { FailureValues, Instant, ResourceType } from '@xinglin/fhir'
import type {
  Change,
  ChartMoments,
  CompartmentPage,
  CompartmentQuery,
  Labels,
  OwnParameterStatus,
  Page,
  Query,
  Records,
  SnapshotPage,
  SnapshotQuery,
  Unit,
  Version,
} from '@xinglin/records'
import type { ExplainQuestion, Explanation } from './access/explain.ts'
import type { Policy } from './access/policy.ts'
import type { Policies } from './access/policy-administration.ts'
import type { Trial } from './access/policy-trial.ts'
import type { Reach } from './access/reach.ts'
import type { StatePurpose } from './access/stated-purpose.ts'
import type { Allowances } from './allowance/allowance.ts'
import type { Approvals, Carried } from './approvals/approvals.ts'
import type { ChangeByTwo } from './approvals/change-by-two.ts'
import type { Approval } from './approvals/conclude.ts'
import type { Apps, OauthStore } from './apps/apps.ts'
import type { Badges } from './badge/badge.ts'
import type { BreakGlass } from './break-glass/break-glass.ts'
import type { Consents } from './consent/consent.ts'
import type { Awaiting, FactorMethod, Factors } from './factors/factors.ts'
import type { Masking } from './masking/masking.ts'
import type { Patients } from './patients/patients.ts'
import type { Devices } from './sign-in/devices.ts'
import type { SignIn } from './sign-in/sign-in.ts'
import type { Staff } from './staff/staff.ts'
import type { Upstream } from './upstream/upstream.ts'

export type Actor = {
  /** `patient`: somebody of the patients' realm, who has no part in what staff may do. */
  readonly kind: 'user' | 'client' | 'system' | 'patient'
  readonly id: string
  /** `user/<id>`, `client/<id>`, `system/<name>`, `patient/<id>`: how the log and the audit trail name the actor. */
  readonly reference: string
  readonly tenant: TenantId
  readonly roles: readonly string[]
  /** SMART scopes of a machine client, for example `system/*.*`; empty for people. */
  readonly scopes: readonly string[]
  /** Shown to people; never logged. */
  readonly display: string
  /** A one-time password was used: nothing but changing it is allowed. */
  readonly mustChangePassword?: boolean
  /** The house demands a second factor, and this session has shown none: nothing but adding or showing one is allowed. */
  readonly mustShowFactor?: boolean
  /** Network address that the request came from, for the audit entry. */
  readonly address?: string
  /** Id of the session (not its token) by which a person is signed in. */
  readonly session?: string
  /** The second factor that was shown in this session, and when last. */
  readonly secondFactor?: { readonly method: FactorMethod; readonly at: Instant }
  /** Registered app through which a person acts, with its scopes in `scopes`: he can do what both may; or a service itself. */
  readonly client?: string
  /** Id of the Patient to whom the app's `patient/` scopes are bound. */
  readonly patientContext?: string
  /** Requests a second that he may make; absent: as many as everybody. */
  readonly requestsPerSecond?: number
  /** Why he looks: a code of v3 PurposeOfUse; TREAT where absent. */
  readonly purpose?: string
  /** Id of the Practitioner who a person is. */
  readonly practitioner?: string
  /** Ids of the Organizations and Locations where a person works. */
  readonly departments?: readonly string[]
  /** Under which a second person's approval he acts now. */
  readonly approval?: Approval
  /** Ids of the Patients whose charts a patient reaches at this moment: his own, and those opened to him. */
  readonly charts?: readonly string[]
}

export type Interaction = 'create' | 'read' | 'update' | 'delete' | 'search' | 'history' | 'act'
export type AccessRequest =
  | {
      readonly kind: 'record'
      readonly interaction: Interaction
      readonly type: ResourceType | '*'
      readonly id?: string
      readonly patient?: string
    }
  /** Something that is not a resource: `administration.people.write`, `integration.resend` (declared by an app's `permissions`). */
  | { readonly kind: 'permission'; readonly permission: string; readonly subject?: string }

/** The one authorisation decision; `reason` says which right is missing. */
export type Decision =
  | { readonly isAllowed: true }
  | { readonly isAllowed: false; readonly reason: string; readonly values?: FailureValues }

export type AuditEntry = {
  readonly id: string
  readonly at: Instant
  readonly tenant: TenantId
  readonly actor: string
  readonly actorDisplay: string
  readonly address?: string
  /** The interaction or permission. */
  readonly action: string
  readonly resourceType?: string
  readonly resourceId?: string
  readonly patient?: string
  /** Search parameter names without values, or the number of answers. */
  readonly detail?: string
  readonly outcome: 'allowed' | 'refused' | 'failed'
  /** Everybody whose record a search showed, where it was more than one. */
  readonly patients?: readonly string[]
  /** v3 PurposeOfUse; absent where it is treatment. */
  readonly purpose?: string
  /** The registered app through which a person acted. */
  readonly client?: string
  readonly session?: string
}

/** The record as one actor may use it: same words as Records, each call decided and audited once. */
export interface GuardedRecords {
  read(type: ResourceType, id: string): Promise<Version | undefined>
  readVersion(type: ResourceType, id: string, version: number): Promise<Version | undefined>
  /** As it stood at the end of a FHIR date, dateTime or instant; the audit entry says so. */
  readAsOf(type: ResourceType, id: string, asOf: string): Promise<Version | undefined>
  /** Decided as a read of the Patient. */
  moments(patient: string): Promise<ChartMoments>
  history(options: Omit<Parameters<Records['history']>[1], never>): ReturnType<Records['history']>
  /** With `_asOf` as one patient's record stood then; the audit entry says so. */
  search(type: ResourceType, query: Query): Promise<Page>
  /** Types that are held here and that the actor may search; throws `forbidden` where he may search none. */
  searchableTypes(): Promise<readonly ResourceType[]>
  /** Decided as a read of its root; only members of types that the actor may search are shown, and a type asked for that he may not is refused. */
  compartment(asked: CompartmentQuery): Promise<CompartmentPage>
  /** Decided as a search of the type; the audit entry says that it was an export. */
  snapshot(asked: SnapshotQuery): Promise<SnapshotPage>
  /** Decided as a search of the type, or of all types. */
  labels(type?: ResourceType): Promise<Labels>
  /** The institution's own search parameters: definitions, nobody's record, so everybody may know them. */
  ownParameters(): Promise<readonly OwnParameterStatus[]>
  /** Each write is decided on its resource type; audit entries commit with the act. */
  commit<T>(work: (unit: Unit) => Promise<T>): Promise<T>
}

/** Looks at a change before it is written, in its transaction: gives the change to write, or throws the refusal. */
export type WriteRule = (act: {
  readonly actor: Actor
  readonly unit: Unit
  readonly change: Change
}) => Promise<Change>

export interface Identity {
  decide(actor: Actor, request: AccessRequest): Decision
  /** Throws `forbidden` with the reason, after leaving a refused audit entry. */
  demand(actor: Actor, request: AccessRequest): void
  /** The record as `actor` may use it. */
  recordsFor(actor: Actor): GuardedRecords
  /** Every change of a type that is written by `recordsFor` passes this rule after its decision; one rule a type. */
  govern(type: ResourceType, rule: WriteRule): void
  /** Who a reference of the log names, with the rights held now; undefined where unknown, disabled or the platform itself. */
  actorOf(reference: string): Promise<Actor | undefined>
  /** Leaves one audit entry: with `transaction` in it, else buffered and durable within 1 s. */
  audit(
    actor: Actor,
    entry: Pick<AuditEntry, 'action' | 'outcome'> &
      Partial<Pick<AuditEntry, 'resourceType' | 'resourceId' | 'patient' | 'detail'>>,
    transaction?: Transaction,
  ): Promise<void>
  /** Local accounts and their sessions. */
  readonly accounts: Accounts
  /** People's second factors. */
  readonly factors: Factors
  /** Browsers that people are known at. */
  readonly devices: Devices
  /** Sign-in by systems of others, and the roles that their groups give. */
  readonly upstream: Upstream
  /** Rates that all processes share. */
  readonly allowances: Allowances
  /** The actor with the purpose of use that he states for a request. */
  readonly statePurpose: StatePurpose
  /** Throws `unauthenticated` (`identity.step-up`) where who has a second factor has not shown it in the last ten minutes. */
  demandStepUp(actor: Actor): void
  /** Changes that other packages keep, by two people where administrators are separate. */
  readonly changeByTwo: ChangeByTwo
  /** Machine clients (OAuth 2 client credentials, RFC 6749 §4.4). */
  readonly clients: Clients
  /** Registered apps of others, let in by two people. */
  readonly apps: Apps
  /** What an actor reaches of the record, for what is no statement of it. */
  readonly reach: Reach
  /** Makes what is derived of who has to do with whom anew where it was derived in an older way, or never: for the start. */
  rebuildRelations(): Promise<void>
  /** Policies, and why somebody sees a resource or not. */
  readonly policies: Policies
  readonly explain: (by: Actor, asked: ExplainQuestion) => Promise<Explanation>
  /** What a policy would have done with the last day's looks. */
  readonly tryPolicy: (by: Actor, policy: Policy) => Promise<Trial>
  /** What the authorisation server keeps. */
  readonly oauth: OauthStore
  /** An actor for the platform's own work, for example `systemActor('hl7-listener', tenant)`. */
  systemActor(name: string, tenant: TenantId): Actor
  /** People's accounts as administrators keep them. */
  readonly people: People
  /** Who works here as what, and the rights that follow. */
  readonly staff: Staff
  readonly badges: Badges
  readonly roles: Roles
  /** Three administrators apart, and changes of rights by two. */
  readonly approvals: Approvals
  readonly sessions: Sessions
  readonly auditTrail: AuditTrail
  /** What patients' consents say, and what is derived from them. */
  readonly consents: Consents
  /** The patients' realm. */
  readonly patients: Patients
  readonly breakGlass: BreakGlass
  /** What roles see masked, and watermarked. */
  readonly masking: Masking
  /**
   * Makes the account `admin` with role administrator in tenant 1 where no administrator is. Without `password` it gets
   * a one-time password, given here to be printed; it is made anew at each start until somebody has signed in with it.
   */
  ensureAdministrator(options: { password?: string }): Promise<{ login: string; oneTimePassword?: string }>
  /** Makes a machine client of tenant 1 with this id where there is none; an existing one stays as it is. */
  ensureClient(client: { id: string; secret: string; scopes: readonly string[] }): Promise<void>
  /** Writes the buffered audit entries. */
  stop(): Promise<void>
}

export type SessionToken = string & { readonly session: true }
export interface Accounts {
  /** As `signIn`; where the account has a second factor, the ticket with which it is shown (`identity.factors`). */
  begin(credentials: {
    login: string
    password: string
    address?: string
    /** The value of the device cookie, where the browser has one. */
    device?: string
  }): Promise<{ token: SessionToken; actor: Actor } | Awaiting>
  /** Throws `unauthenticated` for a wrong pair, `busy` while the account is locked after failures, `unauthenticated` (`identity.second-factor`). */
  signIn(credentials: {
    login: string
    password: string
    address?: string
  }): Promise<{ token: SessionToken; actor: Actor }>
  /** The actor of a live session; undefined where the token is unknown, expired or signed out. */
  sessionActor(token: string): Promise<Actor | undefined>
  signOut(token: string): Promise<void>
  /** A new token for the session that somebody asks by; the former one opens nothing. */
  renewSession(actor: Actor): Promise<SessionToken>
  /** Throws `invalid` naming the broken rule (`at: 'next'`) or a wrong present password (`at: 'current'`). */
  changePassword(actor: Actor, change: { current: string; next: string }): Promise<void>
  /** What a person sees of his own account. */
  own(actor: Actor): Promise<OwnAccount>
  /** Where a person is signed in now, last used first. */
  openSessions(actor: Actor): Promise<readonly (Session & { readonly isThis: boolean })[]>
  /** Ends one of his own sessions. Throws `notFound` (`identity.no-session`). */
  endSession(actor: Actor, id: string): Promise<void>
  /** Ends every session of a person but the one that he asks by. */
  endOtherSessions(actor: Actor): Promise<void>
}
export type OwnAccount = {
  readonly login: string
  readonly passwordSet: Instant
  /** When the password must be changed; absent where it never must. */
  readonly passwordEnds?: Instant
  readonly signIns: readonly SignIn[]
}
export interface Clients {
  /** Throws `unauthenticated` (wrong client) or `invalid` (scope beyond what it holds). */
  grantToken(request: {
    clientId: string
    clientSecret: string
    scope?: string
    address?: string
  }): Promise<{ accessToken: string; expiresInSeconds: number; scope: string }>
  tokenActor(accessToken: string): Promise<Actor | undefined>
  list(by: Actor): Promise<readonly Client[]>
  /** The secret is given here and never again. */
  create(
    by: Actor,
    client: { id?: string; display: string; scopes: readonly string[] },
  ): Promise<{ id: string; secret: string; proposal?: string }>
  /** Ends all its tokens; the secret is given here and never again. */
  renewSecret(by: Actor, act: { id: string; reason: string }): Promise<{ secret: string }>
  setScopes(by: Actor, act: { id: string; scopes: readonly string[]; reason: string }): Promise<Carried>
  /** Ends all its tokens. */
  disable(by: Actor, act: { id: string; reason: string }): Promise<void>
  enable(by: Actor, act: { id: string; reason: string }): Promise<Carried>
  /** Requests a second, 1 to 100,000; undefined: as many as everybody. */
  setRate(
    by: Actor,
    act: { id: string; requestsPerSecond: number | undefined; reason: string },
  ): Promise<void>
}
export type Client = {
  readonly id: string
  readonly display: string
  readonly scopes: readonly string[]
  readonly created: Instant
  readonly secretSet: Instant
  readonly lastToken?: Instant
  readonly disabled?: Instant
  readonly requestsPerSecond?: number
}

/** Every function decides `administration.people.read|write`, leaves one audit entry and states `identity.*`. */
export interface People {
  /** By login, ascending; `after` is the login of the last row of the page before; `text` is part of login or name. */
  list(
    by: Actor,
    options: { text?: string; role?: string; after?: string; limit: number },
  ): Promise<readonly Person[]>
  /** The one-time password is given here and never again. Throws `conflict` where the login is taken. */
  create(
    by: Actor,
    person: { login: string; display: string; roles: readonly string[] },
  ): Promise<{ id: string; oneTimePassword: string; proposal?: string }>
  /** Also ends the person's sessions and unlocks the login. */
  resetPassword(by: Actor, act: { id: string; reason: string }): Promise<{ oneTimePassword: string }>
  setRoles(by: Actor, act: { id: string; roles: readonly string[]; reason: string }): Promise<Carried>
  /** Ends the person's sessions. Throws `conflict` for oneself and for the last administrator. */
  disable(by: Actor, act: { id: string; reason: string }): Promise<void>
  enable(by: Actor, act: { id: string; reason: string }): Promise<void>
  /** Ends the lock that wrong passwords caused. */
  unlock(by: Actor, act: { id: string; reason: string }): Promise<void>
  /** Takes lost second factors and recovery codes away and ends the person's sessions; new ones are added at the next sign-in. */
  clearFactors(by: Actor, act: { id: string; reason: string }): Promise<Carried>
}
export type Person = {
  readonly id: string
  readonly login: string
  readonly display: string
  readonly roles: readonly string[]
  readonly created: Instant
  readonly passwordSet: Instant
  readonly lastSignIn?: Instant
  readonly disabled?: Instant
  readonly lockedUntil?: Instant
  readonly mustChangePassword: boolean
  readonly sessions: number
}

export type Role = {
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  /** Rights on the record in SMART words without context: `Observation.rs`, `*.cruds`. */
  readonly records: readonly string[]
  /** Permission ids, or prefixes that end in `.*`. */
  readonly permissions: readonly string[]
  /** Built-in roles cannot be changed; copy one. */
  readonly isBuiltIn: boolean
}
export interface Roles {
  list(by: Actor): Promise<readonly Role[]>
  /** Makes or changes one of the institution's own roles; nobody gives permissions that he does not hold. */
  save(by: Actor, role: Omit<Role, 'isBuiltIn'> & { reason?: string }): Promise<Carried>
  /** Throws `conflict` while somebody has the role. */
  remove(by: Actor, act: { id: string; reason: string }): Promise<Carried>
}

export type Session = {
  readonly id: string
  readonly account: string
  readonly login: string
  readonly display: string
  readonly address?: string
  readonly created: Instant
  /** Last use, exact to a minute. */
  readonly seen: Instant
  readonly ends: Instant
}
export interface Sessions {
  /** Live sessions, last used first; people see their own without any permission. */
  list(by: Actor, options: { account?: string; limit: number }): Promise<readonly Session[]>
  revoke(by: Actor, act: { id: string; reason: string }): Promise<void>
}

export type AuditFilter = {
  readonly actor?: string
  readonly action?: string
  readonly resourceType?: string
  readonly patient?: string
  readonly resourceId?: string
  /** Number of one entry. */
  readonly id?: string
  /** FHIR audit-event-action: create, read, update, delete, or execute (everything else). */
  readonly actionCode?: 'C' | 'R' | 'U' | 'D' | 'E'
  readonly outcome?: AuditEntry['outcome']
  /** v3 PurposeOfUse; `TREAT` is what bears none, too. */
  readonly purpose?: string
  /** Where from: an address, or the beginning of one that ends with `*`. */
  readonly address?: string
  readonly from?: Instant
  readonly until?: Instant
}
export type AuditPage = {
  readonly entries: readonly AuditEntry[]
  readonly next?: string
  readonly lookedBackTo?: Instant
}
export interface AuditTrail {
  /**
   * Newest first; `before` is `next` of the page before, absent on the first and the last page. A page looks at a bounded
   * number of entries: one that holds fewer than asked for, with `next`, says in `lookedBackTo` how far it has looked.
   */
  list(by: Actor, options: AuditFilter & { before?: string; limit: number }): Promise<AuditPage>
  /** Who touched one patient's record, newest first, so many (of a time, where it is given); for callers that have decided, and audit it themselves. */
  forPatient(
    tenant: TenantId,
    patient: string,
    options: number | { readonly limit: number; readonly from?: Instant; readonly until?: Instant },
  ): Promise<AuditPage>
  /** Everything that a filter finds, newest first, page by page for an export; one decision and one audit entry. */
  pages(by: Actor, filter: AuditFilter): Promise<AsyncIterable<readonly AuditEntry[]>>
  /**
   * Who wrote each of these versions; those that nobody's entry tells of are left out. For callers that have decided and
   * audited a look at the history of the same resources.
   */
  authors(tenant: TenantId, versions: readonly Version[]): Promise<readonly VersionAuthor[]>
}
export type VersionAuthor = Pick<AuditEntry, 'actor' | 'actorDisplay'> &
  Pick<Version, 'type' | 'id' | 'version'>
