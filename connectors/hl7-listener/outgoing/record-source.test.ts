/**
 * What the record tells other systems by HL7 v2: whole messages compared. What one platform heard and tells, another hears and
 * tells the same.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Patient, ServiceRequest } from '@xinglin/fhir'
import { type AnyInterface, defineInterface, hl7v2Format } from '@xinglin/interfaces'
import { testTenant as tenant, testKernel } from '@xinglin/testkit'
import { admitted, aMessage, zhangSan } from '../fixtures/messages.ts'
import { aSender, told } from '../fixtures/sender.ts'
import { startHl7Listener } from '../hl7-listener.ts'
import { recordSource } from './record-source.ts'

/** A platform that hears HL7 and tells it on; nothing is sent, for its destination is paused. */
async function aTeller(settings: Readonly<Record<string, unknown>> = { relay: true }) {
  const kernel = await testKernel()
  const { interfaces } = kernel
  interfaces.offerSource(recordSource(kernel))
  interfaces.offerDestination({
    kind: 'nowhere',
    check: () => undefined,
    open: () => ({ send: async () => ({ kind: 'taken' }), close: async () => undefined }),
  })
  const definition: AnyInterface = {
    ...{ id: 'told', version: '1.0.0', title: { zh: '通知', en: 'Told' } },
    source: { kind: 'record-messages', name: 'told', facility: 'QLYX', ...settings },
    format: hl7v2Format,
    destinations: [{ id: 'other', to: { kind: 'nowhere' } }],
  }
  await interfaces.deploy(tenant, defineInterface(definition))
  await interfaces.start({ sources: true, destinations: false })
  after(() => interfaces.stop())
  const listener = await startHl7Listener(kernel, { bind: '127.0.0.1', port: 0, tenant })
  after(() => listener.stop())
  const sender = await aSender(listener.port)
  after(() => sender.close())
  let heard = 0
  const hear = async (type: string, segments: readonly string[]) => {
    const answer = await sender.ask(aMessage(type, segments, { controlId: `H${++heard}` }))
    assert.equal(told(answer), 'AA')
  }
  let seen = 0
  /** What was told since the last look, once so many messages are there. */
  const news = async (count: number): Promise<readonly (readonly string[])[]> => {
    for (;;) {
      const all = (await interfaces.deliveries({ tenant, interface: 'told', limit: 500 })).toReversed()
      if (all.length >= seen + count) {
        const texts = await Promise.all(
          all
            .slice(seen)
            .map(async ({ id }) => Buffer.from((await interfaces.content(tenant, id)) ?? []).toString()),
        )
        seen = all.length
        return texts.map(masked)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return { kernel, sender, hear, news }
}

/** Segments without the times and the number of the message. */
function masked(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\r')
    .map((segment) =>
      segment.startsWith('MSH')
        ? segment.replace(/\|\d{14}[+-]\d{4}\|/, '|<at>|').replace(/\|\w{20}\|P/, '|<id>|P')
        : segment.replace(/^(EVN\|A\d\d)\|\d{14}[+-]\d{4}/, '$1|<at>'),
    )
}

const msh = (type: string) => `MSH|^~\\&|XINGLIN|QLYX|||<at>||${type}|<id>|P|2.5.1||||||UNICODE UTF-8`
const pid =
  'PID|1||100001^^^&2.999.86.1.1&ISO^MR~37010219800101001X^^^&2.16.156.10011.1.3&ISO^NI||张^三^^^^^L||19800101|M|||泉城路1号^历下区^济南市^山东省^250011^CHN^H||13800000001^PRN^CP^^^^^^^^^13800000001|||M'
const doctor = 'D101^王^医生^^^^^^&2.999.86.1.5&ISO'
const visit = (place: string, before: string, end = '') =>
  `PV1|1|I|${place}|||${before}|${doctor}|||05|||||||||V0001^^^&2.999.86.1.2&ISO^VN|||||||||||||||||||||||||20260302080000+0800${end}`

const here = await aTeller()

test('the whole way of an inpatient is told: pre-admission, admission with allergy and diagnosis, transfer, leave, discharge, its withdrawal', async () => {
  const moved = admitted.replace('W05^W05-R01^12^QLYX^^N', 'W06^W06-R02^03^QLYX^^N')
  await here.hear('ADT^A01^ADT_A01', [
    'EVN|A01|20260302080000',
    ...zhangSan,
    'NK1|1|李^四|SPO||13900000002^PRN^PH',
    admitted,
    'AL1|1|DA|C01^青霉素^L|SV|皮疹',
    'DG1|1||I21.9^急性心肌梗死^I10||20260302|A',
  ])
  await here.hear('ADT^A02^ADT_A02', ['EVN|A02|20260303090000', ...zhangSan, moved])
  await here.hear('ADT^A21^ADT_A21', ['EVN|A21|20260304090000', ...zhangSan, moved])
  await here.hear('ADT^A22^ADT_A21', ['EVN|A22|20260305090000', ...zhangSan, moved])
  await here.hear('ADT^A03^ADT_A03', ['EVN|A03|20260306100000', ...zhangSan, moved])
  await here.hear('ADT^A13^ADT_A01', ['EVN|A13|20260306110000', ...zhangSan, moved])
  await here.hear('ADT^A11^ADT_A09', ['EVN|A11|20260306120000', ...zhangSan, moved])

  const nk1 = 'NK1|1|李^四|SPO||13900000002^PRN^PH^^^^^^^^^13900000002'
  const al1 = 'AL1|1|DA|C01^青霉素^QLYX|SV|皮疹'
  const dg1 = 'DG1|1||I21.9^急性心肌梗死^I10||20260302|A'
  const [first, second] = ['W05^W05-R01^12^QLYX', 'W06^W06-R02^03^QLYX']
  assert.deepEqual(await here.news(8), [
    [msh('ADT^A28^ADT_A05'), 'EVN|A28|<at>', pid, nk1, 'PV1|1|N', al1],
    [msh('ADT^A01^ADT_A01'), 'EVN|A01|<at>||||20260302080000+0800', pid, nk1, visit(first, ''), al1, dg1],
    [msh('ADT^A02^ADT_A02'), 'EVN|A02|<at>||||20260303090000+0800', pid, visit(second, first)],
    [msh('ADT^A21^ADT_A21'), 'EVN|A21|<at>', pid, visit(second, first)],
    [msh('ADT^A22^ADT_A21'), 'EVN|A22|<at>', pid, visit(second, first)],
    [
      msh('ADT^A03^ADT_A03'),
      'EVN|A03|<at>||||20260306100000+0800',
      pid,
      visit(second, first, '|20260306100000+0800'),
      dg1,
    ],
    [msh('ADT^A13^ADT_A01'), 'EVN|A13|<at>', pid, nk1, visit(second, first), al1, dg1],
    [msh('ADT^A11^ADT_A09'), 'EVN|A11|<at>', pid, visit(second, first)],
  ])
})

const order = [
  'ORC|NW|P1^QLYX|||||||20260302083000|||D101^王^医生^^^^^^&2.999.86.1.5&ISO',
  'OBR|1|P1^QLYX||CBC^血常规^L|S|20260302090000|||||||||||||||||||||||||发热^发热^L',
  'NTE|1||请复查',
  'SPM|1|S1&QLYX^||BLD^全血^HL70487||EDTA^^HL70371||||||5^mL&mL&UCUM|||||20260302084000',
]
const report = [
  'ORC|RE|P1^QLYX|F1^LIS',
  'OBR|1|P1^QLYX|F1^LIS|CBC^血常规^L|||20260302083000|||||||||||||||20260302093000||LAB|F',
  'OBX|1|NM|6690-2^白细胞^LN||11.2|10*9/L^10*9/L^UCUM|3.5-9.5|H|||F|||20260302083000',
  'NTE|1||复查',
  'OBX|2|NM|1988-5^C 反应蛋白^LN||<0.5|mg/L^mg/L^UCUM|<10|N|||F|||20260302083000',
  'OBX|3|CWE|883-9^血型^LN||A^A 型^L||||||F|||20260302083000',
  'OBX|4|TX|PATH^镜检^L||红细胞形态正常||||||F|||20260302083000',
  'OBX|5|TX|PATH^镜检^L||血小板 \\T\\ 白细胞||||||F|||20260302083000',
  'OBX|6|SN|RATIO^滴度^L||^1^:^128||||||F|||20260302083000',
  'OBX|7|ED|PDF^报告^L||^AP^PDF^Base64^JVBERi0xLjQ=||||||F|||20260302083000',
]
const ordered = [
  pid,
  'AL1|1|DA|C01^青霉素^QLYX|SV|皮疹',
  `ORC|NW|P1^QLYX|||||||20260302083000+0800|||${doctor}`,
  'TQ1|1||||||20260302090000+0800||S',
  `OBR|1|P1^QLYX||CBC^血常规^QLYX|S|20260302090000+0800||||||||||${doctor}|||||||||||||||发热^发热^QLYX`,
  'NTE|1||请复查',
  'SPM|1|S1&QLYX||BLD^全血^HL70487||EDTA^^HL70371||||||5^mL&mL&UCUM|||||20260302084000+0800',
]
const reported = (white: string, status: string) => [
  msh('ORU^R01^ORU_R01'),
  pid,
  `ORC|RE|P1^QLYX|F1^LIS|||||||||${doctor}`,
  `OBR|1|P1^QLYX|F1^LIS|CBC^血常规^QLYX|S|20260302090000+0800|20260302083000+0800|||||||||${doctor}||||||20260302093000+0800||LAB|F||||||发热^发热^QLYX`,
  'NTE|1||请复查',
  `OBX|1|NM|6690-2^白细胞^LN||${white}|10*9/L^10*9/L^UCUM|3.5-9.5|H|||${status}|||20260302083000+0800`,
  'NTE|1||复查',
  'OBX|2|SN|1988-5^C 反应蛋白^LN||<^0.5|mg/L^mg/L^UCUM|<10|N|||F|||20260302083000+0800',
  'OBX|3|CWE|883-9^血型^LN||A^A 型^QLYX||||||F|||20260302083000+0800',
  'OBX|4|TX|PATH^镜检^QLYX||红细胞形态正常~血小板 \\T\\ 白细胞||||||F|||20260302083000+0800',
  'OBX|5|SN|RATIO^滴度^QLYX||^1^:^128||||||F|||20260302083000+0800',
  'OBX|6|ED|PDF^报告^QLYX||^AP^PDF^Base64^JVBERi0xLjQ=||||||F|||20260302083000+0800',
]

test('an order is told as OML with timing, note and specimen, its report as ORU with every result, and a corrected result once', async () => {
  await here.hear('OML^O21^OML_O21', [...zhangSan, ...order])
  await here.hear('ORU^R01^ORU_R01', [...zhangSan, ...report])
  const first = await here.news(3)
  const corrected = report.map((segment) => segment.replace('||11.2|', '||12.4|').replace('|H|||F', '|H|||C'))
  await here.hear('ORU^R01^ORU_R01', [...zhangSan, ...corrected])

  const filled = ordered.map((segment) =>
    segment
      .replace('ORC|NW|P1^QLYX|||||||', 'ORC|SC|P1^QLYX|F1^LIS||CM||||')
      .replace('OBR|1|P1^QLYX||', 'OBR|1|P1^QLYX|F1^LIS|'),
  )
  assert.deepEqual(
    [...first, ...(await here.news(1))],
    [
      [msh('OML^O21^OML_O21'), ...ordered],
      [msh('OML^O21^OML_O21'), ...filled],
      reported('11.2', 'F'),
      reported('12.4', 'C'),
    ],
  )
})

test('what one platform tells, another hears and tells the same', async () => {
  const there = await aTeller()
  const spoken = (
    await here.kernel.interfaces.deliveries({ tenant, interface: 'told', limit: 500 })
  ).toReversed()
  const texts = await Promise.all(
    spoken.map(async ({ id }) =>
      Buffer.from((await here.kernel.interfaces.content(tenant, id)) ?? []).toString(),
    ),
  )

  for (const text of texts) {
    assert.equal(told(await there.sender.ask(text)), 'AA')
    assert.deepEqual(await there.news(1), [masked(text)])
  }
})

test('an order of our own without a number is told by its id, and the answer with that number is its result', async () => {
  const own = await aTeller({ tell: ['ORM', 'ORU'], receivingApplication: 'LIS' })
  const patient: Patient = { resourceType: 'Patient', name: [{ family: '林', given: ['晓'] }] }
  const request: ServiceRequest = {
    ...{ resourceType: 'ServiceRequest', status: 'active', intent: 'order' },
    subject: { reference: 'Patient/asha' },
    code: { coding: [{ system: 'http://loinc.org', code: '2823-3', display: '钾' }] },
  }
  const secret = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }
  await own.kernel.records.commit({ tenant, actor: 'user/ward' }, (unit) =>
    unit.write([
      { kind: 'create', resource: patient, id: 'asha' },
      { kind: 'create', resource: { ...request, meta: { security: [secret] } }, id: 'secret' },
      { kind: 'create', resource: request, id: 'potassium' },
    ]),
  )

  const [message] = await own.news(1)
  await own.hear('ORU^R01^ORU_R01', [
    'PID|1||asha^^^XINGLIN^PI',
    'OBR|1|potassium^XINGLIN|F7^LIS|2823-3^钾^LN|||20260302083000|||||||||||||||||LAB|F',
    'OBX|1|NM|2823-3^钾^LN||4.1|mmol/L^mmol/L^UCUM||N|||F',
  ])

  assert.deepEqual(message, [
    'MSH|^~\\&|XINGLIN|QLYX|LIS||<at>||ORM^O01^ORM_O01|<id>|P|2.5.1||||||UNICODE UTF-8',
    'PID|1||asha^^^XINGLIN^PI||林^晓',
    'ORC|NW|potassium^XINGLIN',
    'OBR|1|potassium^XINGLIN||2823-3^钾^LN',
  ])
  await own.kernel.records.commit({ tenant, actor: 'user/ward' }, (unit) =>
    unit.write([{ kind: 'update', resource: { ...request, id: 'potassium', status: 'revoked' } }]),
  )
  // What the laboratory told is not told on: the next message is that of the ward.
  const [cancelled] = await own.news(1)
  assert.deepEqual(cancelled?.slice(-2), [
    'ORC|CA|potassium^XINGLIN|||CA',
    'OBR|1|potassium^XINGLIN||2823-3^钾^LN',
  ])
  const { matches } = await own.kernel.records.search(tenant, 'ServiceRequest', [['_sort', '_id']])
  assert.deepEqual(
    matches.map(({ id, version }) => [id, version]),
    [
      ['potassium', 3],
      ['secret', 1],
    ],
  )
  const [observation] = (await own.kernel.records.search(tenant, 'Observation', [])).matches
  assert.deepEqual(JSON.parse(observation?.json ?? '').basedOn, [{ reference: 'ServiceRequest/potassium' }])
})

test('settings that are wrong are refused by name', () => {
  const check = (settings: object) => () =>
    recordSource(here.kernel).check({ kind: 'record-messages', name: 'lis', ...settings })
  assert.doesNotThrow(check({ tell: ['ADT', 'ORM'], restricted: true }))
  assert.throws(check({ name: 'LIS' }), /name of a source record-messages must be/)
  assert.throws(check({ tell: ['OML', 'ORM'] }), /tell of a source record-messages must be/)
  assert.throws(check({ tell: ['MDM'] }), /tell of a source record-messages must be/)
  assert.throws(check({ facility: 3 }), /facility of a source record-messages must be/)
  assert.throws(check({ host: 'lis' }), /host of a source record-messages must be nothing/)
})
