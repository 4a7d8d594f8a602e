/** MLLP framing: every cell of SPEC.md, and equal results however the bytes are cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFrameReader, type FrameEvent, type FrameState, frame } from './mllp.ts'

const limits = { frameBytes: 20, garbageBytes: 8, frameMs: 1000 }
const bytes = (text: string) =>
  Buffer.from(text.replaceAll('<', '\u000b').replaceAll('>', '\u001c').replaceAll('$', '\r'))

/** `frame abc`, `broken late 2 ab`, `garbage 3`: what a person would note down. `<` is VT, `>` FS, `$` CR. */
function noted(event: FrameEvent): string {
  const text = (content: Uint8Array) =>
    Buffer.from(content).toString().replaceAll('\u000b', '<').replaceAll('\u001c', '>').replaceAll('\r', '$')
  switch (event.kind) {
    case 'frame':
      return `frame ${text(event.content)}`
    case 'oversize':
      return `oversize ${event.lengthBytes} ${text(event.head)}`
    case 'broken':
      return `broken ${event.why} ${event.lengthBytes} ${text(event.head)}`
    default:
      return `${event.kind} ${event.lengthBytes}`
  }
}

function read(chunks: readonly Uint8Array[]): readonly string[] {
  const reader = createFrameReader(limits)
  return [...chunks.flatMap((chunk) => reader.push(chunk, 0)), ...reader.end()].map(noted)
}

/** Cut at places that a seed gives, so that a failure can be repeated. */
function cut(stream: Buffer, seed: number): readonly Buffer[] {
  const chunks: Buffer[] = []
  let state = seed
  for (let offset = 0; offset < stream.byteLength; ) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    const length = 1 + (state % 7)
    chunks.push(stream.subarray(offset, offset + length))
    offset += length
  }
  return chunks
}

test('frames come out whole, split, merged, with garbage between them', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['<abc>$', ['frame abc']],
    ['<abc>$<def>$', ['frame abc', 'frame def']],
    ['<abc>$$\n<def>$', ['frame abc', 'frame def']],
    ['<>$', ['frame ']],
    ['<a$b>$', ['frame a$b']],
    ['xy<abc>$z<def>$', ['garbage 2', 'frame abc', 'garbage 1', 'frame def']],
    ['<abc<def>$', ['broken restarted 3 abc', 'frame def']],
    ['<ab>c>$', ['frame ab>c']],
    ['<ab>>$', ['frame ab>']],
    ['<ab><cd>$', ['broken restarted 3 ab>', 'frame cd']],
    ['<abc', ['broken closed 3 abc']],
    ['<abc>', ['broken closed 3 abc']],
    ['<12345678901234567890>$', ['frame 12345678901234567890']],
    ['<123456789012345678901>$<a>$', ['oversize 21 123456789012345678901', 'frame a']],
    ['<123456789012345678901>2>$', ['oversize 23 123456789012345678901']],
    ['<123456789012345678901<a>$', ['broken restarted 21 123456789012345678901', 'frame a']],
    ['12345678<a>$', ['garbage 8', 'frame a']],
    ['123456789<a>$', ['foreign 9']],
    ['GET / HTTP/1.1$\n', ['foreign 9']],
    ['>$', ['garbage 1']],
  ]
  for (const [stream, expected] of cases) {
    assert.deepEqual(read([bytes(stream)]), expected, stream)
    assert.deepEqual(
      read(Array.from(bytes(stream), (byte) => Buffer.of(byte))),
      expected,
      `${stream} byte by byte`,
    )
    for (let seed = 1; seed <= 20; seed++) assert.deepEqual(read(cut(bytes(stream), seed)), expected, stream)
  }
})

test('every state answers every event as its table says', () => {
  const waysInto: Readonly<Record<FrameState, string>> = {
    between: '',
    inside: '<a',
    ending: '<a>',
    discarding: '<123456789012345678901',
    'discarding-end': '<123456789012345678901>',
    foreign: '123456789',
  }
  const events = ['<', '>', '$', 'x'] as const
  const table = Object.entries(waysInto).map(([state, way]) => {
    const next = events.map((event) => {
      const reader = createFrameReader(limits)
      reader.push(bytes(way), 0)
      assert.equal(reader.state, state)
      const seen = reader.push(bytes(event), 0).map((each) => each.kind)
      return [...seen, reader.state].join(' ')
    })
    const late = createFrameReader(limits)
    late.push(bytes(way), 0)
    const expired = late.expire(1001).map((each) => each.kind)
    return [state, ...next, [...expired, late.state].join(' ')]
  })
  assert.deepEqual(table, [
    ['between', 'inside', 'between', 'between', 'between', 'between'],
    ['inside', 'broken inside', 'ending', 'inside', 'inside', 'broken between'],
    ['ending', 'broken inside', 'ending', 'frame between', 'inside', 'broken between'],
    ['discarding', 'broken inside', 'discarding-end', 'discarding', 'discarding', 'broken between'],
    ['discarding-end', 'broken inside', 'discarding-end', 'oversize between', 'discarding', 'broken between'],
    ['foreign', 'foreign', 'foreign', 'foreign', 'foreign', 'foreign'],
  ])
})

test('time runs from the first byte of a frame, so dripping does not help', () => {
  const reader = createFrameReader(limits)
  reader.push(bytes('<'), 0)
  for (let nowMs = 100; nowMs <= 1000; nowMs += 100) reader.push(bytes('a'), nowMs)

  assert.deepEqual(reader.expire(1000), [])
  assert.deepEqual(reader.expire(1001).map(noted), ['broken late 10 aaaaaaaaaa'])
  assert.deepEqual(reader.push(bytes('<ok>$'), 1002).map(noted), ['frame ok'])
})

test('what is framed is read again', () => {
  assert.deepEqual(read([Buffer.from(frame(bytes('MSH|')))]), ['frame MSH|'])
})
