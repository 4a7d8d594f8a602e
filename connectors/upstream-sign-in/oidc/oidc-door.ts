/** Trying an OpenID provider as it is set: discovery, what it says it can, its keys. Groups are seen only when somebody signs in. */
import type { OpenedProvider, Probe, UpstreamDoor } from '@xinglin/identity'
import type { Needs } from '../needs.ts'
import { createOidcClients, type OidcProvider } from './client.ts'
import { refusalOf } from './refusals.ts'

type Step = Probe['steps'][number]

export function createOidcDoor(needs: Needs): UpstreamDoor {
  return {
    async probe(provider: OpenedProvider): Promise<Probe> {
      if (provider.kind !== 'oidc') return { steps: [] }
      const steps: Step[] = []
      try {
        for await (const step of walk(needs, provider)) steps.push(step)
      } catch (error) {
        const { refusal, detail } = refusalOf(error)
        const name = steps.length === 0 ? 'discovery' : 'keys'
        steps.push({ name, isDone: false, detail: [refusal.message, detail].filter(Boolean).join(' · ') })
      }
      return { steps }
    },
  }
}

async function* walk(needs: Needs, provider: OidcProvider): AsyncGenerator<Step> {
  // A client of its own, so that what is tried is what is there now.
  const clients = createOidcClients(needs)
  const metadata = (await clients.of(provider)).serverMetadata()
  const { issuer, jwks_uri: keysAt, end_session_endpoint: ends, scopes_supported: scopes } = metadata
  yield { name: 'discovery', isDone: true, detail: issuer }
  const hasPkce = metadata.code_challenge_methods_supported?.includes('S256') === true
  yield { name: 'pkce', isDone: hasPkce, detail: hasPkce ? 'S256' : 'S256 is not among what it names' }
  if (keysAt) {
    const answer = await clients.fetchFor(provider)(keysAt)
    const keys: unknown = await answer.json()
    const count =
      typeof keys === 'object' && keys !== null && 'keys' in keys && Array.isArray(keys.keys)
        ? keys.keys.length
        : 0
    yield { name: 'keys', isDone: count > 0, detail: String(count) }
  }
  yield { name: 'scopes', isDone: true, detail: scopes?.join(' ') ?? '' }
  yield { name: 'logout', isDone: ends !== undefined, detail: ends ?? '' }
  yield {
    name: 'back-channel logout',
    isDone: metadata.backchannel_logout_supported === true,
    detail: `${needs.publicUrl()}/api/session/upstream/${provider.id}/logout`,
  }
  yield { name: 'redirect address', isDone: true, detail: clients.redirectUri(provider) }
}
