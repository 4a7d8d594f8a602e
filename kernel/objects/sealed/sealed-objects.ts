/**
 * Objects encrypted at rest, over any store: each with a key of its own, which is sealed for its name. What was stored
 * plainly before is still read. The store sees neither content nor its digest.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type Database, type Migrations, sql } from '@xinglin/database'
import { fault } from '@xinglin/fhir'
import { type Keys, type SuiteName, suites } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import { checkRange } from '../byte-range.ts'
import type {
  ByteRange,
  Bytes,
  Held,
  ObjectHash,
  Objects,
  PassingName,
  PassingObjects,
  PutOptions,
} from '../objects.ts'
import { type ContentKey, chunkBytes, openChunks, sealChunks, sealedLength } from './chunks.ts'

/** Whether anything was ever encrypted here. */
export async function hasSealedObjects(database: Database): Promise<boolean> {
  return (await database.query(sql`select from objects.sealed limit 1`)).length > 0
}

/** Tables of the schema `objects`. */
export const objectsMigrations: Migrations = {
  name: 'objects',
  folder: new URL('../migrations/', import.meta.url),
}

const purpose = 'objects.content'
/** Another process may have encrypted the first object of all; it is found after this. */
const lookAgainMs = 1_000

export type SealedObjectsOptions = {
  readonly objects: Objects
  readonly keys: Keys
  readonly database: Database
  readonly runtime: Runtime
  /** Whether what is put from now on is encrypted; what was stays readable either way. */
  readonly isSealing: boolean | (() => Promise<boolean>)
}

/** Where the encrypted bytes go, given the most that they may be; answers their name there. */
type Into = (sealed: AsyncIterable<Uint8Array>, maxBytes: number) => Promise<string>
type From = (stored: string, range?: ByteRange) => Promise<Held | undefined>

type Row = {
  readonly stored: string
  readonly sizeBytes: number
  readonly suite: SuiteName
  readonly key: Buffer
}

/** Objects over `objects`, encrypted by the suite that is set. */
export function sealedObjects({
  objects,
  keys,
  database,
  runtime,
  isSealing,
}: SealedObjectsOptions): Objects {
  const suite = suites[keys.suite]
  keys.rotations.declare({
    ...{ purpose, at: ['objects', 'sealed', 'key'], form: 'bytes' },
    ...{ reads: sql`name`, contextOf: ({ name }) => String(name) },
  })
  const isAsked = async () => (typeof isSealing === 'boolean' ? isSealing : isSealing())
  let mayHold = false
  let lookedAtMs = Number.NEGATIVE_INFINITY

  /** While nothing was ever encrypted here, an object is looked for among the encrypted only once a second. */
  async function holdsAny(): Promise<boolean> {
    if (mayHold || performance.now() - lookedAtMs < lookAgainMs) return mayHold
    lookedAtMs = performance.now()
    mayHold = await hasSealedObjects(database)
    return mayHold
  }

  /** Where the encrypted bytes are stored, and what they were. */
  async function store(bytes: Bytes, { maxBytes, named }: PutOptions, into: Into) {
    const key: ContentKey = { suite, secret: randomBytes(suite.keyBytes) }
    const digest = createHash('sha256')
    let sizeBytes = 0
    const sealing = async function* () {
      yield* sealChunks(bytes, key, (plain) => {
        digest.update(plain)
        sizeBytes += plain.length
      })
      hash = `sha256-${digest.digest('hex')}` as ObjectHash
      named?.({ hash, sizeBytes })
    }
    let hash: ObjectHash | undefined
    const stored = await into(sealing(), sealedLength(maxBytes, suite))
    if (!hash) throw fault('an object was stored before all of it had come', { code: 'objects.corrupt' })
    return { stored, hash, sizeBytes, secret: key.secret }
  }

  /** Content that is held already keeps its first key; what was stored for nothing stays as unused room. */
  async function keep(
    name: string,
    { stored, sizeBytes, secret }: Awaited<ReturnType<typeof store>>,
  ): Promise<void> {
    const key = await keys.seal(secret, { purpose, context: name })
    mayHold = true
    await database.query(sql`
      insert into objects.sealed (name, stored, size_bytes, suite, key, created)
      values (${name}, ${stored}, ${sizeBytes}, ${suite.name}, ${key}, ${runtime.now()})
      on conflict do nothing`)
  }

  async function rowOf(name: string): Promise<Row | undefined> {
    if (!(await holdsAny())) return undefined
    const [row] = await database.query(sql<Row>`
      select stored, size_bytes::float8 as "sizeBytes", suite, key
      from objects.sealed
      where name = ${name}`)
    return row
  }

  async function open(name: string, row: Row, { from, range }: { from: From; range: ByteRange | undefined }) {
    const secret = await keys.open(row.key, { purpose, context: name })
    const key = { suite: suites[row.suite], secret }
    const asked = range ? checkRange(range, row.sizeBytes) : { startByte: 0, endByteExclusive: row.sizeBytes }
    const first = Math.floor(asked.startByte / chunkBytes)
    const place = {
      startByte: first * (chunkBytes + key.suite.overheadBytes),
      endByteExclusive: sealedLength(
        Math.min(Math.ceil(asked.endByteExclusive / chunkBytes) * chunkBytes, row.sizeBytes),
        key.suite,
      ),
    }
    const held = await from(row.stored, range ? place : undefined)
    if (!held) return undefined
    if (!range && held.sizeBytes !== place.endByteExclusive)
      throw fault('an encrypted object has lost its end', { code: 'objects.corrupt' })
    const plain = openChunks(held.bytes, key, first)
    return { sizeBytes: row.sizeBytes, bytes: cut(plain, asked, first * chunkBytes) }
  }

  const passing: PassingObjects = {
    async put(bytes, { maxBytes }) {
      if (!(await isAsked())) return objects.passing.put(bytes, { maxBytes })
      const into: Into = async (sealed, most) => (await objects.passing.put(sealed, { maxBytes: most })).name
      const made = await store(bytes, { maxBytes }, into)
      await keep(made.stored, made)
      return { name: made.stored as PassingName, sizeBytes: made.sizeBytes }
    },
    async get(name, range) {
      const row = await rowOf(name)
      return row ? open(name, row, { from: objects.passing.get, range }) : objects.passing.get(name, range)
    },
    async remove(name) {
      await objects.passing.remove(name)
      await database.query(sql`delete from objects.sealed where name = ${name} and name like 'passing-%'`)
    },
    async removeBefore(at) {
      const removed = await objects.passing.removeBefore(at)
      await database.query(sql`delete from objects.sealed where created < ${at} and name like 'passing-%'`)
      return removed
    },
  }

  return {
    async put(bytes, options) {
      if (!(await isAsked())) return objects.put(bytes, options)
      const into: Into = async (sealed, most) => (await objects.put(sealed, { maxBytes: most })).hash
      const made = await store(bytes, options, into)
      await keep(made.hash, made)
      return { hash: made.hash, sizeBytes: made.sizeBytes }
    },
    async get(hash, range) {
      const row = await rowOf(hash)
      const from: From = (stored, place) => objects.get(stored as ObjectHash, place)
      return row ? open(hash, row, { from, range }) : objects.get(hash, range)
    },
    has: async (hash) => (await rowOf(hash)) !== undefined || objects.has(hash),
    async erase(hash) {
      const rows = await database.query(sql<{ stored: ObjectHash }>`
        select stored from objects.sealed where name = ${hash}`)
      for (const { stored } of rows) await objects.erase(stored)
      // The key goes last: a crash before is noticed by it. Copies of the store cannot be opened without it.
      await database.query(sql`delete from objects.sealed where name = ${hash}`)
      await objects.erase(hash)
    },
    health: () => objects.health(),
    passing,
  }
}

/** Of chunks that begin at `fromByte` what lies in the range. */
async function* cut(
  chunks: AsyncIterable<Uint8Array>,
  range: ByteRange,
  fromByte: number,
): AsyncIterable<Uint8Array> {
  let at = fromByte
  for await (const chunk of chunks) {
    const start = Math.max(range.startByte - at, 0)
    const end = Math.min(range.endByteExclusive - at, chunk.length)
    if (end > start) yield chunk.subarray(start, end)
    at += chunk.length
  }
}
