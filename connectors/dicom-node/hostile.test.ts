/** A hundred ways to hurt the port: each is answered or cut off, the node goes on, memory stays flat. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { sql } from '@xinglin/database'
import { deflatedLittleEndian, explicitLittleEndian, verificationSopClass } from '@xinglin/dicom'
import {
  abort,
  associateRequest,
  commands,
  dataPdus,
  statuses,
  writeCommandSet,
} from '@xinglin/dicom/network'
import { testKernel, testTenant } from '@xinglin/testkit'
import { complaintAbout } from './association/watch.ts'
import { dicomMigrations, startDicomNode } from './dicom-node.ts'
import { idleMs, messageGraceMs } from './settings.ts'
import { ctInstance, ctSopClass } from './testing/ct-instance.ts'
import { openScu } from './testing/store-scu.ts'

const kernel = await testKernel({ migrations: [dicomMigrations] })
const node = await startDicomNode(kernel, {
  bind: '127.0.0.1',
  port: 0,
  aeTitle: 'XINGLIN',
  tenant: testTenant,
})
after(() => node.stop())

const syntaxes = [explicitLittleEndian.uid]
const request = associateRequest({
  calledAe: 'XINGLIN',
  callingAe: 'HOSTILE',
  contexts: [{ id: 1, abstractSyntax: ctSopClass, transferSyntaxes: syntaxes }],
  maxPduBytes: 16_384,
})
const instance = ctInstance({ studyInstanceUid: '1.2.6.1', instanceNumber: 1, rows: 16 })
const storeCommand = writeCommandSet({
  commandField: commands.storeRequest,
  messageId: 1,
  sopClassUid: ctSopClass,
  sopInstanceUid: instance.sopInstanceUid,
  hasDataSet: true,
})
const all = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts)

/** A repeatable stream of numbers below `limit` (Park and Miller). */
function numbersBelow(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
}
const pick = numbersBelow(42)
const randomBytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => pick(256)))
const changed = (bytes: Uint8Array): Buffer => {
  const copy = Buffer.from(bytes)
  for (let change = 0; change < 1 + pick(4); change++) copy[pick(copy.length)] = pick(256)
  return copy
}

const hostile: readonly Buffer[] = [
  ...Array.from({ length: 20 }, () => randomBytes(1 + pick(4_000))),
  ...Array.from({ length: 30 }, () => changed(request)),
  ...Array.from({ length: 30 }, () =>
    all(request, changed(all(...dataPdus(1, true, storeCommand, 0))), instance.dataset),
  ),
  all(request, request),
  all(request, abort({ source: 0, reason: 0 })),
  all(...dataPdus(1, true, storeCommand, 0)),
  all(request, ...dataPdus(1, false, instance.dataset, 0)),
  all(request, ...dataPdus(3, true, storeCommand, 0)),
  all(request, ...dataPdus(1, true, Buffer.alloc(100_000), 0)),
  all(request, ...dataPdus(1, true, storeCommand, 0), ...dataPdus(1, true, storeCommand, 0)),
  all(request, Buffer.from([4, 0, 0, 0, 0, 6, 0, 0, 0, 1, 1, 3])),
  all(request, Buffer.from([4, 0, 0xff, 0xff, 0xff, 0xff])),
  Buffer.from([1, 0, 0xff, 0xff, 0xff, 0xff]),
  Buffer.from([9, 0, 0, 0, 0, 0]),
  Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  Buffer.from('MSH|^~\\&|HIS|||\r'),
  Buffer.alloc(70_000, 0xff),
  Buffer.alloc(0),
  all(request, Buffer.from([5, 0, 0, 0, 0, 4, 0, 0, 0, 0]), ...dataPdus(1, true, storeCommand, 0)),
  all(request, Buffer.from([2, 0, 0, 0, 0, 4, 0, 0, 0, 0])),
  all(request, ...dataPdus(1, true, storeCommand, 0), Buffer.from([4, 0, 0, 1, 0, 0])),
  all(request, ...dataPdus(1, true, storeCommand.subarray(0, 20), 0)),
  all(request, ...dataPdus(1, true, randomBytes(500), 0)),
]

/** Sends bytes, closes its own half, and settles when the node has closed the other. */
function attack(bytes: Buffer): Promise<void> {
  return new Promise((settle) => {
    const socket = connect({ port: node.port, host: '127.0.0.1' })
    socket.on('error', () => settle())
    socket.on('close', () => settle())
    socket.on('data', () => undefined)
    socket.end(bytes)
  })
}

test('a hundred malformed streams: none is stored, none stops the node, memory stays flat', async () => {
  assert.ok(hostile.length >= 100, `${hostile.length}`)
  await Promise.all(hostile.slice(0, 20).map(attack))
  const before = process.memoryUsage().rss

  for (let start = 0; start < hostile.length; start += 10)
    await Promise.all(hostile.slice(start, start + 10).map(attack))

  const scu = await openScu({
    port: node.port,
    contexts: [{ abstractSyntax: verificationSopClass, transferSyntaxes: syntaxes }],
  })
  assert.equal(await scu.echo(), statuses.success)
  await scu.release()
  const rows = await kernel.database.query(
    sql<{ uid: string }>`select sop_instance_uid as uid from dicom.instance`,
  )
  assert.deepEqual(rows, [])
  assert.ok(process.memoryUsage().rss - before < 100e6, 'less than 100 MB more')
})

test('a deflated bomb is refused while it is read', async () => {
  const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024))
  const scu = await openScu({
    port: node.port,
    contexts: [{ abstractSyntax: ctSopClass, transferSyntaxes: [deflatedLittleEndian.uid] }],
  })

  const { status } = await scu.store({
    ...instance,
    transferSyntaxUid: deflatedLittleEndian.uid,
    dataset: bomb,
  })
  await scu.release()

  assert.equal(status, statuses.cannotUnderstand)
})

test('peers that fall silent or trickle are cut off, busy and paused ones are not', () => {
  const base = { lastByteMs: 0, message: undefined, isPaused: false }
  const trickle = { ...base, lastByteMs: messageGraceMs, message: { sinceMs: 0, bytes: 400 } }

  assert.deepEqual(
    [
      complaintAbout(base, idleMs - 1),
      complaintAbout(base, idleMs + 1),
      complaintAbout(trickle, messageGraceMs - 1),
      complaintAbout(trickle, messageGraceMs + 1),
      complaintAbout({ ...trickle, message: { sinceMs: 0, bytes: 1e9 } }, messageGraceMs + 1),
      complaintAbout({ ...trickle, isPaused: true }, idleMs * 2),
    ],
    [undefined, 'nothing came for too long', undefined, 'a message comes too slowly', undefined, undefined],
  )
})

test('a large instance passes in little memory', async () => {
  const pixels = Buffer.alloc(4 * 1024 * 1024, 7)
  const header = instance.dataset.subarray(0, instance.dataset.length - 12 - 512)
  const repeats = 64
  const pixelHeader = Buffer.alloc(12)
  pixelHeader.set([0xe0, 0x7f, 0x10, 0, 0x4f, 0x57, 0, 0])
  pixelHeader.writeUInt32LE(pixels.length * repeats, 8)
  const scu = await openScu({
    port: node.port,
    contexts: [{ abstractSyntax: ctSopClass, transferSyntaxes: syntaxes }],
  })
  const before = process.memoryUsage().rss
  let highest = before

  const { socket } = scu
  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((settle) => {
      if (socket.write(bytes)) settle()
      else socket.once('drain', () => settle())
    })
  const answered = new Promise<Buffer>((settle) => socket.once('data', settle))
  for (const part of dataPdus(1, true, storeCommand, 0)) await write(part)
  const parts = [header, pixelHeader, ...Array.from({ length: repeats }, () => pixels)]
  for (const [index, bytes] of parts.entries()) {
    const pieces = dataPdus(1, false, bytes, 131_072)
    const isEnd = index === parts.length - 1
    // `dataPdus` marks the last piece of each part as the last of all: only that of the last part is.
    for (const [at, piece] of pieces.entries()) {
      const isHeader = at % 2 === 0
      if (isHeader && !(isEnd && at === pieces.length - 2)) piece[11] = 0
      await write(piece)
    }
    highest = Math.max(highest, process.memoryUsage().rss)
  }

  const response = await answered
  assert.ok(response.includes(Buffer.from([0, 0, 0, 9, 2, 0, 0, 0, 0, 0])), 'status 0000H')
  assert.ok(highest - before < 120e6, `${Math.round((highest - before) / 1e6)} MB for an instance of 268 MB`)
  socket.destroy()
})
