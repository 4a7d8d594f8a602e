/** search.html §3.1.1: what the CapabilityStatement says of searching is what the door answers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allResourceTypes, type ParameterKind } from '@xinglin/fhir/search'
import { testDoor } from '../testing/door.ts'
import { includesOf, modifiers, prefixed, prefixes, resultWords, reverseIncludesOf } from './search-words.ts'

const { ask } = await testDoor()
const statusOf = async (path: string) => (await ask('GET', path)).status

/** One parameter of each kind with a value that fits the modifier. */
const samples: Readonly<
  Record<Exclude<ParameterKind, 'special'>, readonly [type: string, name: string, value: string]>
> = {
  string: ['Patient', 'name', 'a'],
  token: ['Patient', 'identifier', 'urn:s|a'],
  reference: ['Observation', 'subject', 'Patient/1'],
  uri: ['ValueSet', 'url', 'http://a.test/b'],
  date: ['Patient', 'birthdate', '1984'],
  number: ['RiskAssessment', 'probability', '0.5'],
  quantity: ['Observation', 'value-quantity', '5|http://unitsofmeasure.org|mg'],
  composite: ['Observation', 'code-value-quantity', '8480-6$5'],
}
const values: Readonly<Record<string, string>> = {
  missing: 'true',
  'of-type': 'urn:t|MR|1',
  identifier: 'urn:s|1',
  '[type]': '1',
  in: 'http://a.test/valueset',
  'not-in': 'http://a.test/valueset',
}
const all = [
  'missing',
  'exact',
  'contains',
  'not',
  'text',
  'in',
  'not-in',
  'below',
  'above',
  'of-type',
  'identifier',
  '[type]',
]

test('each modifier that is listed is answered, and each other one of R4 is refused (add it to the table)', async () => {
  const answered: Record<string, readonly string[]> = {}
  for (const [kind, [type, name, value]] of Object.entries(samples)) {
    const words: string[] = []
    for (const word of all) {
      const written = word === '[type]' ? 'Patient' : word
      const status = await statusOf(`${type}?${name}:${written}=${encodeURIComponent(values[word] ?? value)}`)
      if (status === 200) words.push(word)
    }
    answered[kind] = words
  }

  const sorted = Object.entries(modifiers).filter(([kind]) => kind !== 'special')
  assert.deepEqual(
    answered,
    Object.fromEntries(sorted.map(([kind, words]) => [kind, all.filter((word) => words.includes(word))])),
  )
})

test('each prefix is answered for dates, numbers and quantities, and for nothing else', async () => {
  for (const [kind, [type, name, value]] of Object.entries(samples)) {
    if (!prefixed.some((each) => each === kind)) continue
    for (const prefix of prefixes) assert.equal(await statusOf(`${type}?${name}=${prefix}${value}`), 200)
  }
  assert.equal(await statusOf('Patient?birthdate=xx1984'), 400)
})

test('each result parameter that is listed is answered', async () => {
  const given: Readonly<Record<string, string>> = {
    _sort: '-birthdate',
    _count: '3',
    _total: 'accurate',
    _include: 'Patient:organization',
    _revinclude: 'Observation:subject',
    _contained: 'both',
    _containedType: 'contained',
    _summary: 'data',
    _elements: 'name',
    _format: 'xml',
    _pretty: 'true',
  }
  for (const [name] of resultWords) assert.equal(await statusOf(`Patient?${name}=${given[name]}`), 200, name)
})

test('what is listed to be included can be asked, in both directions', async () => {
  for (const type of ['Patient', 'Encounter', 'Organization'] as const) {
    const query = [
      ...includesOf(type).map((each) => `_include=${each}`),
      ...reverseIncludesOf(type).map((each) => `_revinclude=${each}`),
    ]
    for (let at = 0; at < query.length; at += 90)
      assert.equal(await statusOf(`${type}?${query.slice(at, at + 90).join('&')}`), 200, type)
  }
  assert.ok(allResourceTypes.every((type) => includesOf(type).length > 0))
})
