/**
 * What departments tell by other messages than results: appointments, medicines, vaccinations, documents; and numbers that change.
 * Long, for whole resources are compared.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Patient } from '@xinglin/fhir'
import { aDoor } from './fixtures/door.ts'
import { aMessage, zhangSan } from './fixtures/messages.ts'
import { told } from './fixtures/sender.ts'

const door = await aDoor()
let sent = 0
const tell = async (type: string, segments: readonly string[], controlId = `D${++sent}`) =>
  told(await door.sender.ask(aMessage(type, segments, { controlId })))

test('an appointment is booked, moved and cancelled: one resource', async () => {
  const booked = [
    'SCH|A1|F1|||||复诊^复诊||30|min|^^^20260310090000|||||D101^王^医生^^^^^^&2.999.86.1.5&ISO',
    ...zhangSan,
    'RGS|1',
    'AIS|1||ECHO^心脏超声^L',
    'AIL|1||C01^R1',
  ]
  assert.equal(await tell('SIU^S12^SIU_S12', booked), 'AA')
  const [first] = await door.all('Appointment')
  assert.equal(await tell('SIU^S15^SIU_S12', ['SCH|A1|F1||||病人要求', ...zhangSan]), 'AA')
  const after = await door.all('Appointment')

  assert.deepEqual(
    [first, ...after],
    [
      {
        resourceType: 'Appointment',
        id: '00000000-0000-4000-8000-000000000002',
        identifier: [
          {
            type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PLAC' }] },
            system: 'urn:xinglin:facility:QLYX:order',
            value: 'A1',
          },
          {
            type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'FILL' }] },
            system: 'urn:xinglin:facility:QLYX:order',
            value: 'F1',
          },
        ],
        status: 'booked',
        serviceType: [
          {
            coding: [{ system: 'urn:xinglin:codes:QLYX', code: 'ECHO', display: '心脏超声' }],
            text: '心脏超声',
          },
        ],
        reasonCode: [{ coding: [{ code: '复诊', display: '复诊' }], text: '复诊' }],
        start: '2026-03-10T09:00:00+08:00',
        end: '2026-03-10T09:30:00+08:00',
        participant: [
          { actor: { reference: 'Patient/00000000-0000-4000-8000-000000000001' }, status: 'accepted' },
          {
            actor: { reference: 'Practitioner/00000000-0000-4000-8000-000000000003', display: '王医生' },
            status: 'accepted',
          },
          {
            actor: { reference: 'Location/a74baf76-f28f-81eb-8c47-d6498b9d22d6', display: 'C01 R1' },
            status: 'accepted',
          },
        ],
      },
      {
        resourceType: 'Appointment',
        id: '00000000-0000-4000-8000-000000000002',
        identifier: [
          {
            type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PLAC' }] },
            system: 'urn:xinglin:facility:QLYX:order',
            value: 'A1',
          },
          {
            type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'FILL' }] },
            system: 'urn:xinglin:facility:QLYX:order',
            value: 'F1',
          },
        ],
        status: 'cancelled',
        serviceType: [
          {
            coding: [{ system: 'urn:xinglin:codes:QLYX', code: 'ECHO', display: '心脏超声' }],
            text: '心脏超声',
          },
        ],
        reasonCode: [{ coding: [{ code: '复诊', display: '复诊' }], text: '复诊' }],
        start: '2026-03-10T09:00:00+08:00',
        end: '2026-03-10T09:30:00+08:00',
        participant: [
          { actor: { reference: 'Patient/00000000-0000-4000-8000-000000000001' }, status: 'accepted' },
          {
            actor: { reference: 'Practitioner/00000000-0000-4000-8000-000000000003', display: '王医生' },
            status: 'accepted',
          },
          {
            actor: { reference: 'Location/a74baf76-f28f-81eb-8c47-d6498b9d22d6', display: 'C01 R1' },
            status: 'accepted',
          },
        ],
        cancelationReason: { coding: [{ code: '病人要求' }] },
      },
    ],
  )
})

test('a medicine is ordered, handed out and given', async () => {
  const order = (control: string) =>
    `ORC|${control}|P7|F7||||||20260302081000|||D101^王^医生^^^^^^&2.999.86.1.5&ISO`
  assert.equal(
    await tell('RDE^O11^RDE_O11', [
      ...zhangSan,
      order('NW'),
      'RXE||AMOX^阿莫西林^L|0.5||g^克^L|CAP|饭后服|||24|粒^粒^L',
      'TQ1|1||TID',
      'RXR|PO^口服^HL70162',
    ]),
    'AA',
  )
  assert.equal(
    await tell('RDS^O13^RDS_O13', [
      ...zhangSan,
      order('RE'),
      'RXD|1|AMOX^阿莫西林^L|20260302090000|24|粒^粒^L||P7',
    ]),
    'AA',
  )
  const given =
    'RXA|0|1|20260302120000|20260302120000|AMOX^阿莫西林^L|0.5|g^克^L|||N7^李^护士^^^^^^&2.999.86.1.5&ISO||||||||||CP'
  assert.equal(await tell('RAS^O17^RAS_O17', [...zhangSan, order('RE'), given, 'RXR|PO^口服^HL70162']), 'AA')
  assert.equal(await tell('RAS^O17^RAS_O17', [...zhangSan, order('RE'), given, 'RXR|PO^口服^HL70162']), 'AA')

  const types = ['MedicationRequest', 'MedicationDispense', 'MedicationAdministration'] as const
  assert.deepEqual((await Promise.all(types.map(door.all))).flat(), [
    {
      resourceType: 'MedicationRequest',
      id: '00000000-0000-4000-8000-000000000008',
      identifier: [
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'FILL' }] },
          system: 'urn:xinglin:facility:QLYX:order',
          value: 'F7',
        },
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PLAC' }] },
          system: 'urn:xinglin:facility:QLYX:order',
          value: 'P7',
        },
      ],
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: {
        coding: [{ system: 'urn:xinglin:codes:QLYX', code: 'AMOX', display: '阿莫西林' }],
        text: '阿莫西林',
      },
      subject: { reference: 'Patient/00000000-0000-4000-8000-000000000001' },
      authoredOn: '2026-03-02T08:10:00+08:00',
      requester: { reference: 'Practitioner/00000000-0000-4000-8000-000000000003', display: '王医生' },
      dosageInstruction: [
        {
          text: '饭后服',
          timing: { code: { text: 'TID' } },
          route: {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/v2-0162', code: 'PO', display: '口服' },
            ],
            text: '口服',
          },
          doseAndRate: [
            { doseQuantity: { value: 0.5, unit: '克', system: 'urn:xinglin:codes:QLYX', code: 'g' } },
          ],
        },
      ],
      dispenseRequest: { quantity: { value: 24, unit: '粒', system: 'urn:xinglin:codes:QLYX', code: '粒' } },
    },
    {
      resourceType: 'MedicationDispense',
      id: '54c53b07-382a-82c2-8c6c-5ca80e77cef5',
      status: 'completed',
      medicationCodeableConcept: {
        coding: [{ system: 'urn:xinglin:codes:QLYX', code: 'AMOX', display: '阿莫西林' }],
        text: '阿莫西林',
      },
      subject: { reference: 'Patient/00000000-0000-4000-8000-000000000001' },
      authorizingPrescription: [{ reference: 'MedicationRequest/00000000-0000-4000-8000-000000000008' }],
      quantity: { value: 24, unit: '粒', system: 'urn:xinglin:codes:QLYX', code: '粒' },
      whenHandedOver: '2026-03-02T09:00:00+08:00',
    },
    {
      resourceType: 'MedicationAdministration',
      id: 'f426b3d3-bffe-867b-9762-056cf6ce3a32',
      status: 'completed',
      medicationCodeableConcept: {
        coding: [{ system: 'urn:xinglin:codes:QLYX', code: 'AMOX', display: '阿莫西林' }],
        text: '阿莫西林',
      },
      subject: { reference: 'Patient/00000000-0000-4000-8000-000000000001' },
      effectiveDateTime: '2026-03-02T12:00:00+08:00',
      performer: [
        { actor: { reference: 'Practitioner/00000000-0000-4000-8000-00000000000d', display: '李护士' } },
      ],
      request: { reference: 'MedicationRequest/00000000-0000-4000-8000-000000000008' },
      dosage: {
        route: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0162', code: 'PO', display: '口服' }],
          text: '口服',
        },
        dose: { value: 0.5, unit: '克', system: 'urn:xinglin:codes:QLYX', code: 'g' },
      },
    },
  ])
})

test('a vaccination is told, and its refusal', async () => {
  assert.equal(
    await tell('VXU^V04^VXU_V04', [
      ...zhangSan,
      'ORC|RE||V1',
      'RXA|0|1|20260302||HEPB^乙肝疫苗^L|0.5|mL^mL^UCUM||00^New^NIP001|N7^李^护士^^^^^^&2.999.86.1.5&ISO|||||L2026|20280101|BK^北科||||CP',
      'RXR|IM^肌注^HL70162|LA^左上臂^HL70163',
      'ORC|RE||V2',
      'RXA|0|1|20260302||FLU^流感疫苗^L|999||||||||||||PATREF^拒绝^L||RE',
    ]),
    'AA',
  )

  assert.deepEqual(await door.all('Immunization'), [
    {
      resourceType: 'Immunization',
      id: '00000000-0000-4000-8000-000000000011',
      identifier: [
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'FILL' }] },
          system: 'urn:xinglin:facility:QLYX:order',
          value: 'V1',
        },
      ],
      status: 'completed',
      vaccineCode: {
        coding: [{ system: 'urn:xinglin:codes:QLYX', code: 'HEPB', display: '乙肝疫苗' }],
        text: '乙肝疫苗',
      },
      patient: { reference: 'Patient/00000000-0000-4000-8000-000000000001' },
      occurrenceDateTime: '2026-03-02',
      primarySource: true,
      manufacturer: { display: '北科' },
      lotNumber: 'L2026',
      expirationDate: '2028-01-01',
      site: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0163', code: 'LA', display: '左上臂' }],
        text: '左上臂',
      },
      route: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0162', code: 'IM', display: '肌注' }],
        text: '肌注',
      },
      doseQuantity: { value: 0.5, unit: 'mL', system: 'http://unitsofmeasure.org', code: 'mL' },
      performer: [
        {
          function: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0443', code: 'AP' }] },
          actor: { reference: 'Practitioner/00000000-0000-4000-8000-00000000000d', display: '李护士' },
        },
      ],
    },
    {
      resourceType: 'Immunization',
      id: '00000000-0000-4000-8000-000000000012',
      identifier: [
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'FILL' }] },
          system: 'urn:xinglin:facility:QLYX:order',
          value: 'V2',
        },
      ],
      status: 'not-done',
      statusReason: {
        coding: [{ system: 'urn:xinglin:codes:QLYX', code: 'PATREF', display: '拒绝' }],
        text: '拒绝',
      },
      vaccineCode: {
        coding: [{ system: 'urn:xinglin:codes:QLYX', code: 'FLU', display: '流感疫苗' }],
        text: '流感疫苗',
      },
      patient: { reference: 'Patient/00000000-0000-4000-8000-000000000001' },
      occurrenceDateTime: '2026-03-02',
    },
  ])
})

test('a document comes, is replaced and withdrawn', async () => {
  const document = [
    'TXA|1|出院小结|TX|20260302100000||20260302100000|||D101^王^医生^^^^^^&2.999.86.1.5&ISO|||DOC1|||||AU||AV||||||出院小结',
    'OBX|1|TX|1^正文^L||恢复良好||||||F',
  ]
  assert.equal(await tell('MDM^T02^MDM_T02', [...zhangSan, ...document]), 'AA')
  assert.equal(
    await tell('MDM^T10^MDM_T02', [
      ...zhangSan,
      ...document.map((each) => each.replace('DOC1|', 'DOC2|DOC1').replace('恢复良好', '恢复')),
    ]),
    'AA',
  )
  assert.equal(await tell('MDM^T11^MDM_T01', [...zhangSan, ...document.slice(0, 1)]), 'AA')

  assert.deepEqual(await door.all('DocumentReference'), [
    {
      resourceType: 'DocumentReference',
      id: '00000000-0000-4000-8000-000000000015',
      masterIdentifier: { system: 'urn:xinglin:facility:QLYX:order', value: 'DOC1' },
      identifier: [{ system: 'urn:xinglin:facility:QLYX:order', value: 'DOC1' }],
      status: 'entered-in-error',
      docStatus: 'final',
      type: { coding: [{ code: '出院小结' }] },
      subject: { reference: 'Patient/00000000-0000-4000-8000-000000000001' },
      date: '2026-03-02T10:00:00+08:00',
      author: [{ reference: 'Practitioner/00000000-0000-4000-8000-000000000003', display: '王医生' }],
      description: '出院小结',
      content: [{ attachment: { contentType: 'text/plain; charset=utf-8', data: '5oGi5aSN6Imv5aW9' } }],
    },
    {
      resourceType: 'DocumentReference',
      id: '00000000-0000-4000-8000-000000000018',
      masterIdentifier: { system: 'urn:xinglin:facility:QLYX:order', value: 'DOC2' },
      identifier: [{ system: 'urn:xinglin:facility:QLYX:order', value: 'DOC2' }],
      status: 'current',
      docStatus: 'final',
      type: { coding: [{ code: '出院小结' }] },
      subject: { reference: 'Patient/00000000-0000-4000-8000-000000000001' },
      date: '2026-03-02T10:00:00+08:00',
      author: [{ reference: 'Practitioner/00000000-0000-4000-8000-000000000003', display: '王医生' }],
      relatesTo: [
        { code: 'replaces', target: { reference: 'DocumentReference/00000000-0000-4000-8000-000000000015' } },
      ],
      description: '出院小结',
      content: [{ attachment: { contentType: 'text/plain; charset=utf-8', data: '5oGi5aSN' } }],
    },
  ])
})

test('a number that changes stays as an old one of the same person', async () => {
  assert.equal(
    await tell('ADT^A47^ADT_A30', [
      'PID|1||200002^^^QLYX&2.999.86.1.1&ISO^MR',
      'MRG|100001^^^QLYX&2.999.86.1.1&ISO^MR',
    ]),
    'AA',
  )

  assert.deepEqual(
    ((await door.all('Patient')) as Patient[]).map(({ identifier }) => identifier),
    [
      [
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
          system: 'urn:oid:2.999.86.1.1',
          value: '100001',
          use: 'old',
        },
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'NI' }] },
          system: 'urn:oid:2.16.156.10011.1.3',
          value: '37010219800101001X',
        },
        {
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
          system: 'urn:oid:2.999.86.1.1',
          value: '200002',
        },
      ],
    ],
  )
})

test('what is missing is refused with its field', async () => {
  const answers = [
    await tell('SIU^S12^SIU_S12', ['SCH|A2|F2', ...zhangSan]),
    await tell('SIU^S12^SIU_S12', [...zhangSan]),
    await tell('RDE^O11^RDE_O11', [...zhangSan, 'ORC|NW|P8', 'RXE||']),
    await tell('RDE^O11^RDE_O11', [...zhangSan, 'ORC|NW', 'RXE||A^B^L']),
    await tell('RDS^O13^RDS_O13', [...zhangSan, 'ORC|RE|P7']),
    await tell('RAS^O17^RAS_O17', [...zhangSan, 'ORC|RE|P7', 'RXA|0|1|20261301||A^B^L']),
    await tell('VXU^V04^VXU_V04', [...zhangSan, 'ORC|RE|P9', 'RXA|0|1|20260302||A^B^L|x']),
    await tell('RAS^O17^RAS_O17', [...zhangSan, 'ORC|RE|P7', 'RXA|0|1|20260302||A^B^L|||||||||||||||XX']),
    await tell('RDE^O11^RDE_O11', ['PID|1||300003^^^QLYX&2.999.86.1.1&ISO^MR', 'ORC|NW|P7', 'RXE||A^B^L']),
    await tell('MDM^T02^MDM_T02', [...zhangSan, 'TXA|1|CN']),
    await tell('SIU^S99^SIU_S12', [...zhangSan]),
    await tell('VXU^V03^VXU_V04', [...zhangSan]),
    await tell('PEX^P07^DFT_P03', [...zhangSan]),
  ]

  assert.deepEqual(answers, [
    'AE 101 SCH-11 hl7.required-field',
    'AE 100 SCH hl7.segment-sequence',
    'AE 101 RXE-2 hl7.required-field',
    'AE 101 ORC-2 hl7.required-field',
    'AE 100 RXD hl7.segment-sequence',
    'AE 102 RXA-3 hl7.data-type',
    'AE 102 RXA-6 hl7.data-type',
    'AE 103 RXA-20 hl7.unknown-code',
    'AE 205 ORC-2 hl7.patient-ambiguous',
    'AE 101 TXA-12 hl7.required-field',
    'AR 201 MSH-9 hl7.unsupported-event',
    'AR 201 MSH-9 hl7.unsupported-event',
    'AR 200 MSH-9 hl7.unsupported-type',
  ])
})
