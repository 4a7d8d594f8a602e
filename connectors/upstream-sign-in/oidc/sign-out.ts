/** RP-Initiated Logout 1.0: signing out here goes on to the provider, so that the next person at this desk is not signed in. */
import type { FastifyInstance } from 'fastify'
import * as openid from 'openid-client'
import { type Needs, routePath } from '../needs.ts'
import type { OidcClients, OidcProvider } from './client.ts'

/** Registers `DELETE`: the session ends; `continueAt` is where the browser goes on to end the provider's too. */
export function signOutRoute(http: FastifyInstance, needs: Needs, clients: OidcClients): void {
  http.delete(routePath, async (request, reply) => {
    const session = request.actor?.session
    const continueAt = session === undefined ? undefined : await endAddress(needs, clients, session)
    await needs.signIns.leave(request, reply)
    return continueAt === undefined ? {} : { continueAt }
  })
}

/** Undefined where the session is no provider's, or the provider has no such end; signing out here never waits for it in vain. */
async function endAddress(
  { upstream, publicUrl, runtime }: Needs,
  clients: OidcClients,
  session: string,
): Promise<string | undefined> {
  const ended = await upstream.endedAt(session)
  if (!ended) return undefined
  try {
    const provider = await upstream.opened(ended.provider)
    if (provider.kind !== 'oidc' || !provider.settings.endsUpstreamSession) return undefined
    const config = await clients.of(provider satisfies OidcProvider)
    if (!config.serverMetadata().end_session_endpoint) return undefined
    return openid.buildEndSessionUrl(config, {
      post_logout_redirect_uri: `${publicUrl()}/`,
      ...(ended.idToken === undefined ? {} : { id_token_hint: ended.idToken }),
    }).href
  } catch (error) {
    // The provider is away or was switched off: the session here ends all the same.
    runtime.log.warn('a provider cannot be asked to end its session', {
      error: error instanceof Error ? error.name : typeof error,
    })
    return undefined
  }
}
