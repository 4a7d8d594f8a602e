/** docs/coverage.md is honest: each requirement that is said to hold names a test that exists. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSource, root } from './sources.ts'

type Row = { readonly id: string; readonly file: string; readonly sentence: string }

/** Rows of the form `| CES-02 | what holds | `file.test.ts`: sentence of the test |`. */
const rows: readonly Row[] = [
  ...readSource('docs/coverage.md').matchAll(/^\| ([A-Z][A-Za-z0-9-]*\d) \|[^|]*\| `([^`]+)`: ([^|]+) \|$/gm),
].map((match) => ({ id: match[1] ?? '', file: match[2] ?? '', sentence: match[3]?.trim() ?? '' }))

test('every requirement that is said to hold names a test of the repository', () => {
  assert.notEqual(rows.length, 0)
  const missing = rows.filter(
    ({ file, sentence }) => !existsSync(join(root, file)) || !readSource(file).includes(sentence),
  )
  assert.deepEqual(missing, [])
})

/** Rows of the form `| what holds | `file.test.ts`: sentence of the test |`. */
const promises = [...readSource('docs/coverage.md').matchAll(/^\| ([^|]+) \| `([^`]+)`: ([^|]+) \|$/gm)].map(
  (match) => ({ promise: match[1] ?? '', file: match[2] ?? '', sentence: match[3]?.trim() ?? '' }),
)

test('every promise of the record names a test of the repository', () => {
  assert.notEqual(promises.length, 0)
  const missing = promises.filter(
    ({ file, sentence }) => !existsSync(join(root, file)) || !readSource(file).includes(sentence),
  )
  assert.deepEqual(missing, [])
})

const requirements = join(root, '..', 'shared', 'design', 'requirements.md')

test('every requirement of the coverage stands in the requirements map', {
  skip: existsSync(requirements) ? false : 'the requirements map is not beside this clone',
}, () => {
  const text = readFileSync(requirements, 'utf8')
  assert.deepEqual(
    rows.filter(({ id }) => !text.includes(id)).map(({ id }) => id),
    [],
  )
})
