/** OpenID Connect Discovery 1.0 §3: what oidc-provider says of itself, made true where another part of ours answers. */
import type { KoaContextWithOIDC } from 'oidc-provider'

type Next = () => Promise<void>

/** A step around the discovery document; a test uses every single thing that it names. */
export async function tellWhatIs(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  await next()
  const { body } = ctx
  if (ctx.oidc?.route !== 'discovery' || typeof body !== 'object' || body === null) return
  ctx.body = {
    ...body,
    response_modes_supported: ['query', 'fragment'],
    // Clients with a secret are the machine clients, whose tokens kernel/web gives at the same address.
    token_endpoint_auth_methods_supported: [
      ...['none', 'private_key_jwt', 'client_secret_basic', 'client_secret_post'],
    ],
    ui_locales_supported: ['zh', 'en'],
    prompt_values_supported: ['none', 'login', 'consent'],
  }
}
