/** What accounts and master files tell: charges, accounts, coverages, staff and places; and orders of imaging, results by specimen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServiceRequest } from '@xinglin/fhir'
import { aDoor } from './fixtures/door.ts'
import { aMessage, zhangSan } from './fixtures/messages.ts'
import { told } from './fixtures/sender.ts'

const door = await aDoor()
let sent = 0
const tell = async (type: string, segments: readonly string[], controlId = `M${++sent}`) =>
  told(await door.sender.ask(aMessage(type, segments, { controlId })))
const only = async (type: Parameters<typeof door.all>[0]) => {
  const [first, ...more] = await door.all(type)
  assert.deepEqual(more, [])
  return first
}
const patient = { reference: 'Patient/00000000-0000-4000-8000-000000000001' }
const [numbered = ''] = zhangSan.map((segment) => {
  const fields = segment.split('|')
  fields[18] = 'ACC1'
  return fields.join('|')
})

test('a charge is told with its price and who did it, and taken back by its number; payments alone are refused', async () => {
  const charge =
    'FT1|1|T100||20260302090000|20260302093000|CG|250403^血常规^L|||1|25.00&CNY||LAB^检验科^L||||||I21.9^急性心肌梗死^I10|D101^王^医生^^^^^^&2.999.86.1.5&ISO'
  assert.equal(await tell('DFT^P03^DFT_P03', [...zhangSan, charge]), 'AA')
  const first = await only('ChargeItem')
  assert.equal(await tell('DFT^P03^DFT_P03', [...zhangSan, charge.replace('|CG|', '|CD|')]), 'AA')
  const second = await only('ChargeItem')

  const expected = {
    resourceType: 'ChargeItem',
    id: first?.id,
    identifier: [{ system: 'urn:xinglin:facility:QLYX:account:transaction', value: 'T100' }],
    status: 'billable',
    code: {
      coding: [{ system: 'urn:xinglin:codes:QLYX', code: '250403', display: '血常规' }],
      text: '血常规',
    },
    subject: patient,
    occurrenceDateTime: '2026-03-02T09:00:00+08:00',
    performer: [
      { actor: { reference: 'Practitioner/00000000-0000-4000-8000-000000000002', display: '王医生' } },
    ],
    performingOrganization: { display: '检验科' },
    quantity: { value: 1 },
    priceOverride: { value: 25, currency: 'CNY' },
    enteredDate: '2026-03-02T09:30:00+08:00',
    reason: [
      {
        coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'I21.9', display: '急性心肌梗死' }],
        text: '急性心肌梗死',
      },
    ],
  }
  assert.deepEqual([first, second], [expected, { ...expected, status: 'aborted' }])
  assert.equal(
    await tell('DFT^P03', [...zhangSan, 'FT1|1|T2||20260302||PY|X^缴费^L']),
    'AE 103 FT1-6 hl7.unknown-code',
  )
  assert.equal(
    await tell('DFT^P03', [...zhangSan, 'FT1|1|T3||20260302||XX|X^缴费^L']),
    'AE 103 FT1-6 hl7.unknown-code',
  )
  assert.equal(
    await tell('DFT^P03', [...zhangSan, 'FT1|1|T4||20260302||CG|X^缴费^L||||1e9']),
    'AE 102 FT1-11 hl7.data-type',
  )
  assert.equal(await tell('DFT^P03', [...zhangSan]), 'AE 100 FT1 hl7.segment-sequence')
  assert.equal(
    await tell('DFT^P03', ['PID|1||999^^^QLYX^MR||李^四', charge]),
    'AE 205 FT1-2 hl7.patient-ambiguous',
  )
})

test('an account is opened with its coverages and ended', async () => {
  const insured = [
    numbered,
    'PV1|1|I||||||||||||||||||||||||||||||||||||||||||20260302080000',
    'IN1|1|UEBMI^城镇职工基本医疗保险^L|3701|济南市医疗保障局||||||||20260101|20261231||1|||||||||||||||||||||SB370102',
  ]
  assert.equal(await tell('BAR^P01^BAR_P01', insured), 'AA')
  const coverage = await only('Coverage')
  assert.equal(await tell('BAR^P06^BAR_P06', [numbered]), 'AA')
  const account = await only('Account')

  assert.deepEqual(coverage, {
    resourceType: 'Coverage',
    id: coverage?.id,
    identifier: [{ system: 'urn:xinglin:facility:QLYX:account:policy', value: 'SB370102' }],
    status: 'active',
    type: { coding: [{ code: '1' }] },
    subscriberId: 'SB370102',
    beneficiary: patient,
    period: { start: '2026-01-01', end: '2026-12-31' },
    payor: [
      {
        identifier: { system: 'urn:xinglin:facility:QLYX:account', value: '3701' },
        display: '济南市医疗保障局',
      },
    ],
    class: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/coverage-class', code: 'plan' }] },
        value: 'UEBMI',
        name: '城镇职工基本医疗保险',
      },
    ],
  })
  assert.deepEqual(account, {
    resourceType: 'Account',
    id: account?.id,
    identifier: [{ system: 'urn:xinglin:facility:QLYX:account', value: 'ACC1' }],
    status: 'inactive',
    subject: [patient],
    servicePeriod: { start: '2026-03-02T08:00:00+08:00' },
    coverage: [{ coverage: { reference: `Coverage/${coverage?.id}` }, priority: 1 }],
  })
  assert.equal(await tell('BAR^P01', zhangSan), 'AE 101 PID-18 hl7.required-field')
  assert.equal(await tell('BAR^P01', [numbered, 'IN1|1']), 'AE 101 IN1-2 hl7.required-field')
})

test('staff of a master file are the practitioners whom visits name; who leaves is not active any more', async () => {
  const entry = (event: string) => [
    'MFI|STF|HR|UPD|||AL',
    `MFE|${event}|||D101|CE`,
    'STF|D101|D101^^^&2.999.86.1.5&ISO^EI|王^医生|P|F|19750506|A|CARD^心内科^L||^WPN^PH^^^^^^^^^053188880000||||||||主任医师',
    'PRA|D101||||心血管内科^心血管内科',
  ]
  assert.equal(await tell('MFN^M02^MFN_M02', entry('MUP')), 'AA')
  assert.equal(await tell('MFN^M02^MFN_M02', entry('MUP')), 'AA')
  const [practitioner, role] = [await only('Practitioner'), await only('PractitionerRole')]
  assert.equal(await tell('MFN^M02^MFN_M02', entry('MDC')), 'AA')
  const after = await only('Practitioner')

  const expected = {
    resourceType: 'Practitioner',
    id: '00000000-0000-4000-8000-000000000002',
    identifier: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'EI' }] },
        system: 'urn:oid:2.999.86.1.5',
        value: 'D101',
      },
    ],
    active: true,
    name: [{ text: '王医生', family: '王', given: ['医生'] }],
    gender: 'female',
    birthDate: '1975-05-06',
    telecom: [{ system: 'phone', value: '053188880000', use: 'work' }],
  }
  assert.deepEqual([practitioner, after], [expected, { ...expected, active: false }])
  assert.deepEqual(role, {
    resourceType: 'PractitionerRole',
    id: role?.id,
    active: true,
    practitioner: { reference: 'Practitioner/00000000-0000-4000-8000-000000000002' },
    organization: { display: '心内科' },
    code: [{ text: '主任医师' }],
    specialty: [{ coding: [{ code: '心血管内科' }], text: '心血管内科' }],
  })
  assert.equal(await tell('MFN^M02', ['MFI|STF', 'MFE|XXX', 'STF|D1']), 'AE 103 MFE-1 hl7.unknown-code')
  assert.equal(await tell('MFN^M02', ['MFI|STF', 'MFE|MAD']), 'AE 100 STF hl7.segment-sequence')
  assert.equal(await tell('MFN^M02', ['MFI|STF']), 'AE 100 MFE hl7.segment-sequence')
})

test('a bed of a master file is the bed where visits are; one that is taken away is inactive', async () => {
  const entry = (event: string) => ['MFI|LOC||UPD', `MFE|${event}`, 'LOC|W05^R01^12^QLYX|靠窗|B||心内科病区']
  assert.equal(await tell('MFN^M05^MFN_M05', entry('MAD')), 'AA')
  assert.equal(await tell('MFN^M05^MFN_M05', entry('MDL')), 'AA')

  const beds = (await door.all('Location')).filter((each) => 'description' in each)
  assert.deepEqual(beds, [
    {
      resourceType: 'Location',
      id: beds[0]?.id,
      identifier: [{ system: 'urn:xinglin:facility:QLYX:location', value: 'W05/R01/12' }],
      status: 'inactive',
      name: '12',
      description: '靠窗',
      mode: 'instance',
      type: [{ coding: [{ code: 'B' }] }],
      physicalType: {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/location-physical-type',
            code: 'bd',
            display: 'Bed',
          },
        ],
      },
      managingOrganization: { display: '心内科病区' },
      partOf: beds[0] && 'partOf' in beds[0] ? beds[0].partOf : undefined,
    },
  ])
  assert.equal(await tell('MFN^M05', ['MFI|LOC', 'MFE|MAD', 'LOC|']), 'AE 101 LOC-1 hl7.required-field')
})

test('an order of imaging brings its accession number and study; results by specimen are reports of that specimen', async () => {
  const order = ['ORC|NW|I1^QLYX', 'OBR|1|I1^QLYX||CT^胸部CT^L', 'IPC|A900^RIS|RP1|1.2.3.4.5|SPS1|CT']
  assert.equal(await tell('OMI^O23^OMI_O23', [...zhangSan, ...order]), 'AA')
  const results = ['SPM|1|S7&QLYX||BLD^全血^HL70487', 'OBX|1|ST|Q^质量^L||溶血||||||F']
  const reported = [
    'OBR|1||F70^LIS|K^钾^L|||20260302083000||||||||||||||||||F',
    'ORC|RE||F70^LIS',
    'OBX|1|NM|K^钾^L||4.1|mmol/L|||||F',
    'OBR|2||F71^LIS|NA^钠^L|||20260302083000||||||||||||||||||F',
    'OBX|1|NM|NA^钠^L||140|mmol/L|||||F',
  ]
  assert.equal(await tell('OUL^R22^OUL_R22', [...zhangSan, ...results, ...reported]), 'AA')

  const requests = (await door.all('ServiceRequest')) as readonly ServiceRequest[]
  const imaging = requests.find(({ identifier }) => identifier?.some(({ value }) => value === 'I1'))
  assert.deepEqual(imaging?.identifier?.slice(1), [
    {
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'ACSN' }] },
      system: 'urn:xinglin:facility:QLYX:order:accession',
      value: 'A900',
    },
    { system: 'urn:dicom:uid', value: 'urn:oid:1.2.3.4.5' },
  ])
  const [specimens, observations] = [await door.all('Specimen'), await door.all('Observation')]
  assert.equal(specimens.length, 1)
  assert.deepEqual(
    observations.map((each) => ('specimen' in each ? each.specimen : undefined)),
    [{ reference: `Specimen/${specimens[0]?.id}` }, { reference: `Specimen/${specimens[0]?.id}` }],
  )
})
