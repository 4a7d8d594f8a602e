/** PS3.5 §6.1 and its annexes H to K: names in the character sets that hospitals send. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  characterSetOf,
  decodeText,
  displayName,
  encodeText,
  parsePersonName,
  readPart10,
  tags,
  texts,
} from './dicom.ts'
import { sampleFile, samplesMissing } from './testing/samples.ts'

/** Published examples of PS3.5 annexes H (Japanese), I (Korean), J (Chinese UTF-8, GB18030) and others. */
const names: Readonly<Record<string, string>> = {
  chrArab: 'قباني^لنزار',
  chrFren: 'Buc^Jérôme',
  chrFrenMulti: 'Buc^Jérôme',
  chrGerm: 'Äneas^Rüdiger',
  chrGreek: 'Διονυσιος',
  chrH31: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
  chrH32: 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
  chrHbrw: 'שרון^דבורה',
  chrI2: 'Hong^Gildong=洪^吉洞=홍^길동',
  chrJapMulti: 'やまだ^たろう',
  chrJapMultiExplicitIR6: 'やまだ^たろう',
  chrKoreanMulti: '김희중',
  chrRuss: 'Люкceмбypг',
  chrX1: 'Wang^XiaoDong=王^小東=',
  chrX2: 'Wang^XiaoDong=王^小东=',
}

test('the published names read as the standard prints them', { skip: samplesMissing }, () => {
  const read = Object.keys(names).map((name) => {
    const { dataset } = readPart10(sampleFile(`pydicom/charset_files/${name}.dcm`))
    return [name, texts(dataset, tags.PatientName).join('\\')]
  })

  assert.deepEqual(Object.fromEntries(read), names)
})

test('simplified Chinese by ISO 2022 IR 58 is read, the set switched off at each delimiter', () => {
  // PS3.5 §K.2: ESC $ ) A designates GB 2312 to G1.
  const bytes = Buffer.concat([
    Buffer.from('Zhang^XiaoDong='),
    Buffer.from('\x1b$)A', 'latin1'),
    encodeText('张', 'GB18030'),
    Buffer.from('^'),
    Buffer.from('\x1b$)A', 'latin1'),
    encodeText('小东', 'GB18030'),
    Buffer.from('='),
  ])

  const text = decodeText(bytes, characterSetOf(['', 'ISO 2022 IR 58']), 'name')

  assert.equal(text, 'Zhang^XiaoDong=张^小东=')
})

test('GBK and GB18030 bytes that look like delimiters are letters', () => {
  // 琝 is A5 5C in GBK: its second byte is the backslash.
  const bytes = Uint8Array.of(0xac, 0x5c, 0x5c, 0x41)

  assert.equal(decodeText(bytes, characterSetOf(['GBK'])).split('\\').length, 2)
  assert.equal(decodeText(encodeText('𠮷', 'GB18030'), characterSetOf(['GB18030'])), '𠮷')
})

test('a device that states no set and sends UTF-8 or Latin-1 is understood', () => {
  assert.equal(decodeText(Buffer.from('李四'), characterSetOf([])), '李四')
  assert.equal(decodeText(Buffer.from('Jérôme', 'latin1'), characterSetOf([])), 'Jérôme')
})

test('names are shown as people write them', () => {
  const shown = ['Zhang^San=张^三', 'Smith^John^Q^Dr', '=李^四', '^^'].map((name) =>
    displayName(parsePersonName(name)),
  )

  assert.deepEqual(shown, ['张三', 'Dr John Q Smith', '李四', ''])
})
