/** The answers of §2.9.2 and §2.9.3, with ERR of §2.15.5. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Acknowledgement,
  acknowledge,
  answerCodes,
  answerMode,
  encodeAnswer,
  salvageHeader,
} from './hl7v2.ts'

const at = '2026-03-02T08:00:00.000+08:00'
const accepted: Acknowledgement = { code: 'AA', errors: [], controlId: 'A1', at }

function answerTo(text: string, answer = accepted): readonly string[] {
  return acknowledge(salvageHeader(Buffer.from(text)), answer).text.split('\r')
}

test('an accepted message is answered by AA with sender and receiver exchanged', () => {
  const text =
    'MSH|^~\\&|LIS|QLYX^1.2^ISO|XINGLIN|H|20260302||ORU^R01^ORU_R01|C\\F\\1|P|2.5.1||||||UNICODE UTF-8\rPID|1\r'

  assert.deepEqual(answerTo(text), [
    'MSH|^~\\&|XINGLIN|H|LIS|QLYX^1.2^ISO|20260302080000+0800||ACK^R01^ACK|A1|P|2.5.1||||||UNICODE UTF-8',
    'MSA|AA|C\\F\\1',
    '',
  ])
})

test('a refused field is named by ERR with its place, condition, severity, our code and words', () => {
  const text = 'MSH|^~\\&|LIS|Q|X|H|20260302||ORU^R01|C1|P|2.5.1\r'
  const answer: Acknowledgement = {
    ...accepted,
    code: 'AE',
    errors: [
      {
        condition: 'dataType',
        code: 'hl7.number',
        location: { segment: 'OBX', occurrence: 2, field: 5, component: 1 },
        text: 'OBX-5 is no number | or so',
      },
    ],
  }

  assert.deepEqual(answerTo(text, answer).slice(1), [
    'MSA|AE|C1',
    'ERR||OBX^2^5^1^1|102^Data type error^HL70357|E|hl7.number^^L|||OBX-5 is no number \\F\\ or so',
    '',
  ])
  assert.equal(answerTo(text.replace('2.5.1', '2.3'), answer)[2], 'ERR|OBX^2^5^102&Data type error&HL70357')
})

test('what cannot be read is answered by what could be read of it', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['', ['MSH|^~\\&|||||20260302080000+0800||ACK|A1|P|2.5.1', 'MSA|AA', '']],
    ['\u0000\u0001', ['MSH|^~\\&|||||20260302080000+0800||ACK|A1|P|2.5.1', 'MSA|AA', '']],
    ['MSH|', ['MSH|^~\\&|||||20260302080000+0800||ACK|A1|P|2.5.1', 'MSA|AA', '']],
    [
      'MSH#*!?%#LIS#Q#X#H###A*B#C1',
      ['MSH#*!?%#X#H#LIS#Q#20260302080000+0800##ACK*B*ACK#A1#P#2.5.1', 'MSA#AA#C1', ''],
    ],
  ]
  assert.deepEqual(
    cases.map(([text]) => [text, answerTo(text)]),
    cases,
  )
})

test('the answer is in the character set of the message', () => {
  const text = 'MSH|^~\\&|检验|QLYX|||||ORU^R01|C1|P|2.5.1||||||GBK\r'
  const gbk = Buffer.from([0xbc, 0xec, 0xd1, 0xe9])
  const bytes = Buffer.concat([Buffer.from('MSH|^~\\&|'), gbk, Buffer.from(text.slice(11))])

  const answer = Buffer.from(encodeAnswer(acknowledge(salvageHeader(bytes), accepted)))

  assert.ok(answer.includes(gbk))
})

test('original mode gives one application answer; enhanced mode what MSH-15 and MSH-16 ask for', () => {
  const codes = (accept: string, application: string, failure?: 'E' | 'R') =>
    answerCodes(
      answerMode(salvageHeader(Buffer.from(`MSH|^~\\&|a|b|c|d|e||f|g|h|i|||${accept}|${application}\r`))),
      failure,
    ).join(' ')

  assert.deepEqual([codes('', ''), codes('', '', 'E'), codes('', '', 'R')], ['AA', 'AE', 'AR'])
  assert.deepEqual(
    [codes('AL', 'NE'), codes('AL', 'NE', 'R'), codes('NE', 'AL', 'E'), codes('AL', 'AL'), codes('NE', 'NE')],
    ['CA', 'CR', 'AE', 'CA AA', ''],
  )
  assert.deepEqual(
    [codes('ER', 'NE'), codes('ER', 'NE', 'E'), codes('SU', 'ER'), codes('SU', 'ER', 'E')],
    ['', 'CE', 'CA', 'AE'],
  )
})
