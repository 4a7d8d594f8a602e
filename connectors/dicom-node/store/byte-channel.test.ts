/** Bytes come out as they went in, though the memory that carries them is used again. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createBlocks, createByteChannel } from './byte-channel.ts'

const quarter = 16 * 1024
const still = { limitBytes: 1 << 20, pause: () => undefined, resume: () => undefined }

/** Reads a channel as a slow disk does: what it was given is copied just before it asks for more. */
async function readSlowly(channel: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of channel) {
    await new Promise(setImmediate)
    parts.push(new Uint8Array(chunk))
  }
  return Buffer.concat(parts)
}

test('ten instances side by side over few blocks each arrive whole', async () => {
  const blocks = createBlocks()
  const memory = Buffer.alloc(quarter)
  const send = async () => {
    const channel = createByteChannel({ ...still, blocks })
    const given = randomBytes(1_000_003)
    const reading = readSlowly(channel)
    for (let offset = 0; offset < given.length; offset += quarter) {
      const length = given.copy(memory, 0, offset, offset + quarter)
      channel.push(memory.subarray(0, length))
      await new Promise(setImmediate)
    }
    channel.end()
    return (await reading).equals(given)
  }

  const first = await Promise.all(Array.from({ length: 10 }, send))
  const second = await Promise.all(Array.from({ length: 10 }, send))

  assert.deepEqual(new Set([...first, ...second]), new Set([true]))
})

test('the socket is paused while too much waits and flows again when half of it was taken', async () => {
  const told: string[] = []
  const channel = createByteChannel({
    limitBytes: 4 * quarter,
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
    blocks: createBlocks(),
  })

  for (let count = 0; count < 6; count++) channel.push(Buffer.alloc(quarter))
  channel.end()
  const read = await readSlowly(channel)

  assert.equal(read.length, 6 * quarter)
  assert.deepEqual(told, ['pause', 'resume'])
})

test('whoever stops reading lets the rest pass, and a failure reaches the reader', async () => {
  const blocks = createBlocks()
  const stopped = createByteChannel({ ...still, blocks })
  const failed = createByteChannel({ ...still, blocks })

  stopped.push(Buffer.alloc(quarter))
  for await (const _ of stopped) break
  stopped.push(Buffer.alloc(quarter))
  failed.push(Buffer.alloc(quarter))
  failed.fail(new Error('the association ended'))

  assert.equal((await readSlowly(stopped)).length, 0)
  await assert.rejects(readSlowly(failed), /association ended/)
})
