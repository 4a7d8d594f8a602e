/**
 * The patients' realm: accounts of patients apart from those of staff. A phone with a code opens one, papers and a name bind it
 * to a Patient of the record, and its actor (kind `patient`) sees his own chart and those that were opened to him, no more.
 */
import type { Migrations, Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { DocumentKind } from './documents.ts'

/** Tables of the schema `patients`. */
export const patientsMigrations: Migrations = {
  name: 'patients',
  folder: new URL('./migrations/', import.meta.url),
}

/** Who sends short messages to phones; nothing of the record may stand in one. */
export interface TextDoor {
  /** Sends with the commit of the transaction; after `ends` it is not worth sending. */
  sendText(
    transaction: Transaction,
    text: {
      readonly tenant: TenantId
      readonly phone: string
      readonly words: string
      readonly ends: Instant
    },
  ): Promise<void>
}

/** `confirm`: to the account's own phone before a dangerous act; `new-phone`: to the number that it changes to. */
export type CodePurpose = 'sign-in' | 'confirm' | 'new-phone'
/** A code that was typed, and the challenge that was given when it was asked for. */
export type ShownCode = { readonly challenge: string; readonly code: string }
export type Papers = { readonly kind: DocumentKind; readonly number: string; readonly name: string }

/** Whose chart an account reaches, and by what. */
export type ReachedChart = {
  readonly patient: string
  readonly relation: 'self' | 'guardian' | 'delegate'
  readonly until?: Instant
}

/** What a patient sees of his own account. */
export type PatientAccount = {
  readonly id: string
  readonly phoneEnd: string
  readonly name?: string
  readonly isProved: boolean
  readonly hasPassword: boolean
  readonly signIns: readonly SignIn[]
}
export type PatientSession = {
  readonly id: string
  readonly address?: string
  readonly device?: string
  readonly created: Instant
  readonly seen: Instant
  readonly isThis: boolean
}
export type Delegation = {
  readonly id: string
  readonly name: string
  readonly phoneEnd: string
  readonly since: Instant
  readonly until: Instant
}
/** An account that the pages could not bind, with the Patients that match its papers. */
export type DeskRow = {
  readonly id: string
  readonly account: string
  readonly phoneEnd: string
  readonly reason: 'several' | 'bound'
  readonly patients: readonly string[]
  readonly document: DocumentKind
  readonly at: Instant
}

export type OpenedPatient = { readonly token: string; readonly actor: Actor }

export interface Patients {
  /** Sets who sends the codes; until then nobody can sign in. */
  sendTextsBy(door: TextDoor): void
  /**
   * Sends a code of six digits and answers alike whether the phone has an account or not. Throws `busy`
   * (`patients.too-many-codes`) beyond the limits of a phone, an address or the house.
   */
  requestCode(asked: {
    readonly phone: string
    readonly purpose: CodePurpose
    readonly address?: string
  }): Promise<{ readonly challenge: string; readonly ends: Instant }>
  /** As `requestCode` to the account's own phone. */
  requestOwnCode(by: Actor): Promise<{ readonly challenge: string; readonly ends: Instant }>
  /**
   * Signs in, and opens the account of a phone that has none. Throws `unauthenticated` for a wrong code
   * (`patients.wrong-code`), or where the account has a password (`patients.password-needed`, `patients.wrong-password`).
   */
  signIn(
    shown: ShownCode & { readonly password?: string; readonly address?: string; readonly device?: string },
  ): Promise<OpenedPatient>
  /** The actor of a live session with the charts that it reaches now; undefined where it is unknown or over. */
  sessionActor(token: string): Promise<Actor | undefined>
  signOut(token: string): Promise<void>
  own(by: Actor): Promise<PatientAccount>
  charts(by: Actor): Promise<readonly ReachedChart[]>
  sessions(by: Actor): Promise<readonly PatientSession[]>
  endSession(by: Actor, id: string): Promise<void>
  /**
   * Binds the account to the one Patient whom papers and name match. Throws `conflict` (`patients.not-confirmed`) alike for
   * no match, another name, several matches and one bound already; the last two come before the desk.
   */
  prove(by: Actor, papers: Papers): Promise<void>
  /** Opens a child's chart to the parent whom its RelatedPerson names, until the child is of age. Throws as `prove`. */
  addChild(by: Actor, papers: Papers): Promise<void>
  /** Lets a relative see the account's own chart until an instant. */
  delegate(
    by: Actor,
    to: { readonly phone: string; readonly name: string; readonly until: Instant },
  ): Promise<void>
  endDelegation(by: Actor, id: string): Promise<void>
  delegations(by: Actor): Promise<readonly Delegation[]>
  /** Sets, changes or (undefined) removes the password, by a code to the own phone; other sessions end. */
  setPassword(by: Actor, shown: ShownCode, password: string | undefined): Promise<void>
  /** Needs a code of each phone and, where the account is proved, the number of the paper again. */
  changePhone(
    by: Actor,
    act: { readonly old: ShownCode; readonly next: ShownCode; readonly number?: string },
  ): Promise<void>
  /** Ends the account with its sessions, apps and delegations; the record stays as it is. */
  close(by: Actor, shown: ShownCode): Promise<void>
  /** Accounts that wait for a person at a desk, oldest first; for callers that have decided and audit it. */
  desk(tenant: TenantId): Promise<readonly DeskRow[]>
  /** Binds the account to one of the Patients, or refuses; an older account of that Patient is closed. */
  settle(by: Actor, act: { readonly id: string; readonly patient?: string }): Promise<void>
}
