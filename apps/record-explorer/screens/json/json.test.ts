/** JSON with its places, and what differs between two versions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aroundChanges, compareLines } from './compare.ts'
import { lineAt, lineText, readJson, setOut } from './read-json.ts'

const patient = '{"resourceType":"Patient","name":[{"given":["晓","雨"]}],"x":{},"n":1.50}'

test('a resource is set out with its decimals as they were written', () => {
  assert.equal(
    setOut(patient),
    [
      '{',
      '  "resourceType": "Patient",',
      '  "name": [',
      '    {',
      '      "given": [',
      '        "晓",',
      '        "雨"',
      '      ]',
      '    }',
      '  ],',
      '  "x": {},',
      '  "n": 1.50',
      '}',
    ].join('\n'),
  )
})

test('what is set out says the same', () => {
  assert.deepEqual(JSON.parse(setOut(patient)), JSON.parse(patient))
})

test('an issue finds its line by FHIRPath, or the nearest part around it', () => {
  const read = readJson(patient)
  assert.ok(read.isJson)
  const textAt = (path: string) => {
    const line = lineAt(read.lines, path)
    return line === undefined ? undefined : lineText(read.lines[line] ?? read.lines[0] ?? never()).trim()
  }
  assert.deepEqual(
    ['Patient.name[0].given[1]', 'Patient.name[0].family', 'Patient.gender', 'Patient', 'Ward'].map(textAt),
    ['"雨"', '{', '{', '{', undefined],
  )
})

function never(): never {
  throw new Error('there is no line')
}

test('a choice is found by its type', () => {
  const read = readJson('{"resourceType":"Observation","valueQuantity":{"value":1}}')
  assert.ok(read.isJson)
  assert.equal(lineAt(read.lines, 'Observation.value.ofType(Quantity).value'), 3)
})

test('text that is no JSON tells its line', () => {
  assert.deepEqual(
    ['{\n "a": 1,\n}', '{"a" 1}', '[1 2]', '{"a":01}', '', '{"a":1}}', '"a'].map((text) => readJson(text)),
    [
      { isJson: false, line: 3, found: '}' },
      { isJson: false, line: 1, found: '"a"' },
      { isJson: false, line: 1, found: '2' },
      { isJson: false, line: 1, found: '01' },
      { isJson: false, line: 1, found: '' },
      { isJson: false, line: 1, found: '}' },
      { isJson: false, line: 1, found: '"' },
    ],
  )
})

test('a list nested beyond reason is refused, not overflowed', () => {
  assert.equal(readJson('['.repeat(100_000)).isJson, false)
})

test('a changed line is one taken away and one put in', () => {
  const compared = compareLines(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'd', 'e'])
  assert.deepEqual(
    compared.map(({ kind, text, oldLine, newLine }) => [kind, text, oldLine, newLine]),
    [
      ['same', 'a', 1, 1],
      ['old', 'b', 2, undefined],
      ['new', 'x', undefined, 2],
      ['same', 'c', 3, 3],
      ['same', 'd', 4, 4],
      ['new', 'e', undefined, 5],
    ],
  )
})

test('whatever two texts are, the old and the new can be read off what is compared', () => {
  let seed = 7
  const next = (most: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % most
  }
  const lines = () => Array.from({ length: next(12) }, () => 'abc'[next(3)] ?? '')
  for (let round = 0; round < 300; round++) {
    const [old, made] = [lines(), lines()]
    const compared = compareLines(old, made)
    const side = (other: 'old' | 'new') =>
      compared.filter(({ kind }) => kind !== other).map(({ text }) => text)
    assert.deepEqual([side('new'), side('old')], [old, made])
  }
})

test('equal lines far from a change are left out', () => {
  const old = Array.from({ length: 20 }, (_, index) => `${index}`)
  const stretches = aroundChanges(compareLines(old, [...old.slice(0, 10), 'x', ...old.slice(11)]))
  assert.deepEqual(
    stretches.map((stretch) => ('lines' in stretch ? stretch.lines.length : -stretch.leftOut)),
    [-7, 8, -6],
  )
})
