/** What the forms of exports and imports send. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantAt } from './instant.ts'
import { addressesIn, emptyExport, exportRequest, importRequest } from './requests.ts'

test('a time is that of the clocks of the hospital, on both sides of a change of the clocks', () => {
  assert.deepEqual(
    [
      instantAt('2026-11-23T08:30', 'Asia/Shanghai'),
      instantAt('2026-03-29T01:30', 'Europe/Berlin'),
      instantAt('2026-03-29T03:30', 'Europe/Berlin'),
      instantAt('tomorrow', 'Asia/Shanghai'),
    ],
    ['2026-11-23T00:30:00.000Z', '2026-03-29T00:30:00.000Z', '2026-03-29T01:30:00.000Z', undefined],
  )
})

test('an export of a group says its types, times, elements and filters in the body, and nothing of them in the address', () => {
  const { path, body, isAsync } = exportRequest(
    {
      ...emptyExport,
      level: 'group',
      group: 'g1',
      types: ['Patient', 'Observation'],
      since: '2026-11-01T00:00',
      elements: 'code， subject',
      filters: 'Observation?code=2823-3\n\nPatient?name=李',
    },
    'Asia/Shanghai',
  )

  assert.deepEqual([path, isAsync], ['Group/g1/$export', true])
  assert.deepEqual(JSON.parse(body ?? ''), {
    resourceType: 'Parameters',
    parameter: [
      { name: '_type', valueString: 'Patient,Observation' },
      { name: '_since', valueInstant: '2026-10-31T16:00:00.000Z' },
      { name: '_elements', valueString: 'code,subject' },
      { name: '_typeFilter', valueString: 'Observation?code=2823-3' },
      { name: '_typeFilter', valueString: 'Patient?name=李' },
    ],
  })
})

test('an export of everything has no parameters', () => {
  const { path, body } = exportRequest(emptyExport, 'Asia/Shanghai')

  assert.deepEqual([path, JSON.parse(body ?? '')], ['$export', { resourceType: 'Parameters' }])
})

test('an import names each file, with its type where one is given', () => {
  const { path, body } = importRequest([
    { url: 'https://a.test/1.ndjson', type: '' },
    { url: 'bulk/files/abc', type: 'Patient' },
  ])

  assert.equal(path, '$import')
  assert.deepEqual(JSON.parse(body ?? '').parameter.slice(1), [
    { name: 'input', part: [{ name: 'url', valueUrl: 'https://a.test/1.ndjson' }] },
    {
      name: 'input',
      part: [
        { name: 'url', valueUrl: 'bulk/files/abc' },
        { name: 'type', valueCode: 'Patient' },
      ],
    },
  ])
  assert.deepEqual(addressesIn(' https://a.test/1 \n\nhttps://a.test/2\n'), [
    'https://a.test/1',
    'https://a.test/2',
  ])
})
