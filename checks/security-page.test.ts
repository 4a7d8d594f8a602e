/** docs/security.md is honest: each row that is said to hold, wholly or partly, names a test that exists. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSource, root } from './sources.ts'

const rows = [
  ...readSource('docs/security.md').matchAll(
    /^\| (V[\d.]+) \| [^|]+ \| (holds|partly|absent|not used) \| ([^|]*) \|$/gm,
  ),
].map(([, section = '', state = '', shown = '']) => ({ section, state, shown: shown.trim() }))

test('every section of the checklist that is said to hold names a test of the repository', () => {
  const chapters = new Set(rows.map(({ section }) => section.split('.')[0]))
  assert.equal(chapters.size, 17)
  const wrong = rows.filter(({ state, shown }) => {
    const [, file = '', sentence = ''] = /^`([^`]+)`: (.+)$/.exec(shown) ?? []
    if (state === 'absent' || state === 'not used') return shown !== ''
    return !existsSync(join(root, file)) || !readSource(file).includes(sentence)
  })
  assert.deepEqual(wrong, [])
})
