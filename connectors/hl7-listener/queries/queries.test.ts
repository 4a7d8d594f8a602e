/** Queries over MLLP: candidates by what is known of a person (ITI-21), numbers of a person (ITI-9), with rights and their trace. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Message, valueAt } from '@xinglin/hl7v2'
import { testKernel, testTenant } from '@xinglin/testkit'
import { aMessage, zhangSan } from '../fixtures/messages.ts'
import { aSender, told } from '../fixtures/sender.ts'
import { startHl7Listener } from '../hl7-listener.ts'
import { profilesOf } from '../profiles/profiles.ts'
import { readProfile } from '../profiles/read-profile.ts'

const kernel = await testKernel()
const profileOf = (application: string, client: string) =>
  readProfile({
    ...{ id: `${client}-queries`, version: '1', mode: 'refuse', application, messages: ['QBP'] },
    queriesAs: `client/${client}`,
  })
const given = [profileOf('RIS', 'ris'), profileOf('BLIND', 'blind'), profileOf('GONE', 'gone')]
await kernel.identity.ensureClient({
  id: 'ris',
  secret: 'a long enough secret',
  scopes: ['system/Patient.read'],
})
await kernel.identity.ensureClient({
  id: 'blind',
  secret: 'a long enough secret',
  scopes: ['system/Observation.read'],
})
const listener = await startHl7Listener(kernel, {
  ...{ bind: '127.0.0.1', port: 0, tenant: testTenant },
  profiles: profilesOf(() => given),
})
after(() => listener.stop())
const sender = await aSender(listener.port)
after(() => sender.close())

let sent = 0
const ask = (trigger: 'Q22' | 'Q23', qpd: string, application = 'RIS', more: readonly string[] = []) =>
  sender.ask(
    aMessage(`QBP^${trigger}^QBP_Q21`, [`QPD|${qpd}`, ...more], {
      controlId: `Q${++sent}`,
      sender: `${application}|QLYX`,
    }),
  )
const segments = (answer: Message) => answer.segments.slice(1).map(({ text }) => text)
const person = (number: string, rest: string) => `PID|1||${number}^^^QLYX&2.999.86.1.1&ISO^MR||${rest}`

await sender.ask(aMessage('ADT^A28', zhangSan, { controlId: 'A1' }))
await sender.ask(aMessage('ADT^A28', [person('200002', '张^四||19900101|F')], { controlId: 'A2' }))
await sender.ask(aMessage('ADT^A28', [person('300003', '张^四||19900101|F')], { controlId: 'A3' }))
await sender.ask(
  aMessage('ADT^A40', [person('200002', '张^四||19900101|F'), 'MRG|300003^^^QLYX&2.999.86.1.1&ISO^MR'], {
    controlId: 'A4',
  }),
)

const zhang =
  'PID|1||100001^^^&2.999.86.1.1&ISO^MR~37010219800101001X^^^&2.16.156.10011.1.3&ISO^NI||张^三^^^^^L||19800101|M|||泉城路1号^历下区^济南市^山东省^250011^CHN^H||13800000001^PRN^CP^^^^^^^^^13800000001|||M'
const other = 'PID|1||200002^^^&2.999.86.1.1&ISO^MR||张^四||19900101|F'

test('candidates are found by name, birth date, sex, phone and number; merged records are not told', async () => {
  const byName = await ask('Q22', 'Q22^Find Candidates^HL7|T1|@PID.5.1^张')
  const byAll = await ask('Q22', 'Q22^Find Candidates^HL7|T2|@PID.5.1^张*~@PID.7^19800101~@PID.8^M')
  const byNumber = await ask('Q22', 'Q22|T3|@PID.3.1^200002~@PID.3.4.2^2.999.86.1.1~@PID.3.4.3^ISO')
  const byNothing = await ask('Q22', 'Q22|T4|@PID.13^13999999999')

  assert.equal(valueAt(byName, 'MSH-9.2'), 'K22')
  assert.equal(valueAt(byName, 'MSH-9.3'), 'RSP_K21')
  assert.deepEqual(
    segments(byName).toSorted(),
    [
      'MSA|AA|Q1',
      zhang,
      other,
      'QAK|T1|OK|Q22^Find Candidates^HL7|2|2|0',
      'QPD|Q22^Find Candidates^HL7|T1|@PID.5.1^张',
    ].toSorted(),
  )
  assert.deepEqual(segments(byAll).slice(3), [zhang])
  assert.deepEqual(segments(byNumber).slice(3), [other])
  assert.deepEqual(segments(byNothing), [
    'MSA|AA|Q4',
    'QAK|T4|NF|Q22|0|0|0',
    'QPD|Q22|T4|@PID.13^13999999999',
  ])
})

test('RCP limits how many are told, QPD-8 whose numbers', async () => {
  const limited = await ask('Q22', 'Q22|T5|@PID.5.1^张', 'RIS', ['RCP|I|1^RD'])
  const domain = await ask('Q22', 'Q22|T6|@PID.5.1^张|||||^^^&2.16.156.10011.1.3&ISO')

  assert.equal(segments(limited)[1], 'QAK|T5|OK|Q22|2|1|1')
  assert.deepEqual(
    segments(domain)
      .slice(3)
      .map((pid) => pid.split('|')[3]),
    ['37010219800101001X^^^&2.16.156.10011.1.3&ISO^NI'],
  )
})

test('the other numbers of a person are told, found by an old number too; a number of nobody is an error of the query', async () => {
  const both = await ask('Q23', 'IHE PIX Query|T7|100001^^^&2.999.86.1.1&ISO^MR')
  const merged = await ask('Q23', 'IHE PIX Query|T8|300003^^^&2.999.86.1.1&ISO^MR')
  const single = await ask('Q23', 'IHE PIX Query|T9|200002^^^&2.999.86.1.1&ISO^MR')
  const nobody = await ask('Q23', 'IHE PIX Query|T10|999^^^&2.999.86.1.1&ISO^MR')

  assert.equal(valueAt(both, 'MSH-9.2'), 'K23')
  assert.deepEqual(segments(both).slice(1), [
    'QAK|T7|OK|IHE PIX Query|1|1|0',
    'QPD|IHE PIX Query|T7|100001^^^&2.999.86.1.1&ISO^MR',
    'PID|||37010219800101001X^^^&2.16.156.10011.1.3&ISO^NI||^^^^^^S',
  ])
  assert.deepEqual(segments(merged).slice(3), ['PID|||200002^^^&2.999.86.1.1&ISO^MR||^^^^^^S'])
  assert.equal(segments(single)[1], 'QAK|T9|NF|IHE PIX Query|0|0|0')
  assert.equal(told(nobody), 'AE 204 QPD-3 hl7.query-unknown-number')
  assert.equal(segments(nobody)[2], 'QAK|T10|AE|IHE PIX Query')
})

test('who has no profile asks nothing, who has no right to patients neither, and who is let in leaves a trace', async () => {
  assert.equal(told(await ask('Q22', 'Q22|T11|@PID.5.1^张', 'STRANGER')), 'AR 207 hl7.query-not-allowed')
  assert.equal(told(await ask('Q22', 'Q22|T12|@PID.5.1^张', 'GONE')), 'AR 207 hl7.query-not-allowed')
  const blind = await ask('Q22', 'Q22|T13|@PID.5.1^张', 'BLIND')
  assert.equal(valueAt(blind, 'MSA-1'), 'AE')
  assert.deepEqual(
    segments(blind).filter((segment) => segment.startsWith('PID')),
    [],
  )
  const [question] = await kernel.traffic.list({
    tenant: testTenant,
    door: 'hl7v2',
    outcome: 'accepted',
    limit: 1,
  })
  assert.deepEqual([question?.subject, question?.sender, question?.made], ['QBP^Q23', 'RIS|QLYX', []])
})

test('a query for everybody, of an unknown field or of nothing is refused by place', async () => {
  const cases = [
    ['Q22', 'Q22|T|@PID.8^M', 'AE 101 QPD-3 hl7.query-too-wide'],
    ['Q22', 'Q22|T|@PID.5.1^张~@PV1.3^W05', 'AE 102 QPD-3 hl7.query-parameter'],
    ['Q22', 'Q22|T|@PID.5.1^张~@PID.7^soon', 'AE 102 QPD-3 hl7.data-type'],
    ['Q22', 'Q22|T|', 'AE 101 QPD-3 hl7.required-field'],
    ['Q23', 'Q23||1^^^A', 'AE 101 QPD-2 hl7.required-field'],
  ] as const
  for (const [trigger, qpd, refusal] of cases) assert.equal(told(await ask(trigger, qpd)), refusal)
  assert.equal(
    told(await sender.ask(aMessage('QBP^Q11', ['QPD|Q|T|x'], { sender: 'RIS|QLYX', controlId: 'QX' }))),
    'AR 201 MSH-9 hl7.unsupported-event',
  )
})
