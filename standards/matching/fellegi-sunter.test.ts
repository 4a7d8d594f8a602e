/** Weights, probability and training, with the worked cases of the literature. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { levelBits, type Model, probabilityOf, scoreOf } from './fellegi-sunter.ts'
import { allPairs, startingModel, train } from './train.ts'

const month = { field: 'month', levels: ['same', 'different'], m: [0.95, 0.05], u: [1 / 12, 11 / 12] }
const sex = { field: 'sex', levels: ['same', 'different'], m: [0.99, 0.01], u: [0.5, 0.5] }
const rounded = (value: number) => Math.round(value * 100) / 100

test('the month of birth weighs what the textbook case says: 3.51 for, 4.20 against', () => {
  // m = 0.95, u = 1/12: the usual example of the model (Blakely and Salmond 2002, IJE 31:1246).
  assert.deepEqual([rounded(levelBits(month, 0)), rounded(levelBits(month, 1))], [3.51, -4.2])
})

test('a value that is borne by a share p of all weighs log2(1/p) where nobody errs (Fellegi and Sunter 1969, method I)', () => {
  const name = { field: 'name', levels: ['same', 'different'], m: [1, 0], u: [0.01, 0.99] }
  const model: Model = { matching: 0.5, fields: [name] }
  const bits = (share: number) => scoreOf(model, [0], () => share).bits
  assert.deepEqual([rounded(bits(1 / 8)), rounded(bits(1 / 1024)), rounded(bits(0.01))], [3, 10, 6.64])
})

test('the sum of the fields is the weight, a missing field weighs nothing, and the prior moves it by Bayes', () => {
  const model: Model = { matching: 0.2, fields: [month, sex] }
  const score = scoreOf(model, [0, -1])
  assert.deepEqual(score, {
    bits: levelBits(month, 0),
    // 0.2 × 0.95 / (0.2 × 0.95 + 0.8 / 12)
    probability: probabilityOf(model, levelBits(month, 0)),
    fields: [
      { field: 'month', level: 'same', bits: levelBits(month, 0) },
      { field: 'sex', bits: 0 },
    ],
  })
  assert.equal(rounded(score.probability), rounded((0.2 * 0.95) / (0.2 * 0.95 + 0.8 / 12)))
})

test('probability grows with weight, and weight with the rarity of the value', () => {
  const model: Model = { matching: 0.001, fields: [month] }
  const grid = [-30, -10, 0, 3, 10, 30].map((bits) => probabilityOf(model, bits))
  assert.deepEqual(
    grid,
    grid.toSorted((left, right) => left - right),
  )
  const rare = [0.1, 0.01, 0.001].map((share) => scoreOf(model, [0], () => share).bits)
  assert.deepEqual(
    rare,
    rare.toSorted((left, right) => left - right),
  )
})

test('EM finds the model that made the pairs, and its likelihood never falls', () => {
  const truth: Model = {
    matching: 0.1,
    fields: [
      { field: 'a', levels: ['same', 'different'], m: [0.9, 0.1], u: [0.1, 0.9] },
      { field: 'b', levels: ['same', 'different'], m: [0.8, 0.2], u: [0.2, 0.8] },
      { field: 'c', levels: ['same', 'near', 'different'], m: [0.7, 0.2, 0.1], u: [0.05, 0.15, 0.8] },
    ],
  }
  const patterns = [0, 1].flatMap((a) =>
    [0, 1].flatMap((b) =>
      [0, 1, 2].map((c) => {
        const levels = [a, b, c]
        const of = (kind: 'm' | 'u') =>
          truth.fields.reduce((product, field, index) => product * (field[kind][levels[index] ?? 0] ?? 0), 1)
        return { levels, count: 1e6 * (truth.matching * of('m') + (1 - truth.matching) * of('u')) }
      }),
    ),
  )
  const { model, likelihoods } = train(patterns, startingModel(truth.fields, 0.3), {
    mostRounds: 3_000,
    tolerance: 1e-9,
  })
  assert.equal(rounded(model.matching), truth.matching)
  assert.deepEqual(
    model.fields.map(({ m, u }) => [m.map(rounded), u.map(rounded)]),
    truth.fields.map(({ m, u }) => [m, u]),
  )
  for (const [round, likelihood] of likelihoods.entries())
    assert.ok(likelihood >= (likelihoods[round - 1] ?? Number.NEGATIVE_INFINITY) - 1e-6)
})

test('a sample of the pairs that blocking left out stands for all of them', () => {
  const all = allPairs([{ levels: [0], count: 10 }], [{ levels: [1], count: 5 }], 100)
  assert.deepEqual(all, [
    { levels: [0], count: 10 },
    { levels: [1], count: 4940 },
  ])
})
