/** The tables of `generated/` are what the generator makes of the standard's own files. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { attributeOf, storageSopClasses, tagOf, tags, vrOf } from './dicom.ts'
import { tables } from './generate/tables.ts'

const source = fileURLToPath(new URL('../../../shared/data/dicom-standard-json/', import.meta.url))
const missing = existsSync(source) ? false : `no tables of the standard in ${source}`

test('the generated tables are fresh', { skip: missing }, () => {
  for (const [name, content] of Object.entries(tables(source)))
    assert.equal(readFileSync(new URL(`generated/${name}`, import.meta.url), 'utf8'), content, name)
})

test('attributes are found by tag, by keyword, and in repeating groups', () => {
  assert.deepEqual(attributeOf(0x00100010), { keyword: 'PatientName', vr: 'PN', multiplicity: '1' })
  assert.deepEqual(attributeOf(0x60023000), { keyword: 'OverlayData', vr: 'OW', multiplicity: '1' })
  assert.equal(tagOf('StudyInstanceUID'), tags.StudyInstanceUID)
  assert.equal(tagOf('0020000D'), tags.StudyInstanceUID)
  assert.equal(tagOf('NoSuchAttribute'), undefined)
  assert.deepEqual([vrOf(0x00090010), vrOf(0x00091001), vrOf(0x00280000)], ['LO', 'UN', 'UL'])
  assert.equal(storageSopClasses.get('1.2.840.10008.5.1.4.1.1.2'), 'CT Image Storage')
})
