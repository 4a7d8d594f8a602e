/** FHIR R4 Consent (http://hl7.org/fhir/R4/consent.html) as the platform keeps it: who may see what of a patient's record. */
import type { TenantId } from '@xinglin/events'
import type { Instant, ResourceOf } from '@xinglin/fhir'
import type { Actor, Role } from '../identity.ts'

/** System of the role ids of this platform, in `Consent.provision.actor.role`. */
export const roleSystem = 'urn:xinglin:role'
/** System of references of accounts (`user/…`, `client/…`), in `Consent.provision.actor.reference.identifier`. */
export const accountSystem = 'urn:xinglin:account'

export type Coding = {
  readonly system?: string
  readonly code: string
  /** For people; nothing is compared with it. */
  readonly display?: string
}

/** Absent: the condition is not made. All that are made must hold; of a list one must. */
export type RuleConditions = {
  /** Keys as `actorKeys` gives them: `role:nurse`, `Organization/icu`, `Practitioner/li`, `role:nurse@Organization/icu`. */
  readonly actors?: readonly string[]
  /** Codes of v3 PurposeOfUse. */
  readonly purposes?: readonly string[]
  readonly starts?: Instant
  readonly ends?: Instant
  readonly types?: readonly string[]
  readonly codes?: readonly Coding[]
  readonly labels?: readonly Coding[]
  readonly instances?: readonly { readonly type: string; readonly id: string }[]
  /** When what the resource tells of happened. */
  readonly dataFrom?: Instant
  readonly dataUntil?: Instant
  /** Elements that cannot be judged here; they widen what is refused and never what is permitted. */
  readonly unknown?: readonly string[]
}

/** A provision, numbered within its consent; 0 is the base policy, whose decision is absent where none is stated. */
export type ConsentRule = RuleConditions & {
  readonly number: number
  readonly parent?: number
  readonly decision?: 'deny' | 'permit'
}

/** What one active Consent says about one patient's record. */
export type Directive = {
  readonly consent: string
  readonly patient: string
  readonly rules: readonly ConsentRule[]
}

export interface Consents {
  /** Rules of a Consent, active or not yet written; undefined where it is no rule about a patient's record. */
  directiveOf(consent: ResourceOf<'Consent'>): Directive | undefined
  /** Ids of the consents that refuse an actor one resource; empty where none does. */
  refusing(actor: Actor, resource: { readonly type: string; readonly id: string }): Promise<readonly string[]>
  /** How many of a patient's current resources each consent refuses to who has one role alone, by type. */
  effectsOnRoles(tenant: TenantId, patient: string): Promise<readonly ConsentEffect[]>
  /** The roles that look at records, by which a consent may name people. */
  roles(tenant: TenantId): Promise<readonly Pick<Role, 'id' | 'title'>[]>
  /** Makes what is derived anew from all Consents of an institution; tells of how many. */
  rebuild(tenant: TenantId): Promise<number>
  /** The same where it was derived in an older way, or never: for the start. */
  rebuildOld(): Promise<void>
}

export type ConsentEffect = {
  readonly role: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly consent: string
  readonly type: string
  readonly resources: number
}
