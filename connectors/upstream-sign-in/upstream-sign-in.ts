/** Sign-in by systems of others: OpenID Connect providers (Keycloak and any other) and LDAP directories. */
import type { Kernel } from '@xinglin/app'
import { createAddresses } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { createLdapDoor } from './ldap/ldap-door.ts'
import { ldapRoutes } from './ldap/routes.ts'
import type { Needs } from './needs.ts'
import { createOidcDoor } from './oidc/oidc-door.ts'
import { oidcRoutes } from './oidc/routes.ts'
import { commonRoutes } from './routes.ts'

export { askForLeavers, leaversTasks } from './ldap/leavers.ts'

export type UpstreamSignInOptions = {
  /** Address of the platform as browsers reach it; absent: where the web server listens. */
  readonly publicUrl?: string
  /** Networks of the house in which providers are reached, there also without TLS. */
  readonly networks: readonly string[]
}

/** Registers the routes by which people come from other systems; before the web server listens. */
export function registerUpstreamSignIn(kernel: Kernel, options: UpstreamSignInOptions): void {
  const { web, identity, runtime } = kernel
  const needs: Needs = {
    ...{ upstream: identity.upstream, runtime, signIns: web.signIns },
    addresses: createAddresses(options.networks),
    publicUrl: () => options.publicUrl?.replace(/\/$/, '') ?? addressOf(web.http),
  }
  identity.upstream.connect('oidc', createOidcDoor(needs))
  identity.upstream.connect('ldap', createLdapDoor(needs))
  commonRoutes(web.http, needs)
  ldapRoutes(web.http, needs)
  oidcRoutes(web.http, needs)
}

function addressOf({ server }: FastifyInstance): string {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return `http://127.0.0.1:${port}`
}
