/**
 * Digests of what has few values (phones, numbers of papers, six digits): HMAC-SHA-256 under a key that lies sealed in the
 * database, so that a copy of the tables alone finds nobody by trying all numbers.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { type Database, sql } from '@xinglin/database'
import { fault, unsupported } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'

const binding = { purpose: 'patients.pepper', context: 'pepper/1' } as const

export type Digests = {
  /** `kind` keeps digests of different things apart. */
  of(kind: 'phone' | 'number' | 'code', text: string): Promise<Buffer>
}

/** The key is made at its first use. */
export function createDigests({ database, keys }: { database: Database; keys: Keys | undefined }): Digests {
  let pepper: Promise<Buffer> | undefined
  return {
    async of(kind, text) {
      pepper ??= readPepper(database, demandKeys(keys)).catch((error: unknown) => {
        pepper = undefined
        throw error
      })
      return createHmac('sha256', await pepper)
        .update(`${kind}\0${text}`)
        .digest()
    },
  }
}

/** Throws `unsupported` (`patients.no-keys`) where this process was started without keys. */
export function demandKeys(keys: Keys | undefined): Keys {
  if (keys) return keys
  throw unsupported('accounts of patients need the keys of the installation', { code: 'patients.no-keys' })
}

async function readPepper(database: Database, keys: Keys): Promise<Buffer> {
  const sealed = (await find(database)) ?? (await make(database, keys))
  return Buffer.from(await keys.openText(sealed, binding), 'base64url')
}

async function find(database: Database): Promise<string | undefined> {
  const [row] = await database.query(sql<{ sealed: string }>`select sealed from patients.pepper`)
  return row?.sealed
}

/** Two processes that start at once end with the same. */
async function make(database: Database, keys: Keys): Promise<string> {
  const mine = await keys.sealText(randomBytes(32).toString('base64url'), binding)
  await database.query(
    sql`insert into patients.pepper (id, sealed) values (1, ${mine}) on conflict do nothing`,
  )
  const kept = await find(database)
  if (kept) return kept
  throw fault('the key of patients was not kept', { code: 'patients.no-keys' })
}
