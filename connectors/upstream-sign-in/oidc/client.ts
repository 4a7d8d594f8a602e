/** Our side as a client of one provider (OpenID Connect Core 1.0 §3.1, RFC 9700): strict by `openid-client`. */
import type { OidcSettings, OpenedProvider } from '@xinglin/identity'
import * as openid from 'openid-client'
import { createGuardedFetch, type GuardedFetch } from '../guarded-fetch.ts'
import { type Needs, routePath } from '../needs.ts'

export type OidcProvider = OpenedProvider & { readonly kind: 'oidc'; readonly settings: OidcSettings }

/** What a provider says of itself changes with its next version, not from minute to minute. */
const believedMs = 10 * 60_000
/** Both are given by the standard; a provider that sends more is not understood. */
const patienceSeconds = 6

type Held = {
  readonly version: string
  readonly atMs: number
  readonly metadata: Promise<openid.ServerMetadata>
}

export interface OidcClients {
  /** Ready to ask and to judge answers. Its keys are fetched anew for each sign-in, so that rotated ones are known at once. */
  of(provider: OidcProvider): Promise<openid.Configuration>
  fetchFor(provider: OidcProvider): GuardedFetch
  redirectUri(provider: OidcProvider): string
}

export function createOidcClients({ addresses, publicUrl }: Needs): OidcClients {
  const held = new Map<string, Held>()
  const fetchFor = ({ settings }: OidcProvider) => createGuardedFetch(addresses, settings.authorities)

  const metadataOf = (provider: OidcProvider): Promise<openid.ServerMetadata> => {
    const { id, version } = provider
    const known = held.get(id)
    const atMs = performance.now()
    if (known?.version === version && atMs - known.atMs < believedMs) return known.metadata
    const metadata = discover(provider, fetchFor(provider))
    held.set(id, { version, atMs, metadata })
    metadata.catch(() => held.delete(id))
    return metadata
  }

  return {
    fetchFor,
    redirectUri: ({ id }) => `${publicUrl()}${routePath}/${id}/callback`,
    async of(provider) {
      const { clientId, clockSkewSeconds } = provider.settings
      const metadata = await metadataOf(provider)
      const client = { [openid.clockTolerance]: clockSkewSeconds }
      const config = new openid.Configuration(metadata, clientId, client, authenticationOf(provider))
      config[openid.customFetch] = fetching(fetchFor(provider))
      config.timeout = patienceSeconds
      // The guard decides where http may be spoken: in networks that the installation names.
      openid.allowInsecureRequests(config)
      // The signature of an ID token is checked, though it came over TLS (OpenID Connect Core 1.0 §3.1.3.7 point 6).
      openid.enableNonRepudiationChecks(config)
      return config
    },
  }
}

async function discover(provider: OidcProvider, fetchIt: GuardedFetch): Promise<openid.ServerMetadata> {
  const { issuer, clientId } = provider.settings
  const config = await openid.discovery(new URL(issuer), clientId, undefined, undefined, {
    execute: [openid.allowInsecureRequests],
    [openid.customFetch]: fetching(fetchIt),
    timeout: patienceSeconds,
  })
  return config.serverMetadata()
}

function fetching(fetchIt: GuardedFetch): openid.CustomFetch {
  return (url, { method, headers, body }) =>
    fetchIt(url, {
      method,
      headers,
      ...(body === undefined || body === null ? {} : { body: textOf(body) }),
    })
}

/** The library sends forms only. */
function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new TypeError('a request to a provider carries a form')
}

function authenticationOf({ settings, secret = '' }: OidcProvider): openid.ClientAuth {
  switch (settings.clientAuthentication) {
    case 'client_secret_basic':
      return openid.ClientSecretBasic(secret)
    case 'client_secret_post':
      return openid.ClientSecretPost(secret)
    case 'none':
      return openid.None()
  }
}
