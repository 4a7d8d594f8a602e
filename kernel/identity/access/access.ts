/**
 * What decides, row by row and element by element, who sees what (law 5). Roles and scopes say which types an actor may
 * touch at all; sources of access then take rows and elements away, or lift what others took. Every statement on the
 * record carries the outcome in its conditions, so that nothing is filtered after it was counted, sorted or paged.
 */
import type { TenantId } from '@xinglin/events'
import type { FailureValues, Instant, ResourceType } from '@xinglin/fhir'
import type { RowFilter } from '@xinglin/records'
import type { Actor, Interaction } from '../identity.ts'

export type { RowFilter, SecurityLabel } from '@xinglin/records'

/** Who asks, why (v3-PurposeOfUse) and when. */
export type Asking = {
  readonly tenant: TenantId
  readonly actor: Actor
  /** `TREAT` where the actor names none. */
  readonly purpose: string
  readonly at: Instant
}

/** The history of one resource is a `read`, `history` that of many. */
export type Look = { readonly interaction: Interaction; readonly type: ResourceType }

/** Something that takes from what an actor may reach, or gives back what another took. */
export interface AccessSource {
  /** `policy`, `label`, `consent`, `break-glass`; by this name others lift it. */
  readonly name: string
  /** Undefined, and not a promise of it, where it has nothing to say to this actor: such a look costs nothing. */
  stanceOf(asking: Asking): Stance | undefined | Promise<Stance | undefined>
}

export type RuleName = { readonly zh: string; readonly en: string }

/** A sentence for who asked, and what it names. */
export type Told = { readonly sentence: string; readonly values: FailureValues }

export type Stance = {
  /** The rows that the actor may reach; undefined: all. The same object for types that are treated alike. */
  readonly within?: (look: Look) => RowFilter | undefined
  /** Rows that are reached although the named sources do not let them through. */
  readonly lifts?: { readonly sources: readonly string[]; readonly rows: RowFilter }
  /** Elements by path below the type (`telecom`, `contact.name`) that are not shown, compared, sorted by or changed. */
  readonly hidden?: (type: ResourceType) => readonly string[]
  /**
   * Why this source hides one row, in a sentence that may be shown to who asked. A row that is hidden only by sources
   * which tell is refused (403); one that another hides too is not found (404), as if it had never been.
   */
  readonly tells?: (row: { readonly type: ResourceType; readonly id: string }) => Promise<Told | undefined>
  /** The rules that bind looks of this kind, whatever the row: for the sentence of a refusal. */
  readonly rules?: (look: Look) => readonly RuleName[]
  /** The parts of `within`, each with its name, for the answer to "why"; absent: it has one part. */
  readonly parts?: (look: Look) => readonly StancePart[]
}

/** One reason to let rows through or not: a policy and its scope, a label, a consent. */
export type StancePart = {
  /** `allow` lets through what it holds for, `deny` hides it. */
  readonly effect: 'allow' | 'deny'
  /** Machine word and parameters, such as `policy` `ward-nurses` `own-department`; the screens have the sentences. */
  readonly reason: readonly string[]
  readonly rows: RowFilter
}
