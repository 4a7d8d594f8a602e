/** OAuth 2.0 client credentials (RFC 6749 §4.4): opaque tokens, looked up once and then believed for seconds. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, instantOf, invalid, unauthenticated } from '@xinglin/fhir'
import { type AppActorParts, appTokenActor } from './apps/app-actor.ts'
import type { ClientSecrets } from './client-secrets.ts'
import type { Actor, Clients } from './identity.ts'
import { coversRights } from './rights.ts'
import { refuseUnknownScopes, rightsOfScopes, splitScopes } from './scopes.ts'
import { digest, newSecret } from './secrets.ts'

export type HeldToken = { readonly actor: Actor; readonly endsMs: number }

export type TokenParts = AppActorParts & { readonly secrets: ClientSecrets }

/** Longer ids and secrets are wrong without being looked at. */
const maxGivenCharacters = 512

export function createTokens(parts: TokenParts): Pick<Clients, 'grantToken' | 'tokenActor'> {
  return {
    grantToken: (request) => grantToken(parts, request),
    tokenActor: (accessToken) => tokenActor(parts, accessToken),
  }
}

async function grantToken(
  parts: TokenParts,
  { clientId, clientSecret, scope, address }: Parameters<Clients['grantToken']>[0],
): ReturnType<Clients['grantToken']> {
  const { database, runtime, audit, secrets, settings } = parts
  const at = runtime.now()
  const client = await findClient(database, clientId.slice(0, maxGivenCharacters))
  const secret = clientSecret.slice(0, maxGivenCharacters)
  const isRight = await secrets.verify({ id: clientId, secretHash: client?.secretHash }, secret, epochMs(at))
  if (!client || !isRight) {
    const actor = client ? actorOf(client, []) : unknownClient
    audit.note(
      { ...actor, address },
      { action: 'token', outcome: 'refused', detail: 'wrong client or secret' },
    )
    throw unauthenticated('the client or its secret is wrong', { code: 'identity.wrong-client' })
  }
  const scopes = grantedScopes(client.scopes, scope)
  const accessToken = newSecret()
  const ends = instantOf(epochMs(at) + settings.tokenLifeSeconds * 1_000, runtime.timeZone)
  await database.transaction(async (transaction) => {
    await transaction.query(sql`
      with over as (delete from identity.access_token where ends < ${at}::timestamptz),
      used as (update identity.client set last_token = ${at}::timestamptz where id = ${client.id})
      insert into identity.access_token (token_hash, client, scopes, ends)
      values (${digest(accessToken)}, ${client.id}, ${scopes}, ${ends})`)
    const actor = { ...actorOf(client, scopes), address }
    audit.write(transaction, actor, [{ action: 'token', outcome: 'allowed', detail: scopes.join(' ') }])
  })
  return { accessToken, expiresInSeconds: settings.tokenLifeSeconds, scope: scopes.join(' ') }
}

/** RFC 6749 §3.3: without a scope the client gets all that it holds; beyond that is refused, not narrowed. */
function grantedScopes(held: readonly string[], asked: string | undefined): readonly string[] {
  if (asked === undefined || asked.trim() === '') return held
  const scopes = splitScopes(asked)
  refuseUnknownScopes(scopes)
  if (coversRights(rightsOfScopes(held), rightsOfScopes(scopes))) return scopes
  throw invalid(`the scope asked for is beyond what the client holds (${held.join(' ')})`, {
    code: 'identity.scope',
    at: 'scope',
  })
}

async function tokenActor(parts: TokenParts, accessToken: string): Promise<Actor | undefined> {
  const { runtime, tokens } = parts
  if (accessToken.length > maxGivenCharacters) return undefined
  const tokenHash = digest(accessToken)
  const key = tokenHash.toString('base64url')
  const nowMs = epochMs(runtime.now())
  const known = tokens.get(key, nowMs)
  if (known) return nowMs < known.endsMs ? known.actor : undefined
  const held = (await machineTokenActor(parts, tokenHash)) ?? (await appTokenActor(parts, tokenHash))
  if (!held) {
    tokens.forget(key)
    return undefined
  }
  tokens.set(key, held, nowMs)
  return held.actor
}

async function machineTokenActor(
  { database, runtime }: TokenParts,
  tokenHash: Buffer,
): Promise<HeldToken | undefined> {
  const [row] = await database.query(liveToken(tokenHash, runtime.now()))
  return row && { actor: actorOf(row, row.scopes), endsMs: epochMs(row.ends) }
}

type ClientRow = {
  readonly id: string
  readonly tenant: TenantId
  readonly display: string
  readonly requestsPerSecond?: number | null
}

async function findClient(database: Database, id: string) {
  const [client] = await database.query(sql<ClientRow & { secretHash: string; scopes: readonly string[] }>`
    select id, tenant, display, secret_hash as "secretHash", scopes
    from identity.client
    where id = ${id}
    and disabled is null`)
  return client
}

const liveToken = (tokenHash: Buffer, at: string) => sql<
  ClientRow & { readonly scopes: readonly string[]; readonly ends: string }
>`
  select client.id, client.tenant, client.display, client.requests_per_second as "requestsPerSecond",
    access_token.scopes, access_token.ends
  from identity.access_token
  join identity.client on client.id = access_token.client
  where access_token.token_hash = ${tokenHash}
  and access_token.ends > ${at}::timestamptz
  and client.disabled is null`

function actorOf({ id, tenant, display, requestsPerSecond }: ClientRow, scopes: readonly string[]): Actor {
  return {
    ...{ kind: 'client', id, reference: `client/${id}`, tenant, roles: [], scopes, display },
    ...(requestsPerSecond ? { requestsPerSecond } : {}),
  }
}

const unknownClient: Actor = {
  kind: 'client',
  id: 'unknown',
  reference: 'client/unknown',
  tenant: 1 as TenantId,
  roles: [],
  scopes: [],
  display: 'unknown client',
}
