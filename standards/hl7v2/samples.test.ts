/** Every published sample message parses and prints back, byte for byte. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decodeMessage, encodeText, parseMessage, printMessage } from './hl7v2.ts'

const data = new URL('../../../shared/data/', import.meta.url)

function files(folder: string): readonly Uint8Array[] {
  return readdirSync(new URL(folder, data))
    .filter((name) => name.endsWith('.hl7'))
    .map((name) => readFileSync(new URL(`${folder}${name}`, data)))
}

/** Messages of the pathway simulator stand in one file, parted by blank lines. */
function pathways(): readonly Uint8Array[] {
  return readFileSync(new URL('hl7v2-simhospital/messages.out', data), 'latin1')
    .split(/\n+(?=MSH)/)
    .filter((text) => text.startsWith('MSH'))
    .map((text) => Buffer.from(text, 'latin1'))
}

for (const [what, least, read] of [
  ['messages of 57 event types', 100, () => files('hl7v2-ms-converter/input/')],
  ['imaging orders and reports', 11, () => files('hl7v2-dcm4che-imaging/')],
  ['messages of whole patient pathways', 1000, pathways],
] as const) {
  test(`${what} are read to the last field and printed back`, (t) => {
    if (!existsSync(data)) return t.skip('the sample data are not here')
    const messages = read()
    assert.ok(messages.length >= least, `${messages.length} messages`)
    for (const bytes of messages) {
      const { text, set } = decodeMessage(bytes)
      const message = parseMessage(text, { set })
      for (const segment of message.segments) {
        for (let number = 1; number <= segment.fieldCount; number++) segment.field(number)
      }
      assert.equal(printMessage(message), text)
      assert.ok(Buffer.from(encodeText(printMessage(message), set)).equals(bytes))
    }
  })
}
