/** Migrations are numbered from 1 without gaps, each number once: a set that is not refuses to start. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceFiles } from './sources.ts'

test('migrations of each set are numbered one after the other', () => {
  const sets = Map.groupBy(sourceFiles(/\/migrations\/[^/]+\.sql$/), (file) =>
    file.slice(0, file.lastIndexOf('/')),
  )
  const wrong = [...sets].flatMap(([folder, files]) => {
    const numbers = files.map((file) => Number(/\/(\d{4})-[^/]+$/.exec(file)?.[1])).toSorted((a, b) => a - b)
    const isRight = numbers.every((number, index) => number === index + 1)
    return isRight ? [] : [`${folder}: ${numbers.join(', ')}`]
  })
  assert.deepEqual(wrong, [])
})
