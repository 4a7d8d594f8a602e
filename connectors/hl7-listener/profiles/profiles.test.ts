/** Profiles of senders at the door: refused or warned of by each violation, local codes told by standards, files followed. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Observation } from '@xinglin/fhir'
import { type Message, parseMessage, valueAt } from '@xinglin/hl7v2'
import { testKernel, testTenant } from '@xinglin/testkit'
import { aMessage, zhangSan } from '../fixtures/messages.ts'
import { aSender, told } from '../fixtures/sender.ts'
import { startHl7Listener } from '../hl7-listener.ts'
import { openProfiles, profilesOf } from './profiles.ts'
import { readProfile } from './read-profile.ts'

const laboratory = {
  ...{
    id: 'lis',
    version: '1.2.0',
    application: 'LIS',
    messages: ['ORU^R01'],
    mode: 'refuse',
    structure: true,
  },
  fields: { 'OBX-6': { usage: 'required' }, 'PID-8': { table: ['M', 'F'] } },
  codes: { L: { K: { system: 'http://loinc.org', code: '2823-3', display: '钾' } } },
}
const older = { ...laboratory, id: 'old-lis', application: 'OLDLIS', version: '0.9.0', mode: 'warn' }
const orders = { ...{ id: 'orders', version: '1', mode: 'refuse', application: 'OE' }, orderAnswers: true }
const kernel = await testKernel()
const profiles = profilesOf(() => [laboratory, older, orders].map(readProfile))
const listener = await startHl7Listener(kernel, { bind: '127.0.0.1', port: 0, tenant: testTenant, profiles })
after(() => listener.stop())
const sender = await aSender(listener.port)
after(() => sender.close())

const result = (application: string, controlId: string, unit: string, sex = 'M') =>
  aMessage(
    'ORU^R01^ORU_R01',
    [
      ...zhangSan.map((segment) => segment.replace('|19800101|M|', `|19800101|${sex}|`)),
      `OBR|1||${controlId}^LIS|K^钾^L|||20260302083000||||||||||||||||||F`,
      `OBX|1|NM|K^钾^L||4.1|${unit}|||||F`,
    ],
    { controlId, sender: `${application}|QLYX` },
  )
const errors = (answer: Message) =>
  answer.segments
    .filter(({ name }) => name === 'ERR')
    .map(({ occurrence: n }) =>
      [`ERR[${n}]-2.1`, `ERR[${n}]-2.3`, `ERR[${n}]-3.1`, `ERR[${n}]-4`, `ERR[${n}]-5`, `ERR[${n}]-8`].map(
        (path) => valueAt(answer, path as 'ERR-1'),
      ),
    )

test('a message outside its profile is refused with an ERR for each violation, and nothing is made', async () => {
  const answer = await sender.ask(result('LIS', 'P1', '', '女'))

  assert.equal(valueAt(answer, 'MSA-1'), 'AE')
  assert.deepEqual(errors(answer), [
    [
      'OBX',
      '6',
      '101',
      'E',
      'hl7.not-conformant',
      'OBX-6 is empty and required by the profile (profile lis 1.2.0)',
    ],
    [
      ...['PID', '8', '103', 'E', 'hl7.not-conformant'],
      'PID-8 is not a code of the table of the profile (profile lis 1.2.0)',
    ],
  ])
  assert.equal((await kernel.records.counts(testTenant)).Observation, undefined)
})

test('in the mode of warnings it is accepted, with the same said as warnings', async () => {
  const answer = await sender.ask(result('OLDLIS', 'P2', ''))

  assert.equal(valueAt(answer, 'MSA-1'), 'AA')
  assert.deepEqual(
    errors(answer).map(([segment, field, , severity]) => [segment, field, severity]),
    [['OBX', '6', 'W']],
  )
  assert.equal((await kernel.records.counts(testTenant)).Observation, 1)
})

test('a local code is told by its standard beside it; who has no profile is judged by none', async () => {
  assert.equal(told(await sender.ask(result('LIS', 'P3', 'mmol/L'))), 'AA')
  assert.equal(told(await sender.ask(result('OTHER', 'P4', '', '女'))), 'AA')

  const { matches } = await kernel.records.search(testTenant, 'Observation', [
    ['code', 'http://loinc.org|2823-3'],
  ])
  const [, observation] = matches.map(({ json }): Observation => JSON.parse(json))
  const { matches: all } = await kernel.records.search(testTenant, 'Observation', [])
  assert.deepEqual([matches.length, all.length], [2, 3])
  assert.deepEqual(observation?.code, {
    coding: [
      { system: 'urn:xinglin:codes:QLYX', code: 'K', display: '钾' },
      { system: 'http://loinc.org', code: '2823-3', display: '钾' },
    ],
    text: '钾',
  })
})

test('orders of a sender that waits for it are answered by ORL and ORR with their numbers', async () => {
  const answers = await Promise.all([
    sender.ask(order('OML^O21^OML_O21', 'P7')),
    sender.ask(order('ORM^O01^ORM_O01', 'P8')),
    sender.ask(order('ADT^A28', 'P9')),
  ])

  assert.deepEqual(
    answers.map((answer) => [
      valueAt(answer, 'MSH-9.1'),
      valueAt(answer, 'MSA-1'),
      ...answer.segments.slice(2).map(({ text }) => text),
    ]),
    [
      ['ORL', 'AA', zhangSan[0], 'ORC|OK|P7^OE|'],
      ['ORR', 'AA', zhangSan[0], 'ORC|OK|P8^OE|'],
      ['ACK', 'AA'],
    ],
  )
})

const order = (type: string, number: string) =>
  aMessage(type, [...zhangSan, `ORC|NW|${number}^OE`, `OBR|1|${number}^OE||CT^胸部CT^L`], {
    controlId: number,
    sender: 'OE|QLYX',
  })

test('a file that is added acts, a broken one leaves what was before, one that is taken away ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'profiles-'))
  after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'lis.json')
  await writeFile(file, JSON.stringify(laboratory))
  const followed = await openProfiles(folder, kernel.runtime)
  after(() => followed.stop())
  const message = parseMessage(result('LIS', 'P5', 'mmol/L'))
  const once = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const version = () => followed.of(message)?.version

  assert.equal(version(), '1.2.0')
  await writeFile(file, JSON.stringify({ ...laboratory, version: '1.3.0' }))
  await once(() => version() === '1.3.0')
  await writeFile(join(folder, 'broken.json'), '{ "id": ')
  await writeFile(file, JSON.stringify({ ...laboratory, version: '1.4.0', mode: 'sometimes' }))
  await writeFile(join(folder, 'marker.json'), JSON.stringify({ ...older, application: 'MARK' }))
  await once(() => followed.of(parseMessage(result('MARK', 'P6', ''))) !== undefined)
  assert.equal(version(), '1.3.0')
  await rm(file)
  await once(() => version() === undefined)
})

test('elements of a profile that are wrong are named; expressions that could last for ever are refused', () => {
  const reading = (change: object) => () => readProfile({ ...laboratory, ...change })
  assert.throws(reading({ mode: 'maybe' }), /mode must be "refuse" or "warn"/)
  assert.throws(reading({ colour: 1 }), /colour must be left out/)
  assert.throws(reading({ fields: { 'PID.3': {} } }), /fields\.PID\.3 must be named as HL7 names it/)
  assert.throws(
    reading({ fields: { 'PID-3': { length: 0 } } }),
    /fields\.PID-3\.length must be a whole number/,
  )
  assert.throws(
    reading({ fields: { 'PID-3': { pattern: '(a+)+' } } }),
    /fields\.PID-3\.pattern must be a short/,
  )
  assert.throws(
    reading({ fields: { 'PID-3': { pattern: '[' } } }),
    /fields\.PID-3\.pattern must be a regular/,
  )
  assert.throws(reading({ codes: { L: { K: { code: 'x' } } } }), /codes\.L\.K\.system must be a short text/)
})
