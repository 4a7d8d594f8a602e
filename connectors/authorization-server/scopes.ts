/** Which scopes a request may have: what the app is registered with, refused beyond (RFC 6749 §3.3, not narrowed). */
import { coversScope } from '@xinglin/identity'
import { type Client, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'

/** The scopes with which an app is registered. */
export function registeredScopes(client: Client): readonly string[] {
  const words = client['xinglin:scopes']
  return typeof words === 'string' ? words.split(' ') : []
}

/** The FHIR API as this request may use it; throws `invalid_scope` naming the first scope beyond the registration. */
export function fhirResource(
  ctx: KoaContextWithOIDC,
  client: Client,
  lives: { readonly accessTokenSeconds: number; readonly audience: string },
): ResourceServer {
  const asked = askedScopes(ctx)
  const held = registeredScopes(client)
  const beyond = asked.find((scope) => !coversScope(held, scope))
  if (beyond !== undefined)
    throw new errors.InvalidScope(
      'the app is not registered for a scope that it asks for',
      beyond.slice(0, 200),
    )
  return {
    scope: asked.join(' '),
    audience: lives.audience,
    accessTokenFormat: 'opaque',
    accessTokenTTL: lives.accessTokenSeconds,
  }
}

/** Of the request itself, else of the code or refresh token that it shows. */
function askedScopes({ oidc }: KoaContextWithOIDC): readonly string[] {
  const { AuthorizationCode: code, RefreshToken: refresh } = oidc.entities
  const words = wordsOf(oidc.params?.scope)
  return words.length > 0 ? words : wordsOf(code?.scope ?? refresh?.scope)
}

/** The words of a space-separated list. */
export function wordsOf(scope: unknown): readonly string[] {
  return typeof scope === 'string' ? [...new Set(scope.split(' ').filter((word) => word !== ''))] : []
}
