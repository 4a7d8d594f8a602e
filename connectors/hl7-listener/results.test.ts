/** What orders and results make of the record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DiagnosticReport, Observation, ServiceRequest, Specimen } from '@xinglin/fhir'
import { testTenant } from '@xinglin/testkit'
import { aDoor } from './fixtures/door.ts'
import { aMessage, zhangSan } from './fixtures/messages.ts'
import { told } from './fixtures/sender.ts'

const obr = (status = 'F') =>
  `OBR|1|P1^QLYX|F1^LIS|CBC^血常规^L|||20260302083000||||||||||||||||20260302093000||LAB|${status}`.replace(
    'CBC^血常规^L|||20260302083000||||||||||||||||',
    'CBC^血常规^L|||20260302083000|||||||||||||||',
  )
const oru = (obxs: readonly string[], controlId: string, status = 'F') =>
  aMessage('ORU^R01^ORU_R01', [...zhangSan, 'ORC|RE|P1^QLYX|F1^LIS', obr(status), ...obxs], {
    controlId,
    sender: 'LIS|QLYX',
  })
const white = (value: string, status = 'F') =>
  `OBX|1|NM|6690-2^白细胞^LN||${value}|10*9/L^10*9/L^UCUM|3.5-9.5|H|||${status}|||20260302083000`

/** SPM with these fields. */
const spm = (fields: Readonly<Record<number, string>>) =>
  Array.from({ length: 31 }, (_, number) => (number === 0 ? 'SPM|1' : (fields[number + 1] ?? ''))).join('|')

type Door = Awaited<ReturnType<typeof aDoor>>
const observations = async (door: Door) => (await door.all('Observation')) as Observation[]

test('a result makes request, report and observation with unit, range, flag, status, time and note', async () => {
  const door = await aDoor()

  const answer = await door.sender.ask(oru([white('11.2'), 'NTE|1||复查'], 'C1'))

  assert.equal(told(answer), 'AA')
  const [patient] = await door.all('Patient')
  const [request] = (await door.all('ServiceRequest')) as ServiceRequest[]
  const [report] = (await door.all('DiagnosticReport')) as DiagnosticReport[]
  const [observation] = await observations(door)
  const unit = { unit: '10*9/L', system: 'http://unitsofmeasure.org', code: '10*9/L' }
  assert.deepEqual(observation, {
    resourceType: 'Observation',
    id: observation?.id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '6690-2', display: '白细胞' }], text: '白细胞' },
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' },
        ],
      },
    ],
    effectiveDateTime: '2026-03-02T08:30:00+08:00',
    issued: '2026-03-02T09:30:00+08:00',
    valueQuantity: { value: 11.2, ...unit },
    interpretation: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
            code: 'H',
            display: 'High',
          },
        ],
      },
    ],
    referenceRange: [{ low: { value: 3.5, ...unit }, high: { value: 9.5, ...unit }, text: '3.5-9.5' }],
    note: [{ text: '复查' }],
    subject: { reference: `Patient/${patient?.id}` },
    basedOn: [{ reference: `ServiceRequest/${request?.id}` }],
  })
  assert.deepEqual([request?.status, report?.status], ['completed', 'final'])
  assert.deepEqual(report?.result, [{ reference: `Observation/${observation?.id}` }])
  assert.deepEqual(report?.basedOn, [{ reference: `ServiceRequest/${request?.id}` }])
})

test('a corrected result updates the observation, a later one joins the report', async () => {
  const door = await aDoor()
  await door.sender.ask(oru([white('11.2', 'P')], 'C1', 'P'))

  await door.sender.ask(
    oru([white('10.8', 'C'), 'OBX|2|NM|718-7^血红蛋白^LN||130|g/L|115-150|N|||F'], 'C2', 'C'),
  )

  const found = await observations(door)
  assert.deepEqual(found.map(({ status, valueQuantity }) => [status, valueQuantity?.value]).sort(), [
    ['corrected', 10.8],
    ['final', 130],
  ])
  const reports = (await door.all('DiagnosticReport')) as DiagnosticReport[]
  assert.deepEqual(
    reports.map(({ status, result }) => [status, result?.length]),
    [['corrected', 2]],
  )
  assert.equal((await door.all('ServiceRequest')).length, 1)
})

test('an order placed by OML is answered by the ORU with its number; a cancelled one is revoked', async () => {
  const door = await aDoor()
  const oml = (control: string, number: string, controlId: string) =>
    aMessage(
      'OML^O21^OML_O21',
      [
        ...zhangSan,
        `ORC|${control}|${number}^QLYX|||||||20260302081500|||D101^王^医生`,
        `OBR|1|${number}^QLYX||CBC^血常规^L`,
        'NTE|1||空腹',
      ],
      { controlId },
    )
  await door.sender.ask(oml('NW', 'P1', 'C1'))
  await door.sender.ask(oml('NW', 'P2', 'C2'))
  const [before] = ((await door.all('ServiceRequest')) as ServiceRequest[]).filter(
    ({ identifier }) => identifier?.[0]?.value === 'P1',
  )

  await door.sender.ask(oru([white('11.2')], 'C3'))
  await door.sender.ask(oml('CA', 'P2', 'C4'))

  assert.deepEqual(
    {
      status: before?.status,
      authoredOn: before?.authoredOn,
      note: before?.note,
      by: before?.requester?.display,
    },
    { status: 'active', authoredOn: '2026-03-02T08:15:00+08:00', note: [{ text: '空腹' }], by: '王医生' },
  )
  const requests = ((await door.all('ServiceRequest')) as ServiceRequest[]).map(({ status, identifier }) => [
    identifier
      ?.map(({ value }) => value)
      .sort()
      .join(' '),
    status,
  ])
  assert.deepEqual(requests.sort(), [
    ['F1 P1', 'completed'],
    ['P2', 'revoked'],
  ])
})

test('a specimen that an order names is the one that its result names; one without a number stays one', async () => {
  const door = await aDoor()
  const drawn = {
    ...{ 2: 'S1&QLYX^L1&LAB', 4: 'BLD^全血^HL70487', 6: 'EDTA^EDTA^HL70371', 7: 'VENIP^静脉穿刺^HL70488' },
    ...{ 12: '3^mL&毫升&UCUM', 14: '溶血', 17: '20260302080500', 20: 'Y', 27: 'T1^紫帽管^L' },
  }
  const oml = ['ORC|NW|P1^QLYX', 'OBR|1|P1^QLYX||CBC^血常规^L', spm(drawn)]
  const urine = (controlId: string) => {
    const obx = 'OBX|1|NM|5811-5^尿比重^LN||1.015|||N|||F'
    const text = oru([obx, spm({ 4: 'UR^尿^HL70487' })], controlId)
    return text.replaceAll('F1^', 'F2^').replaceAll('P1^', 'P2^')
  }

  const answers = [
    await door.sender.ask(aMessage('OML^O21^OML_O21', [...zhangSan, ...oml], { controlId: 'C1' })),
    await door.sender.ask(oru([white('11.2'), spm({ 2: 'S1&QLYX^L1&LAB', 18: '20260302082000' })], 'C2')),
    await door.sender.ask(urine('C3')),
    await door.sender.ask(urine('C4')),
    await door.sender.ask(oru([white('11.3'), spm({ 12: 'much^mL' })], 'C5')),
  ].map(told)

  assert.deepEqual(answers, ['AA', 'AA', 'AA', 'AA', 'AE 102 SPM-12 hl7.data-type'])
  const [patient] = await door.all('Patient')
  const requests = (await door.all('ServiceRequest')) as ServiceRequest[]
  const request = requests.find(({ identifier }) => identifier?.some(({ value }) => value === 'P1'))
  const specimens = (await door.all('Specimen')) as Specimen[]
  const blood = specimens.find(({ identifier }) => identifier)
  const typed = (code: string) => ({
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }],
  })
  const concept = (system: string, code: string, text: string) => ({
    coding: [{ system, code, display: text }],
    text,
  })
  const table = (number: string) => `http://terminology.hl7.org/CodeSystem/v2-${number}`
  assert.deepEqual(blood, {
    resourceType: 'Specimen',
    id: blood?.id,
    identifier: [
      { type: typed('PLAC'), system: 'urn:xinglin:authority:QLYX', value: 'S1' },
      { type: typed('FILL'), system: 'urn:xinglin:authority:LAB', value: 'L1' },
    ],
    status: 'available',
    type: concept(table('0487'), 'BLD', '全血'),
    subject: { reference: `Patient/${patient?.id}` },
    receivedTime: '2026-03-02T08:20:00+08:00',
    request: [{ reference: `ServiceRequest/${request?.id}` }],
    collection: {
      collectedDateTime: '2026-03-02T08:05:00+08:00',
      quantity: { value: 3, unit: '毫升', system: 'http://unitsofmeasure.org', code: 'mL' },
      method: concept(table('0488'), 'VENIP', '静脉穿刺'),
    },
    container: [
      {
        type: concept('urn:xinglin:codes:QLYX', 'T1', '紫帽管'),
        additiveCodeableConcept: concept(table('0371'), 'EDTA', 'EDTA'),
      },
    ],
    note: [{ text: '溶血' }],
  })
  const own = [{ reference: `Specimen/${blood?.id}` }]
  const reports = (await door.all('DiagnosticReport')) as DiagnosticReport[]
  const report = reports.find(({ identifier }) => identifier?.some(({ value }) => value === 'F1'))
  const [result] = (await observations(door)).filter(({ code }) => code.text === '白细胞')
  assert.deepEqual([request?.specimen, report?.specimen, result?.specimen], [own, own, own[0]])
  assert.equal(specimens.length, 2)
})

test('every value type becomes the element that the maps name', async () => {
  const door = await aDoor()
  const cases: readonly [type: string, value: string, expected: Record<string, unknown>][] = [
    ['NM', '5.60', { valueQuantity: { value: 5.6, unit: 'mmol/L' } }],
    ['NM', '<0.01', { valueQuantity: { value: 0.01, comparator: '<', unit: 'mmol/L' } }],
    ['SN', '>^100', { valueQuantity: { value: 100, comparator: '>', unit: 'mmol/L' } }],
    [
      'SN',
      '^1^-^5',
      { valueRange: { low: { value: 1, unit: 'mmol/L' }, high: { value: 5, unit: 'mmol/L' } } },
    ],
    [
      'SN',
      '^1^:^128',
      {
        valueRatio: { numerator: { value: 1, unit: 'mmol/L' }, denominator: { value: 128, unit: 'mmol/L' } },
      },
    ],
    ['ST', '阴性', { valueString: '阴性' }],
    ['', '阳性', { valueString: '阳性' }],
    ['TX', 'first~second', { valueString: 'first\nsecond' }],
    ['FT', 'a\\.br\\b', { valueString: 'a\nb' }],
    [
      'CE',
      '27268008^Salmonella^SCT',
      {
        valueCodeableConcept: {
          coding: [{ system: 'http://snomed.info/sct', code: '27268008', display: 'Salmonella' }],
          text: 'Salmonella',
        },
      },
    ],
    ['CWE', '^自由文本', { valueCodeableConcept: { text: '自由文本' } }],
    ['DT', '20260302', { valueDateTime: '2026-03-02' }],
    ['DTM', '202603020815', { valueDateTime: '2026-03-02T08:15:00+08:00' }],
    ['TM', '0815', { valueTime: '08:15:00' }],
    [
      'ED',
      '^AP^PDF^Base64^JVBERi0=',
      {
        extension: [
          {
            url: 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value',
            valueAttachment: { contentType: 'application/pdf', data: 'JVBERi0=' },
          },
        ],
      },
    ],
    [
      'NM',
      '',
      {
        dataAbsentReason: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown' }],
        },
      },
    ],
  ]

  const answer = await door.sender.ask(
    oru(
      cases.map(
        ([type, value], index) =>
          `OBX|${index + 1}|${type}|T${String(index).padStart(2, '0')}^test^L||${value}|mmol/L|||||F`,
      ),
      'C1',
    ),
  )

  assert.equal(told(answer), 'AA')
  const found = (await observations(door)).toSorted((left, right) =>
    (left.code.coding?.[0]?.code ?? '').localeCompare(right.code.coding?.[0]?.code ?? ''),
  )
  assert.deepEqual(
    found.map((observation) =>
      Object.fromEntries(
        Object.entries(observation).filter(([name]) => /^(value|dataAbsent|extension)/.test(name)),
      ),
    ),
    cases.map(([, , expected]) => expected),
  )
})

test('what is not of its type is refused at its OBX, and nothing of the message is kept', async () => {
  const door = await aDoor()
  const cases: readonly [obx: string, expected: string][] = [
    ['OBX|1|NM|A^a^L||溶血||||||F', 'AE 102 OBX-5 hl7.data-type'],
    ['OBX|1|NM|A^a^L||1|||||||F\rOBX|2|NM|B^b^L||x||||||F', 'AE 102 OBX[2]-5 hl7.data-type'],
    ['OBX|1|DT|A^a^L||20261301||||||F', 'AE 102 OBX-5 hl7.data-type'],
    ['OBX|1|ED|A^a^L||^AP^PDF^Base64^%%%||||||F', 'AE 102 OBX-5 hl7.data-type'],
    ['OBX|1|QQ|A^a^L||1||||||F', 'AE 103 OBX-2 hl7.unknown-code'],
    ['OBX|1|NM|||1||||||F', 'AE 101 OBX-3 hl7.required-field'],
    ['OBX|1|NM|A^a^L||1||||||Q', 'AE 103 OBX-11 hl7.unknown-code'],
  ]
  const answers: (readonly [string, string])[] = []
  for (const [index, [obx]] of cases.entries()) {
    answers.push([obx, told(await door.sender.ask(oru(obx.split('\r'), `C${index}`)))])
  }

  assert.deepEqual(answers.slice(0, 1).concat(answers.slice(2)), cases.slice(0, 1).concat(cases.slice(2)))
  assert.match(answers[1]?.[1] ?? '', /^AE 10\d OBX/)
  assert.deepEqual(await door.tally(), {})
  const refused = await door.kernel.traffic.list({ tenant: testTenant, outcome: 'refused', limit: 100 })
  assert.equal(refused.length, cases.length)
})
