/** Objects encrypted at rest on a real store and database: whole, in ranges, changed, switched off, in both suites. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { sql } from '@xinglin/database'
import { OutcomeError } from '@xinglin/fhir'
import { keysMigrations, openKeys, type SuiteName } from '@xinglin/keys'
import { openTestDatabase, testMasterKey, testRuntime } from '@xinglin/testkit'
import { type Held, hasSealedObjects, objectsMigrations, openObjects, sealedObjects } from '../objects.ts'
import { chunkBytes } from './chunks.ts'

const runtime = testRuntime()
const { database, drop } = await openTestDatabase({ migrations: [keysMigrations, objectsMigrations] })
after(drop)
const folder = await mkdtemp(join(tmpdir(), 'xinglin-sealed-'))
after(() => rm(folder, { recursive: true, force: true }))
const stored = await openObjects({ url: pathToFileURL(folder).href, log: runtime.log })
const bySuite = async (suite: SuiteName, isSealing = true) => {
  const keys = await openKeys({ database, runtime, suite, master: testMasterKey })
  return sealedObjects({ objects: stored, keys, database, runtime, isSealing })
}
const marker = Buffer.from('出院小结：患者张三')
const maxBytes = 10_000_000

test('nothing is encrypted before it is asked for', async () => {
  equal(await hasSealedObjects(database), false)
})

for (const suite of ['international', 'guomi'] as const)
  test(`${suite}: an object comes back whole and in ranges, and the store holds nothing of it`, async () => {
    const objects = await bySuite(suite)
    const content = Buffer.concat([marker, randomBytes(3 * chunkBytes + 17), marker])
    const told: unknown[] = []
    const put = await objects.put(pieces(content, 1_000), { maxBytes, named: (named) => told.push(named) })

    const hash = `sha256-${createHash('sha256').update(content).digest('hex')}`
    deepEqual(put, { hash, sizeBytes: content.length })
    deepEqual(told, [put])
    deepEqual(await bytesOf(await objects.get(put.hash)), content)
    for (const [startByte, endByteExclusive] of [
      [0, 1],
      [chunkBytes - 1, chunkBytes + 1],
      [chunkBytes, 2 * chunkBytes],
      [5, content.length],
      [content.length - 1, content.length + 9],
    ] as const)
      deepEqual(
        await bytesOf(await objects.get(put.hash, { startByte, endByteExclusive })),
        content.subarray(startByte, endByteExclusive),
      )
    deepEqual([await objects.has(put.hash), await stored.has(put.hash)], [true, false])
    deepEqual(filesThatHold(marker), [])
  })

test('a small and an empty object, and one that is put twice, are held', async () => {
  const objects = await bySuite('international')
  for (const content of [Buffer.alloc(0), Buffer.of(1), Buffer.alloc(chunkBytes, 7)]) {
    const first = await objects.put([content], { maxBytes })
    deepEqual(await objects.put([content], { maxBytes }), first)
    deepEqual(await bytesOf(await objects.get(first.hash)), content)
  }
})

test('more than is allowed is refused; a range outside too', async () => {
  const objects = await bySuite('international')
  const { hash } = await objects.put([marker], { maxBytes })

  await rejects(
    objects.put([Buffer.alloc(chunkBytes + 1)], { maxBytes: chunkBytes }),
    code('objects.too-large'),
  )
  await rejects(objects.get(hash, { startByte: 9_999, endByteExclusive: 10_000 }), code('objects.range'))
})

test('a changed byte in the store is noticed', async () => {
  const objects = await bySuite('international')
  const content = randomBytes(2_000_000)
  const { hash } = await objects.put([content], { maxBytes })
  // The only file of this size; smaller objects share volumes.
  const file = allFiles().find((each) => statSync(each).size > 2_000_000 && statSync(each).size < 2_001_000)
  const bytes = readFileSync(String(file))
  bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1
  writeFileSync(String(file), bytes)

  await rejects(async () => bytesOf(await objects.get(hash)), code('objects.corrupt'))
})

test('switched off, new objects are stored plainly and the encrypted ones are still read', async () => {
  const sealed = await (await bySuite('guomi')).put([Buffer.from('sealed')], { maxBytes })
  const off = await bySuite('international', false)
  const plain = await off.put([Buffer.from('plain')], { maxBytes })

  deepEqual(
    [String(await bytesOf(await off.get(sealed.hash))), String(await bytesOf(await off.get(plain.hash)))],
    ['sealed', 'plain'],
  )
  equal(await stored.has(plain.hash), true)
  deepEqual(String(await bytesOf(await (await bySuite('guomi')).get(plain.hash))), 'plain')
})

test('what passes is encrypted too, and goes with its key', async () => {
  const { passing } = await bySuite('international')
  const { name } = await passing.put([marker], { maxBytes })

  deepEqual(await bytesOf(await passing.get(name)), marker)
  deepEqual(filesThatHold(marker), [])
  await passing.remove(name)
  equal(await passing.get(name), undefined)
})

function* pieces(content: Buffer, sizeBytes: number): Iterable<Uint8Array> {
  for (let at = 0; at < content.length; at += sizeBytes) yield content.subarray(at, at + sizeBytes)
}

async function bytesOf(held: Held | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of held?.bytes ?? []) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function allFiles(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function filesThatHold(bytes: Buffer): string[] {
  return allFiles().filter((file) => readFileSync(file).includes(bytes))
}

function code(expected: string) {
  return (error: unknown) =>
    error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
}

test('an erased object is gone with its key, whether it lay encrypted or plainly', async () => {
  const content = randomBytes(2_000_000)
  const small = randomBytes(1_000)
  const sealing = await bySuite('international')
  const { hash } = await sealing.put([content], { maxBytes })
  const plain = await stored.put([small], { maxBytes })

  for (const each of [hash, plain.hash, hash]) await sealing.erase(each)

  deepEqual([await sealing.has(hash), await sealing.get(plain.hash)], [false, undefined])
  deepEqual(await database.query(sql`select from objects.sealed where name = ${hash}`), [])
  equal((await sealing.put([content], { maxBytes })).hash, hash)
  equal(await sealing.has(hash), true)
})
