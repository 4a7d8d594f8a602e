/** Who a token is about (OpenID Connect Core 1.0 §5.1, SMART App Launch 2.2 §fhirUser). */
import type { Identity } from '@xinglin/identity'
import type { FindAccount } from 'oidc-provider'

/** An account for oidc-provider; undefined where the person, or the access that a token belongs to, is not there any more. */
export function accountFinder(
  { actorOf, oauth }: Pick<Identity, 'actorOf' | 'oauth'>,
  fhirBase: string,
): FindAccount {
  return async (_ctx, id, token) => {
    const person = await actorOf(`user/${id}`)
    if (!person || person.mustChangePassword) return undefined
    const grantId = token && 'grantId' in token ? token.grantId : undefined
    if (grantId && !(await oauth.access(grantId))) return undefined
    const { practitioner } = person
    return {
      accountId: id,
      claims: () => ({
        sub: id,
        name: person.display,
        ...(practitioner ? { fhirUser: `${fhirBase}/Practitioner/${practitioner}` } : {}),
      }),
    }
  }
}
