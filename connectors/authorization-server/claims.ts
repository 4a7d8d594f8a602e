/** Who a token is about (OpenID Connect Core 1.0 §5.1, SMART App Launch 2.2 §fhirUser). */
import type { Actor, Identity } from '@xinglin/identity'
import type { FindAccount } from 'oidc-provider'

/** An account for oidc-provider; undefined where the person, or the access that a token belongs to, is not there any more. */
export function accountFinder(
  { actorOf, oauth }: Pick<Identity, 'actorOf' | 'oauth'>,
  fhirBase: string,
): FindAccount {
  return async (_ctx, id, token) => {
    const person = (await actorOf(`user/${id}`)) ?? (await actorOf(`patient/${id}`))
    if (!person || person.mustChangePassword) return undefined
    const grantId = token && 'grantId' in token ? token.grantId : undefined
    if (grantId && !(await oauth.access(grantId))) return undefined
    // Which of them a token shows, oidc-provider decides by its scopes.
    const claims = claimsOf(person, { fhirBase, scopes: ['profile', 'fhirUser'] })
    return { accountId: id, claims: () => claims }
  }
}

/** `fhirUser` of a patient is his own Patient, whosever chart an app looks at. */
export async function ownClaims(
  { actorOf }: Pick<Identity, 'actorOf'>,
  person: Actor,
  asked: { readonly fhirBase: string; readonly scopes: readonly string[] },
): Promise<Claims> {
  const self = person.kind === 'patient' ? await actorOf(person.reference) : undefined
  return claimsOf(self ?? person, asked)
}

type Claims = { readonly sub: string; readonly name?: string; readonly fhirUser?: string }

type Claimant = Pick<Actor, 'id' | 'kind' | 'display' | 'practitioner' | 'patientContext'>

/** What may be said of a person under some scopes; `fhirUser` is absent for who is nobody in the record. */
export function claimsOf(
  { id, kind, display, practitioner, patientContext }: Claimant,
  { fhirBase, scopes }: { readonly fhirBase: string; readonly scopes: readonly string[] },
): Claims {
  const patient = kind === 'patient' && patientContext ? `Patient/${patientContext}` : undefined
  const fhirUser = practitioner === undefined ? patient : `Practitioner/${practitioner}`
  const isKnown = fhirUser !== undefined && scopes.includes('fhirUser')
  return {
    sub: id,
    ...(scopes.includes('profile') ? { name: display } : {}),
    ...(isKnown ? { fhirUser: `${fhirBase}/${fhirUser}` } : {}),
  }
}
