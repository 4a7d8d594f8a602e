/** A hospital whose people come from elsewhere: the platform listening, its administrator, a provider set and mapped. */
import type { Actor, GroupRole, LdapSettings, OidcSettings, UpstreamProvider } from '@xinglin/identity'
import { type TestKernel, testKernel } from '@xinglin/testkit'
import { registerUpstreamSignIn } from '../upstream-sign-in.ts'

/** The clock is that of the machine: the libraries look at no other. */
export async function testHospital() {
  const kernel = await testKernel({
    listen: true,
    start: new Date().toISOString(),
    limits: { signInsPerMinute: 100_000, anonymousRequestsPerSecond: 10_000 },
    register: (parts) => registerUpstreamSignIn(parts, { networks: ['127.0.0.0/8'] }),
  })
  const administrator = await signedInAdministrator(kernel)
  const { upstream } = kernel.identity
  return {
    ...{ kernel, administrator, upstream, home: kernel.baseUrl },
    redirectUri: (id: string) => `${kernel.baseUrl}/api/session/upstream/${id}/callback`,
    async set(
      provider: UpstreamProvider & { readonly secret?: string },
      mappings: readonly GroupRole[] = [],
    ) {
      await upstream.save(administrator, provider)
      await upstream.setMappings(administrator, { id: provider.id, mappings, reason: 'for the test' })
    },
    /** Codes of the newest failures, newest first. */
    async failures(id: string, count: number) {
      await kernel.identity.stop()
      return (await upstream.failures(administrator, id)).slice(0, count).map(({ code }) => code)
    },
  }
}

async function signedInAdministrator({ identity }: TestKernel): Promise<Actor> {
  const password = 'Heron-47-lake'
  await identity.ensureAdministrator({ password })
  return (await identity.accounts.signIn({ login: 'admin', password })).actor
}

/** A provider as most hospitals set it. */
export function oidcProvider(
  id: string,
  settings: Pick<OidcSettings, 'issuer'> & Partial<OidcSettings>,
): UpstreamProvider & { readonly secret: string } {
  return {
    ...{
      id,
      kind: 'oidc',
      title: { zh: '统一身份', en: 'Hospital sign-on' },
      joining: 'auto',
      isEnabled: true,
    },
    ...{ allowsAdministrators: false, localPasswords: 'kept', secret: 'Juniper-and-Linden-9' },
    settings: {
      ...{ clientId: 'xinglin', clientAuthentication: 'client_secret_basic', clockSkewSeconds: 30 },
      ...{ scopes: ['profile', 'groups'], loginClaim: 'preferred_username', displayClaim: 'name' },
      ...{ groupsClaim: 'groups', secondFactorAcr: [], secondFactorAmr: [], endsUpstreamSession: true },
      ...settings,
    },
  }
}

/** A directory in the shape of OpenLDAP. */
export function ldapProvider(
  id: string,
  settings: Pick<LdapSettings, 'servers'> & Partial<LdapSettings>,
): UpstreamProvider & { readonly secret: string } {
  return {
    ...{
      id,
      kind: 'ldap',
      title: { zh: '医院目录', en: 'Hospital directory' },
      joining: 'auto',
      isEnabled: true,
    },
    ...{ allowsAdministrators: false, localPasswords: 'kept', secret: 'searching-9' },
    settings: {
      ...{ startTls: false, bind: 'search', bindDn: 'cn=reader,dc=hospital,dc=example' },
      ...{
        baseDn: 'ou=people,dc=hospital,dc=example',
        userFilter: '(&(objectClass=inetOrgPerson)(uid={login}))',
      },
      ...{ subjectAttribute: 'entryUUID', loginAttribute: 'uid', displayAttribute: 'cn' },
      ...{ groups: 'search', groupBaseDn: 'ou=groups,dc=hospital,dc=example', groupFilter: '(member={dn})' },
      ...{ groupNameAttribute: 'cn', nestedDepth: 5 },
      ...settings,
    },
  }
}
