/** Structures of the standard and profiles of senders: what of a message is not as they say, each by its place. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConformanceProfile, violations } from './conformance.ts'
import { parseMessage } from './message.ts'
import { misplaced, structureOf } from './structure.ts'

const aMessage = (type: string, segments: readonly string[], version = '2.5.1') =>
  parseMessage([`MSH|^~\\&|LIS|QLYX|||20260302||${type}|1|P|${version}`, ...segments].join('\r'))
const strays = (...given: Parameters<typeof aMessage>) => {
  const message = aMessage(...given)
  return misplaced(message, structureOf(message) ?? []).map((each) =>
    each.kind === 'missing' ? `-${each.name}` : `+${each.segment.name}[${each.segment.occurrence}]`,
  )
}

test('segments that are missing or out of place are told, own segments stand anywhere', () => {
  const oru = 'ORU^R01^ORU_R01'
  assert.deepEqual(strays(oru, ['PID|1', 'OBR|1', 'OBX|1', 'NTE|1', 'ZXX|1', 'OBX|2', 'SPM|1']), [])
  assert.deepEqual(strays(oru, ['PID|1', 'PV1|1', 'ORC|RE', 'OBX|1', 'OBX|2']), ['-OBR'])
  assert.deepEqual(strays(oru, ['PID|1', 'AL1|1', 'OBR|1', 'OBX|1']), ['+AL1[1]'])
  assert.deepEqual(strays(oru, ['PID|1']), ['-OBR'])
  assert.deepEqual(strays('ADT^A01^ADT_A01', ['PID|1', 'PV1|1']), ['-EVN'])
  assert.deepEqual(strays('ADT^A01^ADT_A01', ['EVN|A01', 'PV1|1', 'PID|1']), ['-PID', '+PID[1]'])
})

test('each version has its own structure: specimens came with 2.5, 2.8 is judged as 2.7.1', () => {
  const result = ['PID|1', 'OBR|1', 'OBX|1', 'SPM|1']
  assert.deepEqual(
    ['2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.7.1', '2.8'].map(
      (version) => strays('ORU^R01', result, version).join() || 'as it is',
    ),
    ['+SPM[1]', '+SPM[1]', '+SPM[1]', ...Array.from({ length: 6 }, () => 'as it is')],
  )
  assert.equal(structureOf(aMessage('ORU^R01', result, '2.1')), undefined)
})

test('a message of thousands of strays is judged at once and told of twenty', () => {
  const many = Array.from({ length: 9_000 }, (_, index) => `AL1|${index}`)
  assert.equal(strays('ORU^R01', ['PID|1', ...many, 'OBR|1']).length, 20)
})

test('a profile tells of each field by place: required, forbidden, too long, too often, no code, not as written', () => {
  const profile: ConformanceProfile = {
    ...{ id: 'lis', version: '1', mode: 'refuse', isStructured: true, isComplete: true, isClosed: true },
    segments: new Map([
      ['ZLB', { usage: 'required' as const }],
      ['PV1', { usage: 'forbidden' as const }],
      ['OBX', { most: 2 }],
    ]),
    fields: new Map<
      string,
      ConformanceProfile['fields'] extends ReadonlyMap<string, infer Rule> ? Rule : never
    >([
      ['PID-3.4', { usage: 'required' }],
      ['PID-8', { table: ['M', 'F'] }],
      ['PID-13', { mostRepetitions: 1 }],
      ['PID-19', { usage: 'forbidden' }],
      ['OBR-3', { longest: 4 }],
      ['OBX-6', { usage: 'required' }],
      ['OBX-14', { pattern: /^\d{14}$/ }],
    ]),
    codes: new Map(),
  }
  const found = violations(
    aMessage('ORU^R01^ORU_R01', [
      'PID|1||100001|||||女|||||1~2||||||3',
      'PV1|1|I',
      'OBR|1||F1234|CBC',
      'OBX|1|NM|K||4.1|mmol/L|||||F|||20260302083000',
      'OBX|2|NM|Na||140||||||F|||2026',
      'OBX|3|NM|||140|x||||||F',
      'ZZZ|1',
    ]),
    profile,
  )
  assert.deepEqual(
    found.map(({ condition, text }) => `${condition}: ${text}`),
    [
      'segmentSequence: ZLB is required by the profile',
      'segmentSequence: PV1 is not allowed by the profile',
      'segmentSequence: OBX stands more than 2 times',
      'segmentSequence: ZZZ is an own segment that the profile does not name',
      'requiredFieldMissing: PID-5 is empty and required by the standard',
      'requiredFieldMissing: OBX[3]-3 is empty and required by the standard',
      'requiredFieldMissing: OBX[3]-11 is empty and required by the standard',
      'requiredFieldMissing: PID-3.4 is empty and required by the profile',
      'tableValueNotFound: PID-8 is not a code of the table of the profile',
      'dataType: PID-13 repeats more than 1 times',
      'dataType: PID-19 is not allowed by the profile',
      'dataType: OBR-3 is longer than 4 characters',
      'requiredFieldMissing: OBX[2]-6 is empty and required by the profile',
      'dataType: OBX[2]-14 is not written as the profile says',
    ],
  )
})
