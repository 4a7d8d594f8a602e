/** Where oidc-provider keeps its models: our tables, each row by the digest of its value and sealed; clients are the registered apps. */
import type { OauthStore, RegisteredApp, StoredArtifact } from '@xinglin/identity'
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { Seal } from './secrets.ts'

type Parts = { readonly store: OauthStore; readonly seal: Seal }

/** The adapter of one model. */
export function createAdapter(parts: Parts, model: string): Adapter {
  return model === 'Client' ? clientAdapter(parts) : artifactAdapter(parts, model)
}

function artifactAdapter({ store, seal }: Parts, kind: string): Adapter {
  const opened = async (found: StoredArtifact | undefined): Promise<AdapterPayload | undefined> => {
    if (!found) return undefined
    const payload = JSON.parse(await seal.open(found.sealed, kind)) as AdapterPayload
    return found.isConsumed ? { ...payload, consumed: true } : payload
  }
  const find = async (value: string) => opened(await store.get(kind, value))
  return {
    async upsert(value, payload, expiresIn) {
      const artifact = {
        ...{ kind, value, sealed: await seal.seal(JSON.stringify(payload), kind) },
        ...{ uid: payload.uid, access: payload.grantId, app: payload.clientId, scope: payload.scope },
        endsSeconds: expiresIn === undefined ? payload.exp : Math.floor(Date.now() / 1_000) + expiresIn,
      }
      if (kind !== 'ReplayDetection') return store.put(artifact)
      // Two processes may be shown the same assertion at once: one of them writes it first.
      if (!(await store.putOnce(artifact))) throw new errors.InvalidClientAuth('assertion was used before')
    },
    find,
    findByUid: async (uid) => opened(await store.getByUid(kind, uid)),
    // Device codes are not among what this server gives.
    findByUserCode: async () => undefined,
    async consume(value) {
      if (await store.consume(kind, value)) return
      // Used twice at the same time: whoever has it besides its owner gets nothing, and loses what he got.
      const grantId = (await find(value))?.grantId
      if (grantId) await store.endAccess(grantId)
      throw new errors.InvalidGrant('used before')
    },
    async destroy(value) {
      if (kind === 'Grant') await store.endAccess(value)
      await store.remove(kind, value)
    },
    revokeByGrantId: (grantId) => store.removeOfAccess(kind, grantId),
  }
}

function clientAdapter({ store }: Parts): Adapter {
  const refuse = async () => {
    throw new errors.InvalidRequest('apps are registered by the institution')
  }
  return {
    upsert: refuse,
    destroy: refuse,
    consume: refuse,
    revokeByGrantId: refuse,
    findByUserCode: async () => undefined,
    findByUid: async () => undefined,
    async find(id) {
      const app = await store.app(id)
      return app && metadataOf(app)
    },
  }
}

/** A registered app in the words of RFC 7591 §2. */
function metadataOf(app: RegisteredApp): AdapterPayload {
  const isService = app.kind === 'service'
  return {
    client_id: app.id,
    client_name: app.name,
    redirect_uris: [...app.redirectUris],
    response_types: isService ? [] : ['code'],
    grant_types: isService ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: app.kind === 'public' ? 'none' : 'private_key_jwt',
    ...(app.jwks ? { jwks: app.jwks } : {}),
    ...(app.jwksUri ? { jwks_uri: app.jwksUri } : {}),
    'xinglin:scopes': app.scopes.join(' '),
    'xinglin:tenant': app.tenant,
  } as AdapterPayload
}
