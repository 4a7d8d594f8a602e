/**
 * People who work here (Practitioner, PractitionerRole): whose account is whose, which rights follow from title and
 * department, and what personnel tells of joining, moving and leaving.
 */
import type { Transaction } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import type { Carried } from '../approvals/approvals.ts'
import type { Actor } from '../identity.ts'
import type { HrOutcome, LoggedHrEvent } from './hr-event.ts'

export type { HrOutcome, LoggedHrEvent } from './hr-event.ts'

/** System of an employee's number among the identifiers of a Practitioner. */
export const employeeSystem = 'urn:xinglin:employee'
/** System of the login that somebody shall have: an account is made for it with his first position. */
export const loginSystem = 'urn:xinglin:login'
/** System of the numbers of licences. */
export const licenceSystem = 'urn:xinglin:licence'

/** A department (Organization) or a ward (Location) by name. */
export type Place = { readonly id: string; readonly name: string }
export type Licence = {
  readonly kind: string
  readonly number: string
  /** Days, `YYYY-MM-DD`. */
  readonly from?: string
  readonly until?: string
}
/** One PractitionerRole. */
export type Position = {
  readonly id: string
  readonly department?: Place
  readonly locations: readonly Place[]
  readonly title?: string
  readonly specialty?: string
  readonly since?: Instant
  readonly until?: Instant
  readonly isCurrent: boolean
  /** What the mapping gives for it. */
  readonly roles: readonly string[]
}
export type StaffRow = {
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
  readonly employee?: string
  readonly departments: readonly Place[]
  readonly titles: readonly string[]
  /** Last day of the licence that ends first. */
  readonly licenceUntil?: string
  readonly isReviewDue: boolean
}
export type StaffPerson = StaffRow & {
  readonly practitioner?: string
  readonly licences: readonly Licence[]
  readonly positions: readonly Position[]
  /** Roles that go when their positions end. */
  readonly given: readonly string[]
  /** He may enter at shared terminals. */
  readonly hasBadge: boolean
  readonly leaves?: Instant
  readonly reviews: readonly Review[]
  readonly changes: readonly Change[]
  /** What the one who asks may do to this person. */
  readonly may: { readonly administer: boolean; readonly roles: readonly string[] | 'any' }
}
export type Change = {
  readonly at: Instant
  readonly by: string
  readonly what: string
  readonly reason?: string
  readonly detail: Readonly<Record<string, unknown>>
}
export type Review = {
  readonly id: string
  readonly account: string
  readonly login: string
  readonly display: string
  readonly at: Instant
  readonly before: readonly Place[]
  readonly after: readonly Place[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly kept: readonly string[]
  readonly reviewed?: Instant
  readonly reviewedBy?: string
  readonly note?: string
}
export type Mapping = {
  readonly id: string
  /** Code or text of the title; absent: any. */
  readonly title?: string
  /** Id of the Organization; absent: any. */
  readonly department?: string
  readonly roles: readonly string[]
}
export type Delegation = {
  readonly account: string
  readonly login: string
  readonly display: string
  readonly department: Place
  readonly roles: readonly string[]
  readonly given: Instant
}
/** `licence`: one has ended; `licence-soon`: one has ended or ends within 60 days. */
export type StaffStates = 'active' | 'disabled' | 'review' | 'licence' | 'licence-soon'
export type NewPosition = {
  readonly department: string
  readonly title: string
  readonly specialty?: string
  readonly location?: string
  /** A day or an instant; absent: from now on. */
  readonly since?: string
  readonly until?: string
}
export type NewStaff = {
  readonly login: string
  readonly display: string
  readonly employee?: string
  readonly licences: readonly Licence[]
  readonly position: NewPosition
}

/** Every function decides, and leaves one audit entry; acts state `identity.*` in the log, in one transaction. */
export interface Staff {
  /**
   * What personnel tells (`administration.staff.write`), once by its id. Throws `invalid` naming the field, `conflict`
   * (`staff.out-of-order`, `staff.event-reused`, `staff.employed`, `staff.not-employed`).
   */
  take(by: Actor, event: unknown): Promise<HrOutcome>
  events(by: Actor, options: { before?: string; limit: number }): Promise<readonly LoggedHrEvent[]>
  /** By login, ascending; those whom the one who asks may see: all, or the people of his departments. */
  list(
    by: Actor,
    options: {
      text?: string
      role?: string
      department?: string
      state?: StaffStates
      after?: string
      limit: number
    },
  ): Promise<{ readonly people: readonly StaffRow[]; readonly total: number }>
  person(by: Actor, id: string): Promise<StaffPerson>
  /** Departments and wards that the one who asks may put people into, and the roles that he may give. */
  choices(by: Actor): Promise<{
    readonly departments: readonly Place[]
    readonly locations: readonly Place[]
    readonly titles: readonly string[]
    readonly roles: readonly string[] | 'any'
  }>
  /** The one-time password is given here and never again. */
  employ(by: Actor, person: NewStaff): Promise<{ id: string; oneTimePassword: string }>
  /** Name, number and licences of a person; makes the Practitioner where the account has none. */
  describe(
    by: Actor,
    act: { id: string; display: string; employee?: string; licences: readonly Licence[]; reason: string },
  ): Promise<void>
  addPosition(by: Actor, act: NewPosition & { id: string; reason: string }): Promise<void>
  /** From `at` on, now where absent. */
  endPosition(by: Actor, act: { id: string; position: string; at?: Instant; reason: string }): Promise<void>
  mappings(by: Actor): Promise<readonly Mapping[]>
  /** Acts on everybody whom it concerns, at once. Throws `forbidden` for roles of administrators. */
  saveMapping(by: Actor, mapping: Omit<Mapping, 'id'> & { id?: string; reason: string }): Promise<Carried>
  removeMapping(by: Actor, act: { id: string; reason: string }): Promise<Carried>
  /** Those that still wait, oldest first. */
  reviews(by: Actor): Promise<readonly Review[]>
  review(by: Actor, act: { id: string; reason: string }): Promise<void>
  delegations(by: Actor): Promise<readonly Delegation[]>
  delegate(
    by: Actor,
    act: { account: string; department: string; roles: readonly string[]; reason: string },
  ): Promise<void>
  endDelegation(by: Actor, act: { account: string; department: string; reason: string }): Promise<void>
  /** Asks for `applyDue` at an instant, in the transaction that learned of it; one scheduler at a time. */
  timeBy(schedule: Schedule): void
  /** Reckons the rights whose instant has come. */
  applyDue(): Promise<void>
  /** Derives anew what was derived in an older way, or never: for the start. */
  rebuildOld(): Promise<void>
}

export type Schedule = (transaction: Transaction, at: Instant) => Promise<void>
