/** The first administrator and the first machine client, made where there is none (contract with operators). */
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { invalid } from '@xinglin/fhir'
import { administer } from './administer.ts'
import { isOnNow } from './approvals/separation.ts'
import { insertClient, refuseClientId } from './client-administration.ts'
import type { Actor, Identity } from './identity.ts'
import { insertAccount, type PeopleParts } from './people.ts'
import { refuseUnknownScopes } from './scopes.ts'
import { oneTimePassword } from './secrets.ts'

const tenant = 1 as TenantId
const login = 'admin'
const minGivenCharacters = 8

export function createFirstStart(
  parts: PeopleParts,
  start: Actor,
): Pick<Identity, 'ensureAdministrator' | 'ensureClient'> {
  return {
    ensureAdministrator: ({ password }) => ensureAdministrator(parts, start, password),
    ensureClient: (client) => ensureClient(parts, start, client),
  }
}

async function ensureAdministrator(
  parts: PeopleParts,
  start: Actor,
  given: string | undefined,
): ReturnType<Identity['ensureAdministrator']> {
  refuseShort(given)
  // Separate administrators are named by people; a start makes no one above them.
  if (await isOnNow(parts.database, tenant)) return { login }
  const [present] = await parts.database.query(sql<{ id: string; login: string; isUnused: boolean }>`
    select id, login, must_change_password and last_sign_in is null as "isUnused"
    from identity.account
    where tenant = ${tenant}
    and 'administrator' = any (roles)
    and disabled is null
    order by created, id
    limit 1`)
  if (present && !present.isUnused) return { login: present.login }
  const password = given ?? oneTimePassword()
  const account = { id: present?.id ?? parts.runtime.newId(), password, mustChange: given === undefined }
  await administer(parts, start, {
    permission: 'administration.people.write',
    kind: present ? 'identity.password-reset' : 'identity.person-created',
    subject: { type: 'Account', id: account.id },
    data: { roles: ['administrator'] },
    work: (transaction) => writeAdministrator(parts, transaction, { ...account, isNew: !present }),
  })
  return { login: present?.login ?? login, ...(given === undefined ? { oneTimePassword: password } : {}) }
}

async function writeAdministrator(
  { passwords, runtime }: PeopleParts,
  transaction: Parameters<typeof insertAccount>[0],
  { id, password, mustChange, isNew }: { id: string; password: string; mustChange: boolean; isNew: boolean },
): Promise<void> {
  const passwordHash = await passwords.hash(password)
  const at = runtime.now()
  const roles = ['administrator']
  if (isNew)
    return insertAccount(transaction, {
      id,
      tenant,
      login,
      display: 'Administrator',
      roles,
      passwordHash,
      at,
      mustChangePassword: mustChange,
    })
  await transaction.query(sql`
    update identity.account
    set password_hash = ${passwordHash}, must_change_password = ${mustChange}, password_set = ${at}::timestamptz
    where id = ${id}`)
}

function refuseShort(given: string | undefined): void {
  if (given === undefined || given.length >= minGivenCharacters) return
  throw invalid(
    `XINGLIN_ADMIN_PASSWORD has ${given.length} characters; at least ${minGivenCharacters} are needed`,
    {
      code: 'identity.password-rule',
      at: 'XINGLIN_ADMIN_PASSWORD',
    },
  )
}

async function ensureClient(
  parts: PeopleParts,
  start: Actor,
  { id, secret, scopes }: Parameters<Identity['ensureClient']>[0],
): Promise<void> {
  refuseClientId(id)
  refuseUnknownScopes(scopes)
  const present = await parts.database.query(sql`
    select id
    from identity.client
    where id = ${id}`)
  if (present.length > 0) return
  const secretHash = await parts.passwords.hash(secret)
  await administer(parts, start, {
    permission: 'administration.clients.write',
    kind: 'identity.client-created',
    subject: { type: 'Client', id },
    data: { scopes },
    work: (transaction) =>
      insertClient(transaction, { id, tenant, display: id, secretHash, scopes, at: parts.runtime.now() }),
  })
}
