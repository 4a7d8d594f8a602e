/** Objects at an S3 endpoint: the same words as on disk, over signed HTTP. */

import { deepEqual, equal, rejects } from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { after, before, test } from 'node:test'
import { type Instant, OutcomeError } from '@xinglin/fhir'
import { systemRuntime } from '@xinglin/runtime'
import { type ObjectHash, type Objects, openObjects } from '../objects.ts'
import { type S3Endpoint, startS3Endpoint } from './testing/s3-endpoint.ts'

const { log } = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'silent' })
const credentials = { key: 'hospital', secret: 'a secret of this test' }
const oneMegabyte = 1024 * 1024
let endpoint: S3Endpoint
let objects: Objects

before(async () => {
  endpoint = await startS3Endpoint('images', credentials)
  objects = await open(credentials)
})
after(() => endpoint.close())

test('an image is stored under its hash within the prefix and read back', async () => {
  const image = randomBytes(527 * 1024)

  const stored = await objects.put(inChunks(image), { maxBytes: oneMegabyte })

  const digits = sha256(image)
  deepEqual(stored, { hash: `sha256-${digits}`, sizeBytes: image.length })
  deepEqual([...endpoint.objects.keys()], [`north/${digits.slice(0, 2)}/${digits}`])
  const found = await objects.get(stored.hash)
  equal(found?.sizeBytes, image.length)
  deepEqual(await bytesOf(found?.bytes), image)
  equal(await objects.has(stored.hash), true)
})

test('an erased image is gone from the endpoint; erasing it twice is no failure', async () => {
  const image = randomBytes(2_000)
  const { hash } = await objects.put(inChunks(image), { maxBytes: oneMegabyte })

  await objects.erase(hash)
  await objects.erase(hash)

  deepEqual(
    [await objects.has(hash), [...endpoint.objects.keys()].some((key) => key.includes(sha256(image)))],
    [false, false],
  )
})

test('identical content is sent once', async () => {
  const image = randomBytes(1_000)
  await objects.put([image], { maxBytes: oneMegabyte })
  endpoint.requests.length = 0

  await objects.put([image], { maxBytes: oneMegabyte })

  deepEqual(
    endpoint.requests.map((request) => request.split(' ')[0]),
    ['HEAD'],
  )
})

test('a large object goes in parts, through a spool file that is gone afterwards', async () => {
  const image = randomBytes(21 * oneMegabyte)
  endpoint.requests.length = 0

  const { hash } = await objects.put(inChunks(image), { maxBytes: 100 * oneMegabyte })

  deepEqual(await bytesOf((await objects.get(hash))?.bytes), image)
  equal(endpoint.requests.filter((request) => request.startsWith('PUT')).length, 3)
  deepEqual(
    (await readdir(tmpdir())).filter((name) => name.startsWith('xinglin-spool-')),
    [],
  )
})

test('content over the limit is refused before anything is sent', async () => {
  endpoint.requests.length = 0

  await rejects(objects.put([randomBytes(101)], { maxBytes: 100 }), code('objects.too-large'))

  deepEqual(endpoint.requests, [])
})

test('a range is given after the whole was verified, which is then remembered', async () => {
  const image = randomBytes(10_000)
  const { hash } = await objects.put([image], { maxBytes: oneMegabyte })
  const middle = { startByte: 100, endByteExclusive: 200 }
  endpoint.requests.length = 0

  deepEqual(await bytesOf((await objects.get(hash, middle))?.bytes), image.subarray(100, 200))
  deepEqual(await bytesOf((await objects.get(hash, middle))?.bytes), image.subarray(100, 200))

  deepEqual(
    endpoint.requests.map((request) => request.split(' ')[0]),
    ['HEAD', 'GET', 'GET', 'HEAD', 'GET'],
  )
})

test('bytes that changed at the endpoint are found', async () => {
  const { hash } = await objects.put([randomBytes(10_000)], { maxBytes: oneMegabyte })
  const digits = hash.slice('sha256-'.length)
  endpoint.objects.set(`north/${digits.slice(0, 2)}/${digits}`, randomBytes(10_000))

  await rejects(bytesOf((await objects.get(hash))?.bytes), code('objects.corrupt'))
  const range = await objects.get(hash, { startByte: 0, endByteExclusive: 1 })
  await rejects(bytesOf(range?.bytes), code('objects.corrupt'))
})

test('an object that is not held is undefined', async () => {
  equal(await objects.get(`sha256-${'0'.repeat(64)}` as ObjectHash), undefined)
})

test('a moment of refusal is waited out; a wrong secret is told as unavailable', async () => {
  endpoint.failures.push(503)
  await objects.put([randomBytes(1_000)], { maxBytes: oneMegabyte })

  const stranger = await open({ ...credentials, secret: 'wrong' })
  await rejects(stranger.put([randomBytes(1_000)], { maxBytes: oneMegabyte }), code('objects.unavailable'))
  deepEqual(await stranger.health(), { kind: 's3', isWritable: false })
  deepEqual(await objects.health(), { kind: 's3', isWritable: true })
})

for (const url of ['s3:///nowhere', 's3://images?endpoint=ftp://host', 'http://images', 'nothing'])
  test(`${url} is refused as an address of objects`, async () => {
    await rejects(openObjects({ url, log }), code('objects.url'))
  })

function open(keys: { key: string; secret: string }): Promise<Objects> {
  const url = `s3://images/north?endpoint=${encodeURIComponent(endpoint.url)}&region=cn-north-1`
  return openObjects({ url, log, credentials: keys })
}

function* inChunks(bytes: Buffer) {
  for (let offset = 0; offset < bytes.length; offset += 65_536) yield bytes.subarray(offset, offset + 65_536)
}

async function bytesOf(chunks: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks ?? []))
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function code(expected: string) {
  return (error: unknown) =>
    error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
}

test('what is kept for a time has a name of its own each time, and is gone when it is removed', async () => {
  const file = randomBytes(2_000)
  const [first, second] = [
    await objects.passing.put([file], { maxBytes: oneMegabyte }),
    await objects.passing.put([file], { maxBytes: oneMegabyte }),
  ]

  await objects.passing.remove(first.name)

  equal(await objects.passing.get(first.name), undefined)
  deepEqual(await bytesOf((await objects.passing.get(second.name))?.bytes), file)
  const part = await objects.passing.get(second.name, { startByte: 1_500, endByteExclusive: 3_000 })
  deepEqual(await bytesOf(part?.bytes), file.subarray(1_500))
  const early = new Date(Date.now() - 60_000).toISOString() as Instant
  const late = new Date(Date.now() + 60_000).toISOString() as Instant
  deepEqual([await objects.passing.removeBefore(early), await objects.passing.removeBefore(late)], [0, 1])
  equal(await objects.passing.get(second.name), undefined)
})
