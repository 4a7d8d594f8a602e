/** Each token that is given or refused leaves an entry in the audit trail (law 5): whose, through which app, with what scopes. */
import type { TenantId } from '@xinglin/events'
import type { Actor, Identity } from '@xinglin/identity'
import type { KoaContextWithOIDC } from 'oidc-provider'

/** A wrong client may be of any institution; the first one's auditors see it. */
const firstTenant = 1 as TenantId

/** A step around the endpoints that writes what the token endpoint answered. */
export function auditTokens({ identity }: { readonly identity: Identity }) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    if (ctx.oidc?.route !== 'token' || ctx.method !== 'POST') return
    const isGiven = ctx.status === 200
    const detail = isGiven
      ? wordOf(ctx.body, 'scope')
      : [wordOf(ctx.body, 'error'), ctx.oidc.params?.grant_type].join(' ')
    const actor = await actorOf(identity, ctx)
    const app = ctx.oidc.client?.clientId
    if (isGiven && app) await identity.oauth.noteToken(app, actor.kind === 'client' ? undefined : actor.id)
    await identity.audit(actor, {
      action: 'token',
      resourceType: 'App',
      resourceId: app ?? 'unknown',
      outcome: isGiven ? 'allowed' : 'refused',
      detail,
    })
  }
}

async function actorOf(identity: Identity, { oidc, ip }: KoaContextWithOIDC): Promise<Actor> {
  const { AccessToken: access, RefreshToken: refresh, AuthorizationCode: code } = oidc.entities
  const account = access?.accountId ?? refresh?.accountId ?? code?.accountId
  const app = oidc.client?.clientId
  const person = account
    ? ((await identity.actorOf(`user/${account}`)) ?? (await identity.actorOf(`patient/${account}`)))
    : undefined
  if (person) return { ...person, address: ip, ...(app ? { client: app } : {}) }
  const tenant = oidc.client?.['xinglin:tenant']
  return {
    ...{ kind: 'client', id: app ?? 'unknown', reference: `app/${app ?? 'unknown'}`, roles: [], scopes: [] },
    ...{ tenant: typeof tenant === 'number' ? (tenant as TenantId) : firstTenant, address: ip },
    display: oidc.client?.clientName ?? 'unknown app',
  }
}

function wordOf(body: unknown, name: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  return typeof value === 'string' ? value : ''
}
