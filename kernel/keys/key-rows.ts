/** The rows of the key hierarchy (schema keys), wrapped as they lie. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import type { SuiteName } from './suites/suites.ts'

/** Kinds of keys below the key-encryption keys, by the table that holds them. */
export type Table = 'data_key' | 'signing_key'

export type EncryptionKeyRow = {
  readonly id: number
  readonly suite: SuiteName
  readonly master: string
  readonly wrapped: Buffer
  readonly created: Instant
}
export type KeyRow = {
  readonly id: number
  readonly purpose: string
  readonly suite: SuiteName
  readonly version: number
  readonly kek: number
  readonly wrapped: Buffer
  readonly created: Instant
  /** Of a signing key. */
  readonly publicKey: Buffer | null
  /** Its secret is gone since. */
  readonly retired: Instant | null
}

const columns = (table: Table) => sql`
  id,
  purpose,
  suite,
  version,
  kek,
  wrapped,
  created,
  retired,
  ${table === 'signing_key' ? sql`public_key` : sql`null::bytea`} as "publicKey"`

/** One process at a time makes or wraps key-encryption keys; until the transaction ends. */
export async function lockHierarchy(transaction: Transaction): Promise<void> {
  await transaction.query(sql`select pg_advisory_xact_lock(hashtext('keys'), hashtext('hierarchy'))`)
}

/** Newest first. */
export function encryptionKeys(from: Queryable): Promise<readonly EncryptionKeyRow[]> {
  return from.query(sql<EncryptionKeyRow>`
    select id, suite, master, wrapped, created
    from keys.key_encryption_key
    order by id desc`)
}

export async function insertEncryptionKey(
  transaction: Transaction,
  row: Omit<EncryptionKeyRow, 'id'>,
): Promise<void> {
  await transaction.query(sql`
    insert into keys.key_encryption_key (suite, master, wrapped, created)
    values (${row.suite}, ${row.master}, ${row.wrapped}, ${row.created})`)
}

export async function wrapEncryptionKeyAnew(
  transaction: Transaction,
  { id, master, wrapped }: Pick<EncryptionKeyRow, 'id' | 'master' | 'wrapped'>,
): Promise<void> {
  await transaction.query(sql`
    update keys.key_encryption_key
    set master = ${master}, wrapped = ${wrapped}
    where id = ${id}`)
}

export async function keyById(from: Queryable, table: Table, id: number): Promise<KeyRow | undefined> {
  const [row] = await from.query(sql<KeyRow>`
    select ${columns(table)}
    from ${sql.id('keys', table)}
    where id = ${id}`)
  return row
}

export async function newestKey(
  from: Queryable,
  table: Table,
  { purpose, suite }: { purpose: string; suite: SuiteName },
): Promise<KeyRow | undefined> {
  const [row] = await from.query(sql<KeyRow>`
    select ${columns(table)}
    from ${sql.id('keys', table)}
    where purpose = ${purpose} and suite = ${suite}
    order by version desc
    limit 1`)
  return row
}

/** Inserts nothing where another process was faster with this version. */
export async function insertKey(
  from: Queryable,
  table: Table,
  row: Omit<KeyRow, 'id' | 'retired'>,
): Promise<void> {
  const { purpose, suite, version, kek, wrapped, created, publicKey } = row
  await from.query(
    table === 'data_key'
      ? sql`
        insert into keys.data_key (purpose, suite, version, kek, wrapped, created)
        values (${purpose}, ${suite}, ${version}, ${kek}, ${wrapped}, ${created})
        on conflict do nothing`
      : sql`
        insert into keys.signing_key (purpose, suite, version, kek, wrapped, created, public_key)
        values (${purpose}, ${suite}, ${version}, ${kek}, ${wrapped}, ${created}, ${publicKey})
        on conflict do nothing`,
  )
}

/** At most `limit` keys that an older key-encryption key of their suite wraps, locked. */
export function keysWrappedBefore(
  transaction: Transaction,
  table: Table,
  { suite, newest, limit }: { suite: SuiteName; newest: number; limit: number },
): Promise<readonly KeyRow[]> {
  return transaction.query(sql<KeyRow>`
    select ${columns(table)}
    from ${sql.id('keys', table)}
    where suite = ${suite} and kek <> ${newest}
    order by id
    limit ${limit}
    for update`)
}

export async function wrapKeyAnew(
  transaction: Transaction,
  table: Table,
  { id, kek, wrapped }: Pick<KeyRow, 'id' | 'kek' | 'wrapped'>,
): Promise<void> {
  await transaction.query(sql`
    update ${sql.id('keys', table)}
    set kek = ${kek}, wrapped = ${wrapped}
    where id = ${id}`)
}

/** Takes the secret of all versions of a purpose but the newest; answers how many. What they signed still verifies. */
export async function retireKeys(
  transaction: Transaction,
  table: Table,
  { purpose, newest, at }: { purpose: string; newest: number; at: Instant },
): Promise<number> {
  const rows = await transaction.query(sql`
    update ${sql.id('keys', table)}
    set wrapped = ''::bytea, retired = ${at}::timestamptz
    where purpose = ${purpose} and id <> ${newest} and retired is null
    returning id`)
  return rows.length
}

/** Key-encryption keys that wrap nothing any more, but for the newest of each suite. */
export async function dropUnusedEncryptionKeys(transaction: Transaction): Promise<void> {
  await transaction.query(sql`
    delete from keys.key_encryption_key as old
    where exists (select from keys.key_encryption_key as newer where newer.suite = old.suite and newer.id > old.id)
      and not exists (select from keys.data_key where kek = old.id)
      and not exists (select from keys.signing_key where kek = old.id)`)
}

export function allKeys(from: Queryable, table: Table): Promise<readonly KeyRow[]> {
  return from.query(sql<KeyRow>`
    select ${columns(table)}
    from ${sql.id('keys', table)}
    order by purpose, suite, version desc`)
}
