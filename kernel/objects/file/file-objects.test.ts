/** Objects on this machine: whole or not there, one copy of identical content, verified when read. */

import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Instant, OutcomeError } from '@xinglin/fhir'
import { systemRuntime } from '@xinglin/runtime'
import { type ObjectHash, type Objects, openObjects } from '../objects.ts'

const { log } = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'silent' })
const oneMegabyte = 1024 * 1024
let root: string
let objects: Objects

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'xinglin-objects-'))
  objects = await openObjects({ url: pathToFileURL(root).href, log })
})
after(() => rm(root, { recursive: true, force: true }))

test('an image is named by its SHA-256 and read back byte for byte, whatever its size', async () => {
  for (const sizeBytes of [0, 1, 4096, 527 * 1024 + 7, oneMegabyte, 3 * oneMegabyte + 1]) {
    const image = randomBytes(sizeBytes)

    const stored = await objects.put(inChunks(image, 65_536), { maxBytes: 10 * oneMegabyte })

    deepEqual(stored, { hash: `sha256-${sha256(image)}`, sizeBytes })
    const found = await objects.get(stored.hash)
    equal(found?.sizeBytes, sizeBytes)
    deepEqual(await bytesOf(found?.bytes), image)
  }
})

test('a chunk larger than any buffer and many small ones give the same object', async () => {
  const image = randomBytes(2 * oneMegabyte + 123)

  const whole = await objects.put([image], { maxBytes: 10 * oneMegabyte })
  const pieces = await objects.put(inChunks(image, 999), { maxBytes: 10 * oneMegabyte })

  deepEqual(pieces, whole)
})

test('twenty senders of the same image at once get one name and leave nothing unfinished', async () => {
  const image = randomBytes(200_000)

  const stored = await Promise.all(
    Array.from({ length: 20 }, () => objects.put(inChunks(image, 10_000), { maxBytes: oneMegabyte })),
  )

  equal(new Set(stored.map(({ hash }) => hash)).size, 1)
  deepEqual(await bytesOf((await objects.get(stored[0]?.hash ?? name('')))?.bytes), image)
  deepEqual(await readdir(join(root, 'incoming')), [])
})

test('content over the limit is refused and leaves nothing behind', async () => {
  const before = await count()

  await rejects(
    objects.put(inChunks(randomBytes(100_001), 1_000), { maxBytes: 100_000 }),
    code('objects.too-large'),
  )

  equal(await count(), before)
  deepEqual(await readdir(join(root, 'incoming')), [])
})

test('a sender that breaks off leaves nothing behind, and its own failure is told', async () => {
  const before = await count()
  async function* broken() {
    yield randomBytes(100_000)
    throw new Error('connection reset')
  }

  await rejects(objects.put(broken(), { maxBytes: oneMegabyte }), { message: 'connection reset' })

  equal(await count(), before)
  deepEqual(await readdir(join(root, 'incoming')), [])
})

test('an object that is not held is undefined; a name that is none is refused', async () => {
  equal(await objects.get(name('0'.repeat(64))), undefined)
  equal(await objects.has(name('0'.repeat(64))), false)
  await rejects(objects.get('sha256-../../etc/passwd' as ObjectHash), code('objects.name'))
})

for (const [kept, sizeBytes] of [
  ['in a volume', 500_000],
  ['in a file of its own', 2 * oneMegabyte],
] as const) {
  test(`a byte changed ${kept} is found before the last byte is given out, for the whole and for a range`, async () => {
    const image = randomBytes(sizeBytes)
    const { hash } = await objects.put([image], { maxBytes: 10 * oneMegabyte })
    await damage(image)

    let givenBytes = 0
    await rejects(async () => {
      for await (const chunk of (await objects.get(hash))?.bytes ?? []) givenBytes += chunk.length
    }, code('objects.corrupt'))
    ok(givenBytes < image.length)
    const range = await objects.get(hash, { startByte: 0, endByteExclusive: 10 })
    await rejects(bytesOf(range?.bytes), code('objects.corrupt'))
  })

  test(`sending an object again that was damaged ${kept} heals it`, async () => {
    const image = randomBytes(sizeBytes)
    const { hash } = await objects.put([image], { maxBytes: 10 * oneMegabyte })
    await damage(image)

    await objects.put([image], { maxBytes: 10 * oneMegabyte })

    deepEqual(await bytesOf((await objects.get(hash))?.bytes), image)
  })
}

test('a range is cut at the end of the object; one outside of it is refused', async () => {
  const image = randomBytes(1_000)
  const { hash } = await objects.put([image], { maxBytes: oneMegabyte })

  const tail = await objects.get(hash, { startByte: 900, endByteExclusive: 5_000 })
  deepEqual(await bytesOf(tail?.bytes), image.subarray(900))
  const middle = await objects.get(hash, { startByte: 10, endByteExclusive: 20 })
  deepEqual(await bytesOf(middle?.bytes), image.subarray(10, 20))
  for (const [startByte, endByteExclusive] of [
    [1_000, 1_001],
    [20, 20],
    [-1, 5],
  ] as const)
    await rejects(objects.get(hash, { startByte, endByteExclusive }), code('objects.range'))
})

test('what a crashed process left half-written is swept at the next start, what a live one writes is not', async () => {
  const machine = hostname().replaceAll(/[^\w-]/g, '_')
  const incoming = join(root, 'incoming')
  const leftOver = ['999999999.1.1', `${process.pid}.1.1`].map((rest) => `${machine}.${rest}`)
  const [fresh, old] = ['othermachine.7.1.1', 'othermachine.7.1.2']
  for (const file of [...leftOver, fresh, old]) await writeFile(join(incoming, file ?? ''), 'half')
  await utimes(join(incoming, old ?? ''), 1, 1)

  await openObjects({ url: pathToFileURL(root).href, log })

  deepEqual(await readdir(incoming), [fresh])
  await rm(join(incoming, fresh ?? ''))
})

test('the store tells that it can be written and how much room is left', async () => {
  const health = await objects.health()

  equal(health.kind, 'file')
  equal(health.isWritable, true)
  ok((health.freeBytes ?? 0) > 0)
})

function* inChunks(bytes: Buffer, chunkBytes: number) {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes)
    yield bytes.subarray(offset, offset + chunkBytes)
}

async function bytesOf(chunks: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks ?? []))
}

test('what is kept for a time has a name of its own each time, is verified, and is gone when it is removed', async () => {
  const file = randomBytes(3 * oneMegabyte)
  const put = () => objects.passing.put(inChunks(file, 65_536), { maxBytes: 10 * oneMegabyte })
  const [first, second, third] = [await put(), await put(), await put()]
  await writeFile(join(root, 'passing', third.name), randomBytes(3 * oneMegabyte))

  await objects.passing.remove(first.name)
  await objects.passing.remove(first.name)

  equal(await objects.passing.get(first.name), undefined)
  equal(await objects.passing.get('../passing'), undefined)
  const found = await objects.passing.get(second.name)
  equal(found?.sizeBytes, file.length)
  deepEqual(await bytesOf(found?.bytes), file)
  const part = await objects.passing.get(second.name, { startByte: 5, endByteExclusive: 9 })
  deepEqual(await bytesOf(part?.bytes), file.subarray(5, 9))
  await rejects(
    async () => bytesOf((await objects.passing.get(third.name))?.bytes),
    /does not match its hash/,
  )
  await rejects(objects.passing.put([file], { maxBytes: oneMegabyte }), /larger than/)
  await utimes(join(root, 'passing', third.name), new Date('2026-01-01'), new Date('2026-01-01'))
  equal(await objects.passing.removeBefore('2026-02-01T00:00:00Z' as Instant), 1)
  deepEqual(await readdir(join(root, 'passing')), [second.name])
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function name(digits: string): ObjectHash {
  return `sha256-${digits}` as ObjectHash
}

/** Turns one bit in the middle of the one place where these bytes are kept. */
async function damage(bytes: Buffer): Promise<void> {
  const files = await readdir(root, { recursive: true, withFileTypes: true })
  for (const { name, parentPath } of files.filter((file) => file.isFile())) {
    const offset = (await readFile(join(parentPath, name))).indexOf(bytes)
    if (offset < 0) continue
    const middle = Math.floor(bytes.length / 2)
    const handle = await open(join(parentPath, name), 'r+')
    await handle.write(Buffer.of((bytes[middle] ?? 0) ^ 1), 0, 1, offset + middle)
    await handle.close()
    return
  }
  throw new Error('the bytes are nowhere')
}

async function count(): Promise<number> {
  const files = await readdir(root, { recursive: true, withFileTypes: true })
  return files.filter((file) => file.isFile()).length
}

function code(expected: string) {
  return (error: unknown) =>
    error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
}
