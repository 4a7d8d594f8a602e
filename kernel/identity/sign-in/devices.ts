/**
 * Browsers that an account is known at, because it showed a second factor there (OWASP: device cookies against lock-out of honest
 * people). Such a browser has its own count of wrong passwords, so strangers who guess lock nobody out; it opens nothing by itself.
 */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import { epochMs, forbidden, type Instant, instantOf, notFound } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { digest, newSecret } from '../secrets.ts'

/** Somebody who was away for a season proves himself like a stranger; each sign-in with a factor begins it anew. */
export const deviceLifeSeconds = 90 * 86_400
/** Phone, desk, ward, home and some more; a further one forgets the longest unused. */
const atOnce = 10
const labelCharacters = 200

export type KnownDevice = {
  readonly id: string
  /** What the browser says of itself. */
  readonly label?: string
  readonly address?: string
  readonly created: Instant
  readonly lastUsed: Instant
  /** It is the browser that asks. */
  readonly isThis: boolean
}

export interface Devices {
  /** The browser that shows `secret`, or one new to us, is known to the account from now on; gives what its cookie must hold. */
  remember(actor: Actor, browser: { readonly secret?: string; readonly label?: string }): Promise<string>
  /** Last used first; `secret` is that of the browser that asks. */
  own(actor: Actor, secret?: string): Promise<readonly KnownDevice[]>
  /** Throws `notFound` (`identity.no-device`). */
  forget(actor: Actor, id: string): Promise<void>
}

type DeviceParts = {
  readonly database: Pick<import('@xinglin/database').Database, 'query' | 'transaction'>
  readonly runtime: Runtime
  readonly audit: Audit
}

export function createDevices(parts: DeviceParts): Devices {
  return {
    remember: (actor, browser) => remember(parts, actor, browser),
    async own(actor, secret) {
      refuseApps(actor)
      return ownDevices(parts, actor, secret)
    },
    async forget(actor, id) {
      refuseApps(actor)
      await parts.database.transaction(async (transaction) => {
        const gone = await transaction.query(sql`
          delete from signin.device
          where id = ${id} and account = ${actor.id}
          returning id`)
        if (gone.length === 0)
          throw notFound('this browser is not one of those known to you', {
            ...{ code: 'identity.no-device', at: 'id' },
          })
        parts.audit.write(transaction, actor, [{ action: 'device-forget', outcome: 'allowed' }])
      })
    },
  }
}

/** Throws `forbidden` for machines, and for apps that act for a person: his account is his own business. */
export function refuseApps({ kind, client }: Actor): void {
  if (kind === 'user' && client === undefined) return
  throw forbidden('only people who are signed in here see to their own account', {
    code: 'identity.no-password',
  })
}

/** The known browser of an account by the value of its cookie; undefined for strangers. */
export async function knownDevice(
  { database, runtime }: { readonly database: Queryable; readonly runtime: Pick<Runtime, 'now'> },
  shown: { readonly account: string; readonly secret: string | undefined },
): Promise<string | undefined> {
  if (!shown.secret) return undefined
  const [known] = await database.query(sql<{ id: string }>`
    select id
    from signin.device
    where account = ${shown.account} and token_hash = ${digest(shown.secret)}
      and ends > ${runtime.now()}::timestamptz`)
  return known?.id
}

/** One browser of an account, or with no `id` all of them, is known no more. */
export async function forgetDevices(to: Queryable, account: string, id?: string): Promise<void> {
  await to.query(sql`
    delete from signin.device
    where account = ${account} and (${id ?? null}::text is null or id = ${id ?? null})`)
}

async function remember(
  { database, runtime, audit }: DeviceParts,
  actor: Actor,
  { secret: former, label }: { readonly secret?: string; readonly label?: string },
): Promise<string> {
  // Always another value: one that somebody planted in the browser before would be known to him.
  const secret = newSecret()
  await database.transaction(async (transaction) => {
    if (former !== undefined)
      await transaction.query(sql`
        update signin.device
        set token_hash = ${digest(secret)}
        where token_hash = ${digest(former)}`)
    const isNew = await write({ runtime, actor, label }, transaction, digest(secret))
    if (isNew) audit.write(transaction, actor, [{ action: 'device-remember', outcome: 'allowed' }])
  })
  return secret
}

type Writing = Pick<DeviceParts, 'runtime'> & { readonly actor: Actor; readonly label: string | undefined }

async function write(
  { runtime, actor, label }: Writing,
  transaction: Transaction,
  hash: Buffer,
): Promise<boolean> {
  const at = runtime.now()
  const ends = instantOf(epochMs(at) + deviceLifeSeconds * 1_000, runtime.timeZone)
  const [row] = await transaction.query(sql<{ isNew: boolean }>`
    insert into signin.device (id, account, token_hash, label, address, created, last_used, ends)
    values (${runtime.newId()}, ${actor.id}, ${hash}, ${label?.slice(0, labelCharacters)}, ${actor.address},
      ${at}::timestamptz, ${at}::timestamptz, ${ends}::timestamptz)
    on conflict (account, token_hash) do update
    set label = excluded.label, address = excluded.address, last_used = excluded.last_used, ends = excluded.ends
    returning created = last_used as "isNew"`)
  await transaction.query(sql`
    delete from signin.device
    where account = ${actor.id} and (ends <= ${at}::timestamptz or id not in (
      select id
      from signin.device
      where account = ${actor.id}
      order by last_used desc, token_hash = ${hash} desc
      limit ${atOnce}))`)
  return row?.isNew ?? true
}

type Row = Omit<KnownDevice, 'label' | 'address' | 'isThis'> & {
  readonly label: string | null
  readonly address: string | null
  readonly hash: Buffer
}

async function ownDevices(
  { database, runtime }: DeviceParts,
  actor: Actor,
  secret: string | undefined,
): Promise<readonly KnownDevice[]> {
  const rows = await database.query(sql<Row>`
    select id, label, address, created, last_used as "lastUsed", token_hash as hash
    from signin.device
    where account = ${actor.id} and ends > ${runtime.now()}::timestamptz
    order by last_used desc, id`)
  const own = secret === undefined ? undefined : digest(secret)
  const local = (at: Instant) => localInstant(at, runtime.timeZone) ?? at
  return rows.map(({ id, label, address, created, lastUsed, hash }) => ({
    id,
    ...(label === null ? {} : { label }),
    ...(address === null ? {} : { address }),
    ...{ created: local(created), lastUsed: local(lastUsed) },
    isThis: own?.equals(hash) ?? false,
  }))
}
