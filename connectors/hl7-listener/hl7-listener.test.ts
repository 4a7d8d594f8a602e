import { test } from 'node:test'
import { printMessage } from '@xinglin/hl7v2'
import { testKernel, testTenant } from '@xinglin/testkit'
import { admitted, aMessage, order, zhangSan } from './fixtures/messages.ts'
import { aSender, told } from './fixtures/sender.ts'
import { startHl7Listener } from './hl7-listener.ts'

test('trial', async () => {
  const kernel = await testKernel()
  const listener = await startHl7Listener(kernel, { bind: '127.0.0.1', port: 0, tenant: testTenant })
  const sender = await aSender(listener.port)
  const show = async (m: string) => {
    const a = await sender.ask(m)
    console.log(told(a), printMessage(a).replaceAll('\r', '\n'))
  }
  await show(
    aMessage('ADT^A01^ADT_A01', [
      'EVN|A01|20260302080000',
      ...zhangSan,
      'NK1|1|张大^^|FTH^父亲^HL70063||^PRN^CP^^^^^^^^^13900000000',
      admitted,
      'AL1|1|DA|C01^青霉素^L|SV|皮疹',
      'DG1|1||J18.9^肺炎^I10||20260302|W',
    ]),
  )
  await show(
    aMessage(
      'ORU^R01^ORU_R01',
      [
        ...zhangSan,
        admitted,
        'ORC|RE|P1^QLYX|F1^LIS||CM',
        order('P1', 'F1') + '|||||||||D101^王^医生||||||20260302093000||LAB|F',
        'OBX|1|NM|6690-2^白细胞^LN||11.2|10*9/L^10*9/L^UCUM|3.5-9.5|H|||F|||20260302083000',
        'NTE|1||复查',
        'OBX|2|NM|718-7^血红蛋白^LN||130|g/L^g/L^UCUM|115-150|N|||F',
      ],
      { controlId: 'C2', sender: 'LIS|QLYX' },
    ),
  )
  for (const type of [
    'Patient',
    'Encounter',
    'AllergyIntolerance',
    'Condition',
    'ServiceRequest',
    'DiagnosticReport',
    'Observation',
    'Provenance',
    'Location',
    'Practitioner',
  ] as const) {
    const page = await kernel.records.search(testTenant, type, [])
    for (const m of page.matches) console.log(m.json)
  }
  console.log(kernel.runtime.lines.filter((l) => l.level !== 'info'))
  await sender.close()
  await listener.stop()
})
