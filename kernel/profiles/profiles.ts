/**
 * Implementation guides of an institution, and every write judged by the profiles that it claims or that the institution
 * requires. A guide is an NPM-format FHIR package; its definitions become resources of the record, where everybody sees them.
 * Does not fetch packages or what they depend on.
 */
import type { TenantId } from '@xinglin/events'
import type { Instant, OperationOutcomeIssue } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'

export { createProfiles, profilesMigrations } from './create-profiles.ts'
export { terminologyCodes } from './terminology-codes.ts'

export type Guide = {
  readonly name: string
  readonly version: string
  /** Address of the guide, for example `http://hl7.org/fhir/us/core`. */
  readonly canonical?: string
  readonly title?: string
  readonly fhirVersion?: string
  readonly addedAt: Instant
  /** `adding` where adding it was broken off or is on its way. */
  readonly state: 'adding' | 'ready'
  /** How many definitions the package has, and how many of them are stored. */
  readonly definitions: number
  readonly stored: number
  /** Definitions that are no valid R4. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[]
}

/** What becomes of a write whose `meta.profile` names a profile that is not known: a warning, or a refusal. */
export type Unknown = 'warn' | 'refuse'

export type Requirement = { readonly type: string; readonly profile: string }

export type Demands = { readonly required: readonly Requirement[]; readonly unknown: Unknown }

export type Author = { readonly tenant: TenantId; readonly actor: string }

/** What of the record is asked for definitions: a transaction, or the record itself for one institution. */
export type Definitions = Pick<Unit, 'tenant' | 'search'>

/** A terminology, asked where a required value set cannot be listed from the record's definitions. */
export interface CodePort {
  /** Whether one of the codes is in the value set; undefined where that is not known. */
  holds(
    tenant: TenantId,
    asked: {
      readonly valueSet: string
      readonly codings: readonly { readonly system?: string; readonly code: string }[]
    },
  ): Promise<boolean | undefined>
  /** Every code as `system|code`; undefined for a set that is not known or is large. Asked once, when a profile is compiled. */
  list?(tenant: TenantId, valueSet: string): Promise<readonly string[] | undefined>
}

export interface Profiles {
  /**
   * Stores the definitions of a package (.tgz), by parts that commit one by one; adding it again goes on where it was broken
   * off and changes nothing else. Throws `invalid` for what is no such package, `tooLarge` beyond its limits.
   */
  add(author: Author, archive: AsyncIterable<Uint8Array>): Promise<Guide>
  guides(tenant: TenantId): Promise<readonly Guide[]>
  /** Deletes a guide's definitions but those of other guides. Throws `notFound`, and `conflict` where a profile of it is required. */
  remove(author: Author, guide: { readonly name: string; readonly version: string }): Promise<void>
  demands(tenant: TenantId): Promise<Demands>
  /** Every write of the profile's type must conform from now on. Throws `unprocessable` for a profile that is not known. */
  require(author: Author, profile: string): Promise<Requirement>
  /** Throws `notFound` where it was not required. */
  release(author: Author, profile: string): Promise<void>
  setUnknown(author: Author, unknown: Unknown): Promise<void>
  /**
   * What profiles find in a resource that the base definitions were asked of already: those named, those that it claims and
   * those required; warnings and what could not be judged too. `isSound` is false where the base found a wrong structure.
   */
  judge(
    definitions: Definitions,
    resource: unknown,
    options?: { readonly named?: readonly string[]; readonly isSound?: boolean },
  ): Promise<readonly OperationOutcomeIssue[]>
  /**
   * Loads and compiles what resources will be judged by, before a transaction is opened: who writes then waits for nothing
   * while it holds one. `undefined` at once where all is there or nothing is claimed.
   */
  prepare(tenant: TenantId, resources: readonly unknown[]): Promise<void> | undefined
  /** Whether a profile is known, so that something can be said about it. */
  isKnown(definitions: Definitions, profile: string): Promise<boolean>
}
