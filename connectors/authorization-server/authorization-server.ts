/** The one authorisation server for every app: OAuth 2.1, OpenID Connect Core 1.0, SMART App Launch 2.2. */
import type { Kernel } from '@xinglin/app'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { asAddress, handOver } from './bridge.ts'
import { allowApps } from './cors.ts'
import { smartConfiguration } from './documents.ts'
import { endSessionRoutes } from './end-session.ts'
import { interactionRoutes } from './interaction/routes.ts'
import { createKeyFetch } from './key-fetch.ts'
import { launchRoute } from './launch-route.ts'
import { keyLookMs } from './lives.ts'
import { createProvider, paths } from './provider.ts'
import { nameClient } from './refresh-client.ts'
import { readable } from './request-words.ts'
import { createSeal, derivedKey, openSecret } from './secrets.ts'
import { rotateSigningKey, signingKeys } from './signing-keys.ts'
import { userinfoRoutes } from './userinfo.ts'

/** A hundred scopes with search arguments, and a launch. */
const maxRequestBytes = 64 * 1024

export type AuthorizationServerOptions = {
  /** Address of the platform as apps reach it; absent: where the web server listens. */
  readonly issuer?: string
  /** Networks of the house from which keys of apps may be fetched, there also by http. */
  readonly keyNetworks?: readonly string[]
}

export interface AuthorizationServer {
  /** Replaces the key that signs ID tokens; other processes take it up within a minute. */
  rotateKeys(): Promise<void>
}

/** Registers the endpoints, the page that asks people, and the discovery documents; before the web server listens. */
export async function registerAuthorizationServer(
  kernel: Kernel,
  options: AuthorizationServerOptions,
): Promise<AuthorizationServer> {
  const { web, identity, runtime } = kernel
  const issuer = () => options.issuer?.replace(/\/$/, '') ?? addressOf(web.http)
  const fhirBase = () => `${issuer()}/fhir/R4`
  const seal = createSeal(kernel.keys)
  const secret = await openSecret(identity.oauth, seal)
  const keyParts = { store: identity.oauth, seal, runtime }
  const fetchKeys = createKeyFetch(options.keyNetworks ?? [])
  const holder = createHolder(async () => {
    const keys = await signingKeys(keyParts)
    const build = () =>
      createProvider({
        ...{ identity, seal, fetchKeys, issuer: issuer(), fhirBase: fhirBase() },
        ...{ signingKeys: keys, cookieKey: derivedKey(secret, 'cookies') },
      })
    return { name: keys.map(({ kid }) => kid).join(' '), build }
  })

  launchRoute(web.http, { identity, fhirBase })
  allowApps(web.http, identity.oauth, () => performance.now())
  await web.http.register(async (http) => {
    const pass = async (request: FastifyRequest, reply: FastifyReply) =>
      handOver({ request, reply }, await holder.provider())
    // Bodies are read by whoever answers: oidc-provider from the stream, our own forms below.
    http.removeAllContentTypeParsers()
    http.addContentTypeParser('*', async () => undefined)
    const open = { config: { access: 'open' as const } }
    http.get(paths.authorization, open, pass)
    http.get(`${paths.authorization}/:uid`, open, pass)
    http.get(paths.jwks, open, pass)
    http.get('/.well-known/openid-configuration', open, pass)
    for (const path of [paths.introspection, paths.revocation]) http.post(path, open, pass)
    for (const path of [
      paths.token,
      paths.jwks,
      paths.revocation,
      paths.pushed,
      '/.well-known/openid-configuration',
    ])
      http.options(path, open, pass)
    for (const path of ['/fhir/R4/.well-known/smart-configuration', '/.well-known/smart-configuration'])
      http.get(path, open, (_request, reply) =>
        reply
          .header('access-control-allow-origin', '*')
          .type('application/json')
          .send(smartConfiguration(issuer())),
      )
  })
  await web.http.register(async (http) => {
    http.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: unknown, body: string) => new URLSearchParams(body),
    )
    const proofKey = derivedKey(secret, 'forms')
    const { signIns } = web
    interactionRoutes(http, { identity, provider: holder.provider, fhirBase, proofKey, signIns })
    endSessionRoutes(http, { identity, issuer, keys: () => signingKeys(keyParts), proofKey, signIns })
    userinfoRoutes(http, { identity, fhirBase })
    const formOf = ({ body }: FastifyRequest) =>
      body instanceof URLSearchParams ? body : new URLSearchParams()
    const asked = { bodyLimit: maxRequestBytes, config: { access: 'form' as const } }
    http.post(paths.authorization, asked, async (request, reply) => {
      asAddress(request, formOf(request))
      return handOver({ request, reply }, await holder.provider())
    })
    http.post(paths.pushed, asked, async (request, reply) =>
      handOver({ request, reply, form: readable(formOf(request)).toString() }, await holder.provider()),
    )
  })
  web.answerGrants(async (request, reply, form) => {
    const named = await nameClient(form, request.headers, keyParts)
    return handOver({ request, reply, form: named }, await holder.provider())
  })

  return {
    async rotateKeys() {
      await rotateSigningKey(keyParts)
      holder.forget()
    },
  }
}

type Recipe = { readonly name: string; readonly build: () => Provider }

/** One provider, made anew when the keys that it signs with are others; looked at once a minute. */
function createHolder(look: () => Promise<Recipe>) {
  let held: { readonly name: string; readonly provider: Provider; readonly at: number } | undefined
  let looking: Promise<Provider> | undefined
  const renew = async () => {
    const { name, build } = await look()
    const provider = held?.name === name ? held.provider : build()
    held = { name, provider, at: performance.now() }
    return provider
  }
  return {
    async provider(): Promise<Provider> {
      if (held && performance.now() - held.at < keyLookMs) return held.provider
      looking ??= renew().finally(() => {
        looking = undefined
      })
      return looking
    },
    forget() {
      held = undefined
    },
  }
}

function addressOf({ server }: FastifyInstance): string {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return `http://127.0.0.1:${port}`
}
