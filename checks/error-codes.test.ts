/** Rule 29: the codes of errors in the sources and the rows of docs/errors.md are the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSource, sourceFiles } from './sources.ts'

const codePattern = /\bcode: '([a-z][a-z0-9-]*\.[a-z0-9.-]+)'/g

test('every error code of the sources stands in docs/errors.md, and no other', () => {
  const used = new Set(
    sourceFiles(/^(standards|kernel|connectors|apps|server)\/.*(?<!\.test)\.ts$/)
      .filter((file) => !file.includes('/screens/') && !file.includes('/generated/'))
      .flatMap((file) => [...readSource(file).matchAll(codePattern)].map((match) => match[1] ?? '')),
  )
  const documented = new Set(
    [...readSource('docs/errors.md').matchAll(/^\| ([a-z][a-z0-9-]*\.[a-z0-9.-]+) \|/gm)].map(
      (match) => match[1] ?? '',
    ),
  )
  assert.deepEqual(
    { missing: [...used.difference(documented)].sort(), unused: [...documented.difference(used)].sort() },
    { missing: [], unused: [] },
  )
})
