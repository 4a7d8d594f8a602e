/** MSH-18 and the bytes that go with it (HL7 table 0211). */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { characterSet, decodeMessage, decodeStrictly, encodeText, Hl7Error, locationText } from './hl7v2.ts'

const index = new URL('../../../shared/data/zh-gb18030-index/', import.meta.url)
const gb18030 = { name: 'GB 18030-2000', label: 'gb18030' }

function message(charset: string, name: string): string {
  return `MSH|^~\\&|住院|QLYX|||20260302||ADT^A01|C1|P|2.5.1||||||${charset}\rPID|1||100||${name}\r`
}

/** Pointers and code points of an index of the Encoding Standard. */
function rows(file: string): readonly { pointer: number; codePoint: number }[] {
  return readFileSync(new URL(file, index), 'utf8')
    .split('\n')
    .filter((line) => /^\s*\d/.test(line))
    .map((line) => {
      const [pointer = '', codePoint = ''] = line.trim().split('\t')
      return { pointer: Number(pointer), codePoint: Number(codePoint) }
    })
}

test('each name of table 0211 and of the field finds its set', () => {
  const names = [
    'ASCII',
    'UNICODE UTF-8',
    'utf-8',
    'GB 18030-2000',
    'GB18030',
    'gbk',
    '8859/1',
    'ISO-8859-1',
    '8859/15',
  ]
  assert.deepEqual(
    names.map((name) => characterSet(name)?.label),
    ['ascii', 'utf-8', 'utf-8', 'gb18030', 'gb18030', 'gbk', 'iso-8859-1', 'iso-8859-1', 'iso-8859-15'],
  )
  assert.deepEqual(['UNICODE UTF-16', 'BIG-5', 'ISO IR87', ''].map(characterSet), Array(4).fill(undefined))
})

test('a message is decoded by its own MSH-18, also where Chinese bytes look like delimiters before it', () => {
  // 住 is D7A1, 院 D4BA; 亅 is 81 7C, whose second byte is the field separator.
  for (const [charset, name] of [
    ['GB18030', '张三'],
    ['GBK', '欧阳娜娜'],
    ['GB18030', '㐀𠮷'],
    ['UNICODE UTF-8', '张三'],
  ] as const) {
    const text = message(charset, name)
    const set = characterSet(charset)
    assert.ok(set)
    assert.equal(decodeMessage(encodeText(text, set)).text, text)
  }
  const tricky = message('GB18030', '张三').replace('住院', '亅亅|')
  assert.equal(decodeMessage(encodeText(tricky.replace('||2026', '|2026'), gb18030)).set.label, 'gb18030')
  assert.equal(
    decodeMessage(Buffer.from(message('8859/1', 'Müller').replace('住院', 'x'), 'latin1')).text.includes(
      'Müller',
    ),
    true,
  )
  assert.equal(decodeMessage(Buffer.from(message('', '张三'))).set.label, 'utf-8')
})

test('bytes that the set does not have are refused at MSH-18, as is a set that is not supported', () => {
  const cases: readonly [Uint8Array, string][] = [
    [encodeText(message('UNICODE UTF-8', '张三'), gb18030), 'dataType MSH-18'],
    [encodeText(message('', '张三'), gb18030), 'dataType MSH-18'],
    [Buffer.from(message('ASCII', '张三')), 'dataType MSH-18'],
    [
      Buffer.concat([Buffer.from(message('GB18030', 'x').replace('住院', '')), Buffer.from([0x81, 0x0d])]),
      'dataType MSH-18',
    ],
    [Buffer.from(message('UNICODE UTF-16', 'x')), 'tableValueNotFound MSH-18'],
    [Buffer.from(message('BIG-5', 'x')), 'tableValueNotFound MSH-18'],
  ]
  const told = cases.map(([bytes]) => {
    try {
      decodeMessage(bytes)
    } catch (cause) {
      if (cause instanceof Hl7Error && cause.location)
        return `${cause.condition} ${locationText(cause.location)}`
    }
    return 'accepted'
  })
  assert.deepEqual(
    told,
    cases.map(([, refusal]) => refusal),
  )
})

test('text that a set does not have is not written with question marks', () => {
  const ascii = characterSet('ASCII')
  assert.ok(ascii)
  assert.throws(() => encodeText('张三', ascii), Hl7Error)
  assert.throws(() => encodeText('\u{1F600}', characterSet('GBK') ?? ascii), Hl7Error)
})

test('every two-byte character of the GB 18030 index is read and written as the index says', (t) => {
  if (!existsSync(index)) return t.skip('sample data zh-gb18030-index is not here')
  const wrong = rows('index-gb18030.txt').filter(({ pointer, codePoint }) => {
    const second = pointer % 190
    const bytes = Buffer.of(Math.floor(pointer / 190) + 0x81, second + (second < 0x3f ? 0x40 : 0x41))
    const text = String.fromCodePoint(codePoint)
    return decodeStrictly(bytes, gb18030) !== text
  })
  assert.deepEqual(wrong, [])
})

test('four-byte characters follow the ranges of the index, and so does every code point beyond the first plane', (t) => {
  if (!existsSync(index)) return t.skip('sample data zh-gb18030-index is not here')
  const fourBytes = (pointer: number): Buffer =>
    Buffer.of(
      Math.floor(pointer / 12_600) + 0x81,
      (Math.floor(pointer / 1260) % 10) + 0x30,
      (Math.floor(pointer / 10) % 126) + 0x81,
      (pointer % 10) + 0x30,
    )
  const ranges = rows('index-gb18030-ranges.txt')
  const wrong = ranges.filter(({ pointer, codePoint }) => {
    const text = String.fromCodePoint(codePoint)
    const bytes = fourBytes(pointer)
    return decodeStrictly(bytes, gb18030) !== text || !Buffer.from(encodeText(text, gb18030)).equals(bytes)
  })
  assert.ok(ranges.length > 200)
  assert.deepEqual(wrong, [])
  for (const codePoint of [0x10000, 0x20bb7, 0x2a6d6, 0x30000, 0x10ffff]) {
    const text = String.fromCodePoint(codePoint)
    assert.equal(decodeStrictly(encodeText(text, gb18030), gb18030), text)
  }
})
