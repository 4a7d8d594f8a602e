/**
 * Why somebody looks, where he says it himself (v3-PurposeOfUse; docs/decisions/0071). Treatment may be stated by everybody,
 * another purpose by whom a policy names for it, an emergency by breaking the glass alone.
 */
import { forbidden, invalid } from '@xinglin/fhir'
import type { Audit } from '../audit/audit.ts'
import { breakGlassPurpose, isPurpose, ordinaryPurpose, purposesAround } from '../consent/purposes.ts'
import type { Actor } from '../identity.ts'
import { isOfRole, namesPurpose, type Policy } from './policy.ts'
import type { PolicyBook } from './policy-book.ts'

/** A code of v3-PurposeOfUse has up to 14 characters. */
const mostShown = 20

type Needs = { readonly book: Pick<PolicyBook, 'of'>; readonly audit: Pick<Audit, 'note'> }

/** The actor with the purpose that he states. Throws `identity.purpose-unknown` and `identity.purpose-not-yours`. */
export type StatePurpose = (actor: Actor, purpose: string) => Actor | Promise<Actor>

export function createStatedPurposes({ book, audit }: Needs): StatePurpose {
  const stated = (actor: Actor, purpose: string, policies: readonly Policy[]): Actor => {
    if (mayState(actor, purpose, policies)) return { ...actor, purpose }
    audit.note(actor, { action: 'state-purpose', outcome: 'refused', detail: purpose })
    throw notYours(purpose)
  }
  return (actor, purpose) => {
    if (!isPurpose(purpose)) throw unknown(purpose)
    if (purpose === (actor.purpose ?? ordinaryPurpose)) return actor
    const policies = book.of(actor.tenant)
    return policies instanceof Promise
      ? policies.then((read) => stated(actor, purpose, read))
      : stated(actor, purpose, policies)
  }
}

function mayState(actor: Actor, purpose: string, policies: readonly Policy[]): boolean {
  if (purpose === breakGlassPurpose || actor.kind === 'patient') return false
  if (purposesAround(purpose).includes(ordinaryPurpose)) return true
  const roles = actor.kind === 'client' ? [actor.reference] : actor.roles
  return policies.some(
    (policy) => namesPurpose(policy, purpose) && roles.some((role) => isOfRole(policy, role)),
  )
}

function unknown(purpose: string) {
  return invalid(`${purpose.slice(0, mostShown)} is no code of v3-PurposeOfUse`, {
    code: 'identity.purpose-unknown',
  })
}

function notYours(purpose: string) {
  const how =
    purpose === breakGlassPurpose
      ? 'an emergency is stated by breaking the glass of one record'
      : `no policy of yours names the purpose ${purpose}`
  return forbidden(how, { code: 'identity.purpose-not-yours', values: { purpose } })
}
