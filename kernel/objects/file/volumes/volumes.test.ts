/** Objects in volumes: whole or not there after a crash, found by every process, once each. */

import { deepEqual, equal, ok } from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { systemRuntime } from '@xinglin/runtime'
import { blockBytes, newAlignedMemory } from '../direct-slots.ts'
import { readPlace } from '../read.ts'
import { headBytes, writeHead } from './record.ts'
import { openVolumes, type Volumes } from './volumes.ts'

const { log } = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'silent' })
const made: string[] = []
after(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))))

test('objects of many sizes fill several volumes and are all read back, by the next start too', async () => {
  const folder = await newFolder()
  const images = Array.from({ length: 60 }, (_, index) => randomBytes((index * 7919) % 200_000))
  const volumes = await open(folder)

  await Promise.all(images.slice(0, 30).map((image) => put(volumes, image)))
  for (const image of images.slice(30)) await put(volumes, image)

  ok((await volumesOf(folder)).length > 3)
  const again = await open(folder)
  for (const image of images) {
    deepEqual(await read(volumes, image), image)
    deepEqual(await read(again, image), image)
  }
})

test('an erased image is gone from its file, for every process and after a restart, and may come again', async () => {
  const folder = await newFolder()
  const [image, other] = [randomBytes(100_000), randomBytes(100_000)]
  const digest = createHash('sha256').update(image).digest()
  const volumes = await open(folder)
  await put(volumes, image)
  await put(volumes, other)
  const elsewhere = await open(folder)
  equal(await holds(folder, image), true)

  await elsewhere.erase(digest)

  equal(await holds(folder, image), false)
  equal(await volumes.findAnew(digest), undefined)
  const again = await open(folder)
  deepEqual([elsewhere.find(digest), again.find(digest)], [undefined, undefined])
  deepEqual(await read(again, other), other)
  await put(again, image)
  deepEqual(await read(again, image), image)
  deepEqual(await read(await open(folder), image), image)
  await again.erase(digest)
  await again.erase(digest)
  equal(await holds(folder, image), false)
})

test('an erasure that a crash cut off before its note is done again', async () => {
  const folder = await newFolder()
  const image = randomBytes(50_000)
  const digest = createHash('sha256').update(image).digest()
  const volumes = await open(folder)
  await put(volumes, image)
  await volumes.erase(digest)
  await rm(join(folder, 'erased.places'))

  const again = await open(folder)
  await again.erase(digest)

  deepEqual([again.find(digest), (await open(folder)).find(digest)], [undefined, undefined])
})

test('the same image from five senders at once, and once more later, is stored once', async () => {
  const folder = await newFolder()
  const image = randomBytes(100_000)
  const volumes = await open(folder)

  await Promise.all(Array.from({ length: 5 }, () => put(volumes, image)))
  await put(volumes, image)

  const [path = ''] = await volumesOf(folder)
  const bytes = await readFile(path)
  equal(recordsOf(bytes), 1)
  deepEqual(await read(volumes, image), image)
})

test('a volume that a crash cut short gives every object before the cut, and nothing of the one that it cut', async () => {
  const folder = await newFolder()
  const images = Array.from({ length: 4 }, () => randomBytes(50_000))
  const volumes = await open(folder)
  for (const image of images) await put(volumes, image)
  const [path = ''] = await volumesOf(folder)
  const crashed = await afterCrash(folder, async (volume) =>
    truncate(volume, (await stat(path)).size - 20_000),
  )

  const found = await open(crashed)

  for (const image of images.slice(0, 3)) deepEqual(await read(found, image), image)
  equal(found.find(sha256(images[3])), undefined)
})

test('an object whose neighbour was never finished is found all the same', async () => {
  const folder = await newFolder()
  const [unfinished, whole] = [randomBytes(70_000), randomBytes(70_000)]
  const volumes = await open(folder)
  await put(volumes, unfinished)
  await put(volumes, whole)
  const crashed = await afterCrash(folder, async (volume) => {
    const bytes = await readFile(volume)
    bytes.fill(0, blockBytes, blockBytes + headBytes)
    await writeFile(volume, bytes)
  })

  const found = await open(crashed)

  equal(found.find(sha256(unfinished)), undefined)
  deepEqual(await read(found, whole), whole)
})

test('an image whose bytes look like a record is not taken for one', async () => {
  const folder = await newFolder()
  const hidden = randomBytes(1_000)
  const image = Buffer.alloc(50_000)
  // So placed that it begins at a block of the volume.
  const fake = image.subarray(blockBytes - headBytes)
  writeHead(fake, { digest: sha256(hidden), sizeBytes: hidden.length }, randomBytes(32))
  hidden.copy(fake, headBytes)
  const volumes = await open(folder)
  await put(volumes, image)
  const crashed = await afterCrash(folder, async (volume) => {
    const bytes = await readFile(volume)
    bytes.fill(0, blockBytes, blockBytes + headBytes)
    await writeFile(volume, bytes)
  })

  const found = await open(crashed)

  equal(found.find(sha256(hidden)), undefined)
})

test('a list that was damaged is made anew from its volume', async () => {
  const folder = await newFolder()
  const images = Array.from({ length: 5 }, () => randomBytes(40_000))
  const volumes = await open(folder)
  for (const image of images) await put(volumes, image)
  const crashed = await afterCrash(folder, async () => undefined)
  await open(crashed)
  const [list = ''] = (await readdir(crashed)).filter((name) => name.endsWith('.list'))
  const good = await readFile(join(crashed, list))
  const bad = Buffer.from(good)
  bad[20] = (bad[20] ?? 0) ^ 1
  await writeFile(join(crashed, list), bad)

  const found = await open(crashed)

  for (const image of images) deepEqual(await read(found, image), image)
  deepEqual(await readFile(join(crashed, list)), good)
})

test('what another process has stored since is found', async () => {
  const folder = await newFolder()
  const [first, second] = [randomBytes(30_000), randomBytes(300)]
  const writer = await open(folder)
  await put(writer, first)
  const reader = await open(folder)
  await put(writer, second)

  equal(reader.find(sha256(second)), undefined)
  deepEqual(await bytesAt(await reader.findAnew(sha256(second))), second)
  deepEqual(await read(reader, first), first)
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-volumes-'))
  made.push(folder)
  return folder
}

function open(folder: string): Promise<Volumes> {
  return openVolumes(folder, { isDirect: false, capacityBytes: 1024 * 1024, log })
}

/** A copy of the folder as a process that is gone would have left it, with something done to its one volume. */
async function afterCrash(folder: string, harm: (volume: string) => Promise<void>): Promise<string> {
  const crashed = await newFolder()
  const [path = ''] = await volumesOf(folder)
  const left = join(crashed, 'gone.1.1.1.volume')
  await cp(path, left, { preserveTimestamps: true })
  await harm(left)
  await utimes(left, 1, 1)
  return crashed
}

async function volumesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder)
  return names.filter((name) => name.endsWith('.volume')).map((name) => join(folder, name))
}

async function put(volumes: Volumes, bytes: Buffer): Promise<void> {
  const memory = newAlignedMemory(headBytes + bytes.length)
  memory.set(bytes, headBytes)
  const stored = await volumes.put(memory, bytes.length)
  deepEqual(stored, { hash: `sha256-${sha256(bytes).toString('hex')}`, sizeBytes: bytes.length })
}

function read(volumes: Volumes, bytes: Buffer): Promise<Buffer | undefined> {
  return bytesAt(volumes.find(sha256(bytes)))
}

async function bytesAt(place: ReturnType<Volumes['find']>): Promise<Buffer | undefined> {
  return place && Buffer.concat(await Array.fromAsync(readPlace(place)))
}

function recordsOf(volume: Buffer): number {
  return volume.toString('latin1').split('XLOBJ-1\n').length - 1
}

function sha256(bytes: Uint8Array | undefined): Buffer {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest()
}

/** Whether a piece of the content stands in any file of the folder. */
async function holds(folder: string, content: Buffer): Promise<boolean> {
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))
  return files.some((bytes) => bytes.includes(content.subarray(5_000, 5_100)))
}
