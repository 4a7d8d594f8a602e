/** What admissions, transfers, discharges, updates, cancellations and merges make of the record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Encounter, Patient } from '@xinglin/fhir'
import { testTenant } from '@xinglin/testkit'
import { aDoor } from './fixtures/door.ts'
import { admitted, aMessage, zhangSan } from './fixtures/messages.ts'
import { told } from './fixtures/sender.ts'

const adt = (trigger: string, segments: readonly string[], controlId: string, at = '20260302080000') =>
  aMessage(`ADT^${trigger}^ADT_${trigger}`, [`EVN|${trigger}|${at}`, ...segments], { controlId, at })

type Door = Awaited<ReturnType<typeof aDoor>>

async function theVisit({ all }: Door): Promise<Encounter> {
  const [visit, ...others] = (await all('Encounter')) as Encounter[]
  assert.deepEqual(others, [])
  assert.ok(visit)
  return visit
}

test('an admission makes patient, visit, ward, room, bed, attending doctor, allergy and diagnosis', async () => {
  const door = await aDoor()

  const answer = await door.sender.ask(
    adt(
      'A01',
      [
        ...zhangSan,
        'NK1|1|张大|FTH^父亲^HL70063||^PRN^CP^^^^^^^^^13900000000',
        admitted,
        'AL1|1|DA|C01^青霉素^L|SV|皮疹',
        'DG1|1||J18.9^肺炎^I10||20260302|A',
      ],
      'C1',
    ),
  )

  assert.equal(told(answer), 'AA')
  const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const v2 = (code: string) => ({
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }],
  })
  assert.deepEqual(await door.all('Patient'), [
    {
      resourceType: 'Patient',
      id: id(1),
      active: true,
      identifier: [
        { type: v2('MR'), system: 'urn:oid:2.999.86.1.1', value: '100001' },
        { type: v2('NI'), system: 'urn:oid:2.16.156.10011.1.3', value: '37010219800101001X' },
      ],
      name: [{ use: 'official', text: '张三', family: '张', given: ['三'] }],
      birthDate: '1980-01-01',
      gender: 'male',
      address: [
        {
          use: 'home',
          text: '山东省济南市历下区泉城路1号',
          line: ['泉城路1号'],
          city: '济南市',
          district: '历下区',
          state: '山东省',
          postalCode: '250011',
          country: 'CHN',
        },
      ],
      telecom: [{ system: 'phone', value: '13800000001', use: 'mobile' }],
      maritalStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'M', display: 'Married' },
        ],
      },
      contact: [
        {
          relationship: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/v2-0063', code: 'FTH', display: '父亲' },
                { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'FTH' },
              ],
              text: '父亲',
            },
          ],
          name: { text: '张大', family: '张', given: ['大'] },
          telecom: [{ system: 'phone', value: '13900000000', use: 'mobile' }],
        },
      ],
    },
  ])
  const visit = await theVisit(door)
  assert.deepEqual(
    {
      status: visit.status,
      class: visit.class.code,
      period: visit.period,
      identifier: visit.identifier?.[0]?.value,
    },
    {
      status: 'in-progress',
      class: 'IMP',
      period: { start: '2026-03-02T08:00:00+08:00' },
      identifier: 'V0001',
    },
  )
  assert.equal(visit.subject?.reference, `Patient/${id(1)}`)
  assert.equal(visit.participant?.[0]?.individual?.display, '王医生')
  assert.equal(visit.diagnosis?.[0]?.use?.coding?.[0]?.code, 'AD')
  assert.deepEqual(await door.tally(), {
    Patient: 1,
    Encounter: 1,
    Location: 3,
    Practitioner: 1,
    AllergyIntolerance: 1,
    Condition: 1,
    Provenance: 1,
  })
})

test('Provenance links the message in the journal to every version that it made', async () => {
  const door = await aDoor()
  await door.sender.ask(adt('A04', [...zhangSan], 'C1'))

  const [message] = await door.kernel.traffic.list({ tenant: testTenant, limit: 10 })
  const [patient] = await door.all('Patient')
  const [provenance] = await door.all('Provenance')

  assert.deepEqual(message?.made, [`Patient/${patient?.id}/_history/1`])
  assert.equal(message?.provenance, `Provenance/${provenance?.id}`)
  assert.deepEqual(provenance, {
    resourceType: 'Provenance',
    id: provenance?.id,
    target: [{ reference: `Patient/${patient?.id}/_history/1` }],
    occurredDateTime: '2026-03-02T08:00:00+08:00',
    recorded: '2026-03-02T08:00:00.000+08:00',
    activity: { text: 'ADT^A04' },
    agent: [
      {
        type: {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
              code: 'author',
              display: 'Author',
            },
          ],
        },
        who: { display: 'HIS|QLYX' },
      },
    ],
    entity: [{ role: 'source', what: { identifier: { system: 'urn:xinglin:message', value: message?.id } } }],
  })
})

test('a transfer ends the stay in one bed and begins the stay in the next', async () => {
  const door = await aDoor()
  await door.sender.ask(adt('A01', [...zhangSan, admitted], 'C1'))

  await door.sender.ask(
    adt('A02', [...zhangSan, admitted.replace('W05^W05-R01^12', 'W06^W06-R02^03')], 'C2', '20260303100000'),
  )

  const visit = await theVisit(door)
  assert.deepEqual(
    visit.location?.map(({ location, status, period }) => [location.display, status, period]),
    [
      [
        'W05 W05-R01 12',
        'completed',
        { start: '2026-03-02T08:00:00+08:00', end: '2026-03-03T10:00:00+08:00' },
      ],
      ['W06 W06-R02 03', 'active', { start: '2026-03-03T10:00:00+08:00' }],
    ],
  )
})

test('a discharge finishes the visit, its cancellation opens it again, the cancelled admission is cancelled', async () => {
  const door = await aDoor()
  const statuses: unknown[] = []
  for (const [trigger, at] of [
    ['A01', '20260302080000'],
    ['A03', '20260305110000'],
    ['A08', '20260305120000'],
    ['A13', '20260305130000'],
    ['A11', '20260305140000'],
  ] as const) {
    assert.equal(told(await door.sender.ask(adt(trigger, [...zhangSan, admitted], `C${trigger}`, at))), 'AA')
    const { status, period, location } = await theVisit(door)
    statuses.push([trigger, status, period?.end, location?.map((each) => each.status)])
  }

  assert.deepEqual(statuses, [
    ['A01', 'in-progress', undefined, ['active']],
    ['A03', 'finished', '2026-03-05T11:00:00+08:00', ['completed']],
    ['A08', 'finished', '2026-03-05T11:00:00+08:00', ['completed']],
    ['A13', 'in-progress', undefined, ['active']],
    ['A11', 'cancelled', undefined, ['active']],
  ])
})

test('an update changes what is sent, deletes what is quoted empty and leaves what is not sent', async () => {
  const door = await aDoor()
  await door.sender.ask(adt('A04', [...zhangSan], 'C1'))

  await door.sender.ask(adt('A08', ['PID|1||100001^^^QLYX&2.999.86.1.1&ISO^MR||张^三丰|||""'], 'C2'))

  const [patient, ...others] = (await door.all('Patient')) as Patient[]
  assert.deepEqual(others, [])
  assert.deepEqual(
    [
      patient?.name?.[0]?.text,
      patient?.gender,
      patient?.birthDate,
      patient?.identifier?.length,
      patient?.telecom?.length,
    ],
    ['张三丰', undefined, '1980-01-01', 2, 1],
  )
})

test('the same facts in another message make no new version', async () => {
  const door = await aDoor()
  await door.sender.ask(adt('A01', [...zhangSan, admitted], 'C1'))

  const answer = await door.sender.ask(adt('A08', [...zhangSan, admitted], 'C2'))

  assert.equal(told(answer), 'AA')
  const [message] = await door.kernel.traffic.list({ tenant: testTenant, limit: 1 })
  assert.deepEqual([message?.outcome, message?.made], ['accepted', []])
})

test('a merge moves the chart to the survivor, who is found under the old number from then on', async () => {
  const door = await aDoor()
  const old = 'PID|1||900009^^^QLYX&2.999.86.1.1&ISO^MR||张^三'
  await door.sender.ask(adt('A01', [old, admitted.replace('V0001', 'V0009'), 'AL1|1|DA|C01^青霉素^L'], 'C1'))
  await door.sender.ask(adt('A04', [...zhangSan], 'C2'))

  const answer = await door.sender.ask(
    aMessage('ADT^A40^ADT_A39', ['EVN|A40|20260302', ...zhangSan, 'MRG|900009^^^QLYX&2.999.86.1.1&ISO^MR'], {
      controlId: 'C3',
    }),
  )
  await door.sender.ask(
    adt(
      'A08',
      [old.replace('张^三', '张^三'), 'PV1|1|I|||||||||||||||||V0010^^^QLYX&2.999.86.1.2&ISO^VN'],
      'C4',
    ),
  )

  assert.equal(told(answer), 'AA')
  const patients = (await door.all('Patient')) as Patient[]
  const survivor = patients.find((each) => each.active)
  const merged = patients.find((each) => !each.active)
  assert.equal(patients.length, 2)
  assert.deepEqual(survivor?.link, [{ other: { reference: `Patient/${merged?.id}` }, type: 'replaces' }])
  assert.deepEqual(merged?.link, [{ other: { reference: `Patient/${survivor?.id}` }, type: 'replaced-by' }])
  assert.equal(survivor?.identifier?.find((each) => each.value === '900009')?.use, 'old')
  const subjects = ((await door.all('Encounter')) as Encounter[]).map((each) => each.subject?.reference)
  assert.deepEqual(subjects, [`Patient/${survivor?.id}`, `Patient/${survivor?.id}`])
  const [allergy] = await door.all('AllergyIntolerance')
  assert.equal(
    allergy?.resourceType === 'AllergyIntolerance' && allergy.patient.reference,
    `Patient/${survivor?.id}`,
  )
})

test('a chart of before a merge is still that of two patients, as of then', async () => {
  const door = await aDoor()
  const { records, runtime } = door.kernel
  const old = 'PID|1||900009^^^QLYX&2.999.86.1.1&ISO^MR||张^三'
  await door.sender.ask(adt('A01', [old, admitted.replace('V0001', 'V0009'), 'AL1|1|DA|C01^青霉素^L'], 'C1'))
  await door.sender.ask(adt('A04', [...zhangSan], 'C2'))
  const apart = runtime.now()
  const merging = runtime.advance(60_000)
  await door.sender.ask(
    aMessage('ADT^A40^ADT_A39', ['EVN|A40|20260302', ...zhangSan, 'MRG|900009^^^QLYX&2.999.86.1.1&ISO^MR'], {
      controlId: 'C3',
    }),
  )

  const patients = (await door.all('Patient')) as Patient[]
  const allergies = async (isActive: boolean, asOf: string) => {
    const id = patients.find((each) => each.active === isActive)?.id
    const query = [
      ['patient', `Patient/${id}`],
      ['_asOf', asOf],
    ] as const
    return (await records.search(testTenant, 'AllergyIntolerance', query)).matches.map(
      ({ version }) => version,
    )
  }
  assert.deepEqual([await allergies(true, apart), await allergies(false, apart)], [[], [1]])
  assert.deepEqual([await allergies(true, merging), await allergies(false, merging)], [[2], []])
  const merged = patients.find((each) => !each.active)?.id ?? ''
  const { moments } = await records.moments(testTenant, merged)
  assert.deepEqual(
    moments.map(({ at }) => at),
    [apart, merging],
  )
})

test('numbers of two patients in one message are refused until they are merged, then the stored message is processed', async () => {
  const door = await aDoor()
  const one = '100001^^^QLYX&2.999.86.1.1&ISO^MR'
  const two = '200002^^^QLYX&2.999.86.1.1&ISO^MR'
  await door.sender.ask(adt('A04', [`PID|1||${one}||张^三`], 'C1'))
  await door.sender.ask(adt('A04', [`PID|1||${two}||张^三`], 'C2'))

  const refused = await door.sender.ask(adt('A08', [`PID|1||${one}~${two}||张^三|||M`], 'C3'))
  await door.sender.ask(aMessage('ADT^A40', [`PID|1||${one}||张^三`, `MRG|${two}`], { controlId: 'C4' }))
  const [message] = await door.kernel.traffic.list({ tenant: testTenant, outcome: 'refused', limit: 1 })
  assert.ok(message)
  const again = await door.kernel.traffic.resend(testTenant, message.id)

  assert.equal(told(refused), 'AE 205 PID-3 hl7.patient-ambiguous')
  assert.equal(again.outcome, 'accepted')
  const [survivor] = ((await door.all('Patient')) as Patient[]).filter((each) => each.active)
  assert.equal(survivor?.gender, 'male')
})
