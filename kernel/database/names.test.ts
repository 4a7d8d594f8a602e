/** Statements that come again are prepared; the memory for that has an end. */
import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { nameOfRepeated } from './names.ts'

test('a text is named when it comes the third time, and keeps its name', () => {
  const names = Array.from({ length: 4 }, () => nameOfRepeated('select again'))

  deepEqual(names.slice(0, 2), [undefined, undefined])
  match(names[2] ?? '', /^[\w-]{22}$/)
  equal(names[3], names[2])
})

test('texts that come once are forgotten, and those that come again beyond the limit stay unnamed', () => {
  for (let number = 0; number < 5_000; number++) nameOfRepeated(`select ${number}`)
  const others = Array.from({ length: 400 }, (_, number) => {
    for (let times = 0; times < 2; times++) nameOfRepeated(`select again ${number}`)
    return nameOfRepeated(`select again ${number}`)
  })

  notEqual(others[0], undefined)
  equal(others.at(-1), undefined)
  // One was named by the test before.
  equal(others.filter((name) => name !== undefined).length, 199)
})
