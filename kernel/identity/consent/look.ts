/** Who looks, as the rules of consents name people: himself, his roles and the departments that he works in. */
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'
import type { Look } from './evaluate.ts'
import { breakGlassPurpose, ordinaryPurpose, purposesAround } from './purposes.ts'

/** The keys under which a rule may name the actor; a role and a place together are named by both. */
export function actorKeys(
  actor: Pick<Actor, 'reference' | 'roles' | 'practitioner' | 'departments'>,
): readonly string[] {
  const { practitioner, departments = [] } = actor
  const places = departments.flatMap((id) => [`Organization/${id}`, `Location/${id}`])
  const whom = [actor.reference, ...(practitioner ? [`Practitioner/${practitioner}`] : []), ...places]
  const roles = actor.roles.map((role) => `role:${role}`)
  return [...whom, ...roles, ...roles.flatMap((role) => whom.map((each) => `${role}@${each}`))]
}

/** An ordinary look, for the purpose that the actor states. */
export function lookOf(actor: Actor, at: Instant): Look {
  return { keys: actorKeys(actor), purposes: purposesAround(actor.purpose ?? ordinaryPurpose), at }
}

/** A look through the broken glass: rules about treatment in general do not speak of it. */
export function emergencyLookOf(actor: Actor, at: Instant): Look {
  const purposes = purposesAround(breakGlassPurpose).filter((purpose) => purpose !== ordinaryPurpose)
  return { keys: actorKeys(actor), purposes, at, isEmergency: true }
}
