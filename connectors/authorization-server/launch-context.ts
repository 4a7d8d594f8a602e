/** SMART App Launch 2.2 §launch-context: what stands beside the token, and in its introspection. */
import type { Identity } from '@xinglin/identity'
import type { KoaContextWithOIDC } from 'oidc-provider'

type Next = () => Promise<void>

/** Adds patient and encounter to answers of the token and introspection endpoints. */
export function addLaunchContext({ identity }: { readonly identity: Identity }) {
  return async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    await next()
    const route = ctx.oidc?.route
    const { body } = ctx
    if (ctx.status !== 200 || (route !== 'token' && route !== 'introspection') || !isObject(body)) return
    if (route === 'introspection' && Reflect.get(body, 'active') !== true) return
    const id = grantIdOf(ctx)
    const access = id ? await identity.oauth.access(id) : undefined
    if (!access) return
    const { patient, encounter } = access
    ctx.body = {
      ...body,
      // The launched app stands beside our banner only where it was opened in it; it opens in a window of its own.
      ...(patient ? { patient, need_patient_banner: true } : {}),
      ...(encounter ? { encounter } : {}),
    }
  }
}

function grantIdOf({ oidc }: KoaContextWithOIDC): string | undefined {
  const { AccessToken: access, RefreshToken: refresh } = oidc.entities
  return access?.grantId ?? refresh?.grantId
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value)
}
