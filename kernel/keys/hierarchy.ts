/** Key-encryption keys in memory, unwrapped by the master key; made at the first start, wrapped anew under a new master. */
import { randomBytes } from 'node:crypto'
import type { Database, Transaction } from '@xinglin/database'
import { fault } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import {
  dropUnusedEncryptionKeys,
  type EncryptionKeyRow,
  encryptionKeys,
  insertEncryptionKey,
  type KeyRow,
  keysWrappedBefore,
  lockHierarchy,
  type Table,
  wrapEncryptionKeyAnew,
  wrapKeyAnew,
} from './key-rows.ts'
import type { MasterKey } from './master/master-key.ts'
import { type SuiteName, suites } from './suites/suites.ts'

export type HierarchyOptions = {
  readonly database: Database
  readonly runtime: Runtime
  readonly suite: SuiteName
  /** Or where to look for it, asked while no other process can be making it. */
  readonly master: MasterKey | undefined | (() => Promise<MasterKey | undefined>)
  /** The master key before a change of master keys. */
  readonly previousMaster?: MasterKey | undefined
  /** Asked for a master key where there is none and nothing was ever wrapped. */
  readonly makeMaster?: (() => Promise<MasterKey>) | undefined
}

const bound = Buffer.from('xinglin wrapped key')

/** Joins or begins the hierarchy of this database; throws `fault` where the master key is missing or another. */
export async function openHierarchy(options: HierarchyOptions) {
  const { database, runtime, suite } = options
  const master = await database.transaction((transaction) => begin(transaction, options))
  const unwrapped = new Map<number, Buffer>()

  async function keyEncryptionKey(id: number, from: Pick<Transaction, 'query'> = database): Promise<Buffer> {
    const known = unwrapped.get(id)
    if (known) return known
    const row = (await encryptionKeys(from)).find((each) => each.id === id)
    if (!row) throw fault('a key-encryption key is missing', { code: 'keys.missing' })
    const key = Buffer.from(await master.unwrap(row.wrapped, row.suite))
    unwrapped.set(id, key)
    return key
  }

  async function wrap(secret: Uint8Array, named: SuiteName, from: Pick<Transaction, 'query'> = database) {
    const newest = await newestOf(from, named)
    return {
      kek: newest,
      wrapped: suites[named].encrypt(await keyEncryptionKey(newest, from), secret, bound),
    }
  }

  async function unwrap(row: KeyRow, from: Pick<Transaction, 'query'> = database): Promise<Buffer> {
    const secret = suites[row.suite].decrypt(await keyEncryptionKey(row.kek, from), row.wrapped, bound)
    if (!secret) throw fault('a wrapped key does not open', { code: 'keys.missing' })
    return secret
  }

  async function rewrapIn(
    transaction: Transaction,
    { table, named, newest, limit }: { table: Table; named: SuiteName; newest: number; limit: number },
  ): Promise<number> {
    const rows = await keysWrappedBefore(transaction, table, { suite: named, newest, limit })
    for (const row of rows) {
      // A retired key has no secret any more: its row is only counted to the newest key-encryption key.
      const wrapped = row.retired
        ? { kek: newest, wrapped: row.wrapped }
        : await wrap(await unwrap(row, transaction), named, transaction)
      await wrapKeyAnew(transaction, table, { id: row.id, ...wrapped })
    }
    return rows.length
  }

  return {
    master,
    wrap,
    unwrap,
    rotate: () =>
      database.transaction(async (transaction) => {
        await lockHierarchy(transaction)
        const held = new Set((await encryptionKeys(transaction)).map((row) => row.suite))
        for (const named of held.add(suite))
          await addKeyEncryptionKey(transaction, master, { suite: named, runtime })
      }),
    rewrap: (limit: number) =>
      database.transaction(async (transaction) => {
        await lockHierarchy(transaction)
        let done = 0
        for (const [named, newest] of newestBySuite(await encryptionKeys(transaction)))
          for (const table of ['data_key', 'signing_key'] as const)
            done += await rewrapIn(transaction, { table, named, newest, limit: Math.max(limit - done, 0) })
        if (done === 0) await dropUnusedEncryptionKeys(transaction)
        return done
      }),
  }
}

/** Under the lock: makes what is missing, and answers the master key that wraps all key-encryption keys. */
async function begin(transaction: Transaction, options: HierarchyOptions): Promise<MasterKey> {
  await lockHierarchy(transaction)
  const rows = await encryptionKeys(transaction)
  const given = typeof options.master === 'function' ? await options.master() : options.master
  const master = given ?? (rows.length === 0 ? await options.makeMaster?.() : undefined)
  if (!master)
    throw fault('there is no master key; give the one that wrapped the keys of this database', {
      code: 'keys.master-missing',
    })
  for (const row of rows)
    if (row.master !== master.id)
      await takeOver(transaction, row, { previousMaster: options.previousMaster, master })
  if (!rows.some((row) => row.suite === options.suite))
    await addKeyEncryptionKey(transaction, master, options)
  return master
}

async function takeOver(
  transaction: Transaction,
  row: EncryptionKeyRow,
  { master, previousMaster }: Pick<HierarchyOptions, 'previousMaster'> & { master: MasterKey },
): Promise<void> {
  if (previousMaster?.id !== row.master)
    throw fault(
      'another master key wrapped the keys of this database; give it as the previous one to change it',
      {
        code: 'keys.master-wrong',
      },
    )
  const key = await previousMaster.unwrap(row.wrapped, row.suite)
  const wrapped = Buffer.from(await master.wrap(key, row.suite))
  await wrapEncryptionKeyAnew(transaction, { id: row.id, master: master.id, wrapped })
}

async function addKeyEncryptionKey(
  transaction: Transaction,
  master: MasterKey,
  { suite, runtime }: { suite: SuiteName; runtime: Runtime },
): Promise<void> {
  const wrapped = Buffer.from(await master.wrap(randomBytes(suites[suite].keyBytes), suite))
  await insertEncryptionKey(transaction, { suite, master: master.id, wrapped, created: runtime.now() })
}

function newestBySuite(rows: readonly EncryptionKeyRow[]): ReadonlyMap<SuiteName, number> {
  return new Map([...rows].reverse().map((row) => [row.suite, row.id]))
}

async function newestOf(from: Pick<Transaction, 'query'>, suite: SuiteName): Promise<number> {
  const newest = newestBySuite(await encryptionKeys(from)).get(suite)
  if (newest === undefined)
    throw fault(`there is no key-encryption key of suite ${suite}`, { code: 'keys.missing' })
  return newest
}
