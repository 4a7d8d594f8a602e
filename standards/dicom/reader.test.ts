/** The reader as PS3.5 and PS3.10 want it: the same whatever the pieces, limited whatever the bytes. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import {
  createReader,
  DicomError,
  datasetBuilder,
  deflatedLittleEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  type ReaderLimits,
  readDataset,
  readPart10,
  type Tag,
  type TransferSyntax,
  tags,
  toJson,
  type Visitor,
  type WritableDataset,
  type WritableValue,
  writeDataset,
  writeMetaHeader,
} from './dicom.ts'
import { part10Samples, samplesMissing } from './testing/samples.ts'

/** All that a reader tells, in order, as one text; values as digests so that pieces join. */
function story(bytes: Uint8Array, pieces: (length: number) => number): string {
  const told: string[] = []
  let digest = createHash('sha1')
  const visitor: Visitor = {
    wish: (header) => {
      told.push(
        `wish ${header.tag.toString(16)} ${header.vr} ${header.length} ${header.valueOffset} ${header.depth}`,
      )
      digest = createHash('sha1')
      return (header.length ?? 0) > 200 ? 'stream' : 'keep'
    },
    value: (_header, value) => told.push(`value ${Buffer.from(value).toString('hex')}`),
    piece: (_header, piece) => {
      digest.update(piece)
      const sum = digest.copy().digest('hex')
      if (told.at(-1)?.startsWith('pieces')) told.pop()
      told.push(`pieces ${sum}`)
    },
    beginSequence: (header) => told.push(`sequence ${header.tag.toString(16)} ${header.length}`),
    beginItem: () => told.push('item'),
    endItem: () => told.push('end item'),
    endSequence: () => told.push('end sequence'),
    beginFragments: () => told.push('fragments'),
    fragment: (_header, index) => told.push(`fragment ${index}`),
    endFragments: () => told.push('end fragments'),
  }
  try {
    const reader = createReader({ form: 'part10', visitor })
    for (let at = 0; at < bytes.length; ) {
      const length = pieces(bytes.length - at)
      reader.write(bytes.subarray(at, at + length))
      at += length
    }
    reader.end()
  } catch (error) {
    told.push(error instanceof DicomError ? `failure ${error.code}` : String(error))
  }
  return told.join('\n')
}

/** A repeatable stream of numbers below `limit` (Park and Miller). */
function numbersBelow(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
}

test('a file read in any pieces tells the same as the whole', { skip: samplesMissing }, () => {
  const samples = [...part10Samples('pydicom'), ...part10Samples('pydicom/charset_files')].filter(
    ({ bytes }) => bytes.length < 60_000,
  )
  const pick = numbersBelow(7)

  for (const { name, bytes } of samples) {
    const whole = story(bytes, (length) => length)

    assert.equal(
      story(bytes, () => 1),
      whole,
      `${name}, byte by byte`,
    )
    assert.equal(
      story(bytes, (length) => 1 + pick(Math.min(length, 700))),
      whole,
      `${name}, random pieces`,
    )
  }
})

test('large files read in random pieces tell the same as the whole', { skip: samplesMissing }, () => {
  const pick = numbersBelow(11)
  for (const { name, bytes } of part10Samples('transfer-syntaxes'))
    assert.equal(
      story(bytes, (length) => 1 + pick(Math.min(length, 9_000))),
      story(bytes, (length) => length),
      name,
    )
})

/** Files of the collection that no reader may accept, and why. */
const refused: Readonly<Record<string, string>> = {
  'SC_rgb_jpeg.dcm': 'unknown-vr',
  'meta_missing_tsyntax.dcm': 'no-transfer-syntax',
}

test('every sample is read, and those that are refused say why', { skip: samplesMissing }, () => {
  const outcomes = [...part10Samples('pydicom'), ...part10Samples('transfer-syntaxes')].flatMap(
    ({ name, bytes }) => {
      try {
        readPart10(bytes)
        return []
      } catch (error) {
        return [[name, error instanceof DicomError ? error.code : String(error)]]
      }
    },
  )

  assert.deepEqual(Object.fromEntries(outcomes), refused)
})

const nested = (depth: number): WritableDataset =>
  new Map<Tag, WritableValue>(
    depth === 0 ? [[tags.PatientID, 'X']] : [[tags.ReferencedStudySequence, [nested(depth - 1)]]],
  )
const codeOf = (act: () => unknown): string | undefined => {
  try {
    act()
    return undefined
  } catch (error) {
    return error instanceof DicomError ? error.code : String(error)
  }
}
const readWith = (
  bytes: Uint8Array,
  limits: Partial<ReaderLimits>,
  form: TransferSyntax = explicitLittleEndian,
) => codeOf(() => readDataset(bytes, form, { limits }))

test('each limit is kept', () => {
  const deep = writeDataset(nested(40))
  const many = writeDataset(
    new Map<Tag, WritableValue>([
      [tags.PatientID, 'A'],
      [tags.PatientSex, 'M'],
    ]),
  )
  const bomb = deflateRawSync(
    Buffer.concat([writeDataset(new Map([[tags.PixelData, Buffer.alloc(5_000_000)]]))]),
  )

  assert.deepEqual(
    [
      readWith(deep, {}),
      readWith(deep, { depth: 64 }),
      readWith(many, { elements: 1 }),
      readWith(writeDataset(new Map([[tags.PatientComments, 'x'.repeat(300)]])), { valueBytes: 100 }),
      readWith(bomb, { inflatedBytes: 1_000_000 }, deflatedLittleEndian),
    ],
    ['too-deep', undefined, 'too-many-elements', 'value-too-long', 'inflated-too-long'],
  )
})

test('a dataset that is cut anywhere is noticed, except between two elements', () => {
  const dataset = writeDataset(
    new Map<Tag, WritableValue>([
      [tags.PatientID, 'AB'],
      [tags.ReferencedStudySequence, [nested(1)]],
      [tags.PixelData, Buffer.alloc(20)],
    ]),
  )

  const unnoticed = Array.from({ length: dataset.length + 1 }, (_, length) => length).filter(
    (length) => codeOf(() => readDataset(dataset.subarray(0, length))) === undefined,
  )

  // Elements are in ascending order: the sequence (0008,1110) is first, then (0010,0020), then pixel data.
  assert.deepEqual(unnoticed, [0, dataset.length - 32 - 10, dataset.length - 32, dataset.length])
})

test('random bytes and random changes end in a named failure or a dataset, never otherwise', () => {
  const pick = numbersBelow(3)
  const sound = Buffer.concat([
    writeMetaHeader({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
      sopInstanceUid: '1.2.3.4',
      transferSyntaxUid: implicitLittleEndian.uid,
    }),
    writeDataset(new Map([...nested(3), [tags.PatientName, 'A^B'] as const]), {
      syntax: implicitLittleEndian,
    }),
  ])
  for (let round = 0; round < 2_000; round++) {
    const bytes = Buffer.from(sound)
    for (let change = 0; change <= pick(6); change++) bytes[pick(bytes.length)] = pick(256)
    const code = codeOf(() => toJson(readPart10(bytes).dataset))
    assert.ok(code === undefined || /^[a-z0-9-]+$/.test(code), `round ${round}: ${code}`)
  }
})

test('what is written is read back, in every byte order and form', () => {
  const dataset = new Map<Tag, WritableValue>([
    [tags.SpecificCharacterSet, 'ISO_IR 192'],
    [tags.SOPInstanceUID, '1.2.3'],
    [tags.PatientName, 'Zhang^San=张^三'],
    [tags.Rows, 512],
    [tags.PixelSpacing, ['0.5', '0.5']],
    [tags.ReferencedStudySequence, [nested(1), nested(0)]],
  ])
  const expected = {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080018': { vr: 'UI', Value: ['1.2.3'] },
    '00081110': {
      vr: 'SQ',
      Value: [
        { '00081110': { vr: 'SQ', Value: [{ '00100020': { vr: 'LO', Value: ['X'] } }] } },
        { '00100020': { vr: 'LO', Value: ['X'] } },
      ],
    },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Zhang^San', Ideographic: '张^三' }] },
    '00280010': { vr: 'US', Value: [512] },
    '00280030': { vr: 'DS', Value: [0.5, 0.5] },
  }
  const forms: readonly TransferSyntax[] = [
    explicitLittleEndian,
    implicitLittleEndian,
    { ...explicitLittleEndian, isLittleEndian: false },
  ]

  for (const syntax of forms) {
    const bytes = writeDataset(dataset, { syntax, characterSet: 'ISO_IR 192' })
    assert.deepEqual(toJson(readDataset(bytes, syntax)), expected, syntax.name)
  }
})

test('reading can stop before the pixel data', () => {
  const bytes = writeDataset(
    new Map<Tag, WritableValue>([
      [tags.PatientID, 'A'],
      [tags.PixelData, Buffer.alloc(99)],
    ]),
  )
  const builder = datasetBuilder({ stopAt: tags.PixelData })
  const reader = createReader({ form: explicitLittleEndian, visitor: builder.visitor })

  const wantsMore = reader.write(bytes.subarray(0, 30))

  assert.equal(wantsMore, false)
  assert.deepEqual(toJson(builder.dataset), { '00100020': { vr: 'LO', Value: ['A'] } })
})
