/** Machine clients as administrators keep them; a secret is shown once and stored as its digest. */
import { constraintOf, type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict, forbidden, invalid, notFound } from '@xinglin/fhir'
import { type Administration, administer, inspect, refuseWithoutReason } from './administer.ts'
import type { ByTwo } from './approvals/by-two.ts'
import { storedSecret } from './client-secrets.ts'
import type { HeldToken } from './clients.ts'
import type { CredentialCache } from './credential-cache.ts'
import type { Actor, Client, Clients } from './identity.ts'
import { localInstant } from './local-instant.ts'
import { refuseUnknownScopes } from './scopes.ts'
import { newSecret } from './secrets.ts'

export type ClientParts = Administration & {
  readonly byTwo: ByTwo
  readonly tokens: CredentialCache<HeldToken>
}

const permission = 'administration.clients.write'

export function createClientAdministration(parts: ClientParts): Omit<Clients, 'grantToken' | 'tokenActor'> {
  const { runtime, tokens } = parts
  const change = (by: Actor, act: { id: string; reason: string }, kind: Kind, work: Work) =>
    changeClient(parts, by, { ...act, kind, work })
  const endTokens = async (transaction: Transaction, client: string) => {
    await transaction.query(sql`
      delete from identity.access_token
      where client = ${client}`)
    transaction.afterCommit(() => tokens.clear())
  }
  const clientNow = async (from: Queryable, by: Actor, id: string) => {
    const [client] = await from.query(sql<{
      display: string
      scopes: readonly string[]
      isDisabled: boolean
    }>`
      select display, scopes, disabled is not null as "isDisabled"
      from identity.client
      where tenant = ${by.tenant} and id = ${id}`)
    return client ?? {}
  }
  const setScopes = parts.byTwo.guard<{ id: string; scopes: readonly string[]; reason: string }>({
    kind: 'clients.scopes',
    permission,
    subject: ({ id }) => ({ type: 'Client', id: id.slice(0, 64) }),
    before: (from, by, { id, scopes }) => {
      refuseScopes(scopes)
      return clientNow(from, by, id)
    },
    async act(by, { scopes, ...act }) {
      refuseScopes(scopes)
      await change(by, act, 'identity.client-scopes-set', async (transaction) => {
        refuseUnlessAdministrator(by)
        await transaction.query(sql`
          update identity.client
          set scopes = ${[...new Set(scopes)]}
          where id = ${act.id}`)
        await endTokens(transaction, act.id)
      })
    },
  })
  const enable = parts.byTwo.guard<{ id: string; reason: string }>({
    kind: 'clients.enable',
    permission,
    subject: ({ id }) => ({ type: 'Client', id: id.slice(0, 64) }),
    before: (from, by, { id }) => clientNow(from, by, id),
    act: (by, act) =>
      change(by, act, 'identity.client-enabled', async (transaction) => {
        await transaction.query(sql`
          update identity.client
          set disabled = null
          where id = ${act.id}`)
      }),
  })
  return {
    setScopes,
    enable,
    list: (by) =>
      inspect(parts, by, {
        permission: 'administration.clients.read',
        detail: 'list',
        get: () => listClients(parts, by),
      }),
    create: (by, client) => createByTwo(parts, by, client, enable),
    async renewSecret(by, act) {
      const secret = newSecret()
      await change(by, act, 'identity.client-secret-renewed', async (transaction) => {
        await transaction.query(sql`
          update identity.client
          set secret_hash = ${storedSecret(secret)}, secret_set = ${runtime.now()}::timestamptz
          where id = ${act.id}`)
        await endTokens(transaction, act.id)
      })
      return { secret }
    },
    async setRate(by, { requestsPerSecond, ...act }) {
      refuseRate(requestsPerSecond)
      await change(by, act, 'identity.client-rate-set', async (transaction) => {
        await transaction.query(sql`
          update identity.client
          set requests_per_second = ${requestsPerSecond}
          where id = ${act.id}`)
        transaction.afterCommit(() => tokens.clear())
      })
    },
    disable: (by, act) =>
      change(by, act, 'identity.client-disabled', async (transaction) => {
        await transaction.query(sql`
          update identity.client
          set disabled = ${runtime.now()}::timestamptz
          where id = ${act.id}`)
        await endTokens(transaction, act.id)
      }),
  }
}

type Kind = `identity.${string}`
type Work = (transaction: Transaction) => Promise<void>

async function changeClient(
  parts: ClientParts,
  by: Actor,
  { id, reason, kind, work }: { id: string; reason: string; kind: Kind; work: Work },
): Promise<void> {
  const stated = refuseWithoutReason(reason)
  await administer(parts, by, {
    permission,
    kind,
    subject: { type: 'Client', id },
    reason: stated,
    work: async (transaction) => {
      const found = await transaction.query(sql`
        select id
        from identity.client
        where tenant = ${by.tenant}
        and id = ${id}
        for update`)
      if (found.length === 0)
        throw notFound(`there is no machine client ${id.slice(0, 64)}`, {
          code: 'identity.no-client',
          at: 'id',
        })
      await work(transaction)
    },
  })
}

/** Where administrators are separate, a client is made disabled, and waits for the second person to be let in. */
async function createByTwo(
  parts: ClientParts,
  by: Actor,
  client: { id?: string; display: string; scopes: readonly string[] },
  enable: Clients['enable'],
): ReturnType<Clients['create']> {
  const isOn = await parts.byTwo.isOn(by)
  const made = await createClient(parts, by, { ...client, isDisabled: isOn })
  if (!isOn) return made
  const reason = `${client.display}: ${client.scopes.join(' ')}`.slice(0, 500)
  return { ...made, ...(await enable(by, { id: made.id, reason })) }
}

async function createClient(
  parts: ClientParts,
  by: Actor,
  {
    id = parts.runtime.newId(),
    display,
    scopes,
    isDisabled,
  }: { id?: string; display: string; scopes: readonly string[]; isDisabled: boolean },
): Promise<{ id: string; secret: string }> {
  refuseClientId(id)
  refuseScopes(scopes)
  const shown = display.trim()
  if (shown.length < 1 || shown.length > 100)
    throw invalid('a machine client has a name of 1 to 100 characters', {
      code: 'identity.display',
      at: 'display',
    })
  const secret = newSecret()
  await administer(parts, by, {
    permission,
    kind: 'identity.client-created',
    subject: { type: 'Client', id },
    data: { scopes },
    work: (transaction) => {
      if (!isDisabled) refuseUnlessAdministrator(by)
      return insertClient(transaction, {
        ...{ id, isDisabled },
        tenant: by.tenant,
        display: shown,
        secretHash: storedSecret(secret),
        scopes: [...new Set(scopes)],
        at: parts.runtime.now(),
      })
    },
  })
  return { id, secret }
}

type NewClient = {
  readonly id: string
  readonly tenant: TenantId
  readonly display: string
  readonly secretHash: string
  readonly scopes: readonly string[]
  readonly at: string
  readonly isDisabled?: boolean
}

/** Throws `conflict` (`identity.client-taken`). */
export async function insertClient(transaction: Transaction, client: NewClient): Promise<void> {
  const { id, tenant, display, secretHash, scopes, at, isDisabled = false } = client
  try {
    await transaction.query(sql`
      insert into identity.client (id, tenant, display, secret_hash, scopes, created, secret_set, disabled)
      values (
        ${id}, ${tenant}, ${display}, ${secretHash}, ${scopes}, ${at}, ${at},
        case when ${isDisabled} then ${at}::timestamptz end)`)
  } catch (error) {
    if (constraintOf(error) !== 'client_pkey') throw error
    throw conflict(`the client id ${id} is taken: choose another`, {
      code: 'identity.client-taken',
      at: 'id',
      cause: error,
    })
  }
}

/** RFC 7617 §2: a colon would end the id in HTTP Basic. Throws `invalid` (`identity.client-id`). */
export function refuseClientId(id: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/.test(id)) return
  throw invalid('a client id has 2 to 64 letters, digits, dots, hyphens or underscores', {
    code: 'identity.client-id',
    at: 'id',
  })
}

function refuseScopes(scopes: readonly string[]): void {
  if (scopes.length === 0)
    throw invalid('a machine client needs at least one scope', { code: 'identity.scope', at: 'scopes' })
  refuseUnknownScopes(scopes)
}

const mostRequestsPerSecond = 100_000

function refuseRate(rate: number | undefined): void {
  if (rate === undefined || (Number.isInteger(rate) && rate >= 1 && rate <= mostRequestsPerSecond)) return
  throw invalid(`requests a second are a whole number from 1 to ${mostRequestsPerSecond}`, {
    code: 'identity.client-rate',
    at: 'requestsPerSecond',
  })
}

/** Scopes reach further than any role of people, so giving them is an administrator's act. */
function refuseUnlessAdministrator(by: Actor): void {
  if (by.kind === 'system' || by.roles.includes('administrator') || by.approval) return
  throw forbidden('only an administrator gives scopes to machine clients', {
    code: 'identity.not-administrator',
  })
}

async function listClients({ database, runtime }: ClientParts, by: Actor): Promise<readonly Client[]> {
  const rows = await database.query(sql<
    Omit<Client, 'requestsPerSecond'> & { requestsPerSecond: number | null }
  >`
    select id, display, scopes, created, secret_set as "secretSet", last_token as "lastToken", disabled,
      requests_per_second as "requestsPerSecond"
    from identity.client
    where tenant = ${by.tenant}
    order by id
    limit 1000`)
  const zone = runtime.timeZone
  return rows.map(({ requestsPerSecond, ...row }) => ({
    ...row,
    ...(requestsPerSecond ? { requestsPerSecond } : {}),
    created: localInstant(row.created, zone) ?? row.created,
    secretSet: localInstant(row.secretSet, zone) ?? row.secretSet,
    lastToken: localInstant(row.lastToken, zone),
    disabled: localInstant(row.disabled, zone),
  }))
}
