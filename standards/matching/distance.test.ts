/** The string comparators, with the examples of their papers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editDistance, jaro, jaroWinkler } from './distance.ts'

const rounded = (value: number) => Math.round(value * 1000) / 1000

test('names that Winkler 1990 compares get his figures', () => {
  const pairs = [
    ['MARTHA', 'MARHTA'],
    ['DWAYNE', 'DUANE'],
    ['DIXON', 'DICKSONX'],
  ] as const
  assert.deepEqual(
    pairs.map(([left, right]) => [rounded(jaro(left, right)), rounded(jaroWinkler(left, right))]),
    [
      [0.944, 0.961],
      [0.822, 0.84],
      [0.767, 0.813],
    ],
  )
})

test('a swap of neighbours is one error, as Damerau 1964 counts', () => {
  const pairs = [
    ['1978', '1987'],
    ['zhang', 'zang'],
    ['kitten', 'sitting'],
    ['', 'abc'],
    ['张三', '张三'],
  ] as const
  assert.deepEqual(
    pairs.map(([left, right]) => editDistance(left, right)),
    [1, 1, 3, 3, 0],
  )
})

test('every comparator is symmetric, and a text is equal to itself', () => {
  const texts = ['', 'a', 'wang', 'wagn', '王小明', '王晓明', '𠮷田', 'müller', '110105194912310021']
  for (const left of texts) {
    assert.deepEqual([jaro(left, left), jaroWinkler(left, left), editDistance(left, left)], [1, 1, 0])
    for (const right of texts) {
      assert.equal(jaro(left, right), jaro(right, left))
      assert.equal(jaroWinkler(left, right), jaroWinkler(right, left))
      assert.equal(editDistance(left, right), editDistance(right, left))
    }
  }
})
