/** Rule 29: the codes of errors in the sources and the rows of docs/errors.md are the same, and each has a Chinese sentence. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { readSource, sourceFiles } from './sources.ts'

const codePattern = /\bcode: '([a-z][a-z0-9-]*\.[a-z0-9.-]+)'/g

const documented = new Set(
  [...readSource('docs/errors.md').matchAll(/^\| ([a-z][a-z0-9-]*\.[a-z0-9.-]+) \|/gm)].map(
    (match) => match[1] ?? '',
  ),
)

test('every error code of the sources stands in docs/errors.md, and no other', () => {
  const used = new Set(
    sourceFiles(/^(standards|kernel|connectors|apps|server)\/.*(?<!\.test)\.ts$/)
      .filter((file) => !file.includes('/screens/') && !file.includes('/generated/'))
      .flatMap((file) => [...readSource(file).matchAll(codePattern)].map((match) => match[1] ?? '')),
  )
  assert.deepEqual(
    { missing: [...used.difference(documented)].sort(), unused: [...documented.difference(used)].sort() },
    { missing: [], unused: [] },
  )
})

test('every error code says itself in Chinese: kernel/web/refusals/zh has one sentence for each, and no other', () => {
  const files = readdirSync(new URL('../kernel/web/refusals/zh/', import.meta.url))
  const sentences = files.flatMap((file) =>
    Object.entries<string>(JSON.parse(readSource(`kernel/web/refusals/zh/${file}`))).map(
      ([code, sentence]) => ({ code, sentence, file }),
    ),
  )
  const spoken = new Set(sentences.map(({ code }) => code))
  const faults = sentences.flatMap(({ code, sentence, file }) => [
    ...(file === `${code.split('.')[0]}.json` ? [] : [`${code} belongs into ${code.split('.')[0]}.json`]),
    ...(/\p{Script=Han}.*[。！？]$/u.test(sentence) ? [] : [`${code} is no Chinese sentence`]),
  ])
  assert.deepEqual(
    {
      missing: [...documented.difference(spoken)].sort(),
      unused: [...spoken.difference(documented)].sort(),
      faults,
    },
    { missing: [], unused: [], faults: [] },
  )
})
