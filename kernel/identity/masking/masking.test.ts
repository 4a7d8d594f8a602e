/** What is masked, for whom, and what that keeps from being found or overwritten. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TenantId } from '@xinglin/events'
import type { Resource } from '@xinglin/fhir'
import { refusalOf, signedInPerson, testIdentity } from '../test-identity.ts'
import { maskedFields } from './masking.ts'
import { maskName, maskNumber, maskPhone } from './words.ts'

const here = await testIdentity()
const { identity, administrator } = here
const tenant = 1 as TenantId
const clerk = await signedInPerson(here, { login: 'clerk', roles: ['technician'] })
const doctor = await signedInPerson(here, { login: 'doctor', roles: ['clinician'] })

await put({
  resourceType: 'Patient',
  id: 'asha',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">张三</div>' },
  identifier: [
    { type: { coding: [{ code: 'MR' }] }, value: 'J1001' },
    { type: { coding: [{ code: 'NI' }] }, value: '110101197003070012' },
  ],
  name: [{ text: '张三', family: '张', given: ['三'] }],
  telecom: [{ system: 'phone', value: '13812345678' }],
  address: [{ state: '浙江省', city: '杭州市', line: ['文三路 1 号'], text: '浙江省杭州市文三路 1 号' }],
  gender: 'male',
  birthDate: '1970-03-07',
  contact: [{ name: { text: '李四' }, telecom: [{ system: 'phone', value: '13900001111' }] }],
})
await put({
  resourceType: 'Observation',
  id: 'potassium',
  status: 'final',
  code: { text: '钾' },
  subject: { reference: 'Patient/asha', display: '张三' },
  performer: [{ reference: 'Practitioner/li', display: '李医生' }],
  valueQuantity: { value: 4.2, unit: 'mmol/L' },
})
await identity.masking.set(administrator, {
  role: 'technician',
  fields: maskedFields,
  hasWatermark: true,
  reason: '窗口岗位',
})

test('texts keep what is needed to tell two people apart', () => {
  assert.deepEqual(
    [maskName('张三'), maskName('欧阳明日'), maskName('John Smith'), maskNumber('110101197003070012')],
    ['张*', '欧***', 'J*** S***', '110***********0012'],
  )
  assert.deepEqual(
    [maskPhone('13812345678'), maskPhone('a.b@c.cn'), maskPhone('1234')],
    ['138****5678', 'a***@c.cn', '****'],
  )
})

test('a role that is masked reads 张*, on the Patient and wherever the patient is named', async () => {
  const { meta, ...patient } = await read('Patient', 'asha')
  assert.deepEqual(patient, {
    resourceType: 'Patient',
    id: 'asha',
    identifier: [
      { type: { coding: [{ code: 'MR' }] }, value: 'J1001' },
      { type: { coding: [{ code: 'NI' }] }, value: '110***********0012' },
    ],
    name: [{ text: '张*', family: '张', given: ['*'] }],
    telecom: [{ system: 'phone', value: '138****5678' }],
    address: [{ state: '浙江省', city: '杭州市', text: '浙江省杭州市***' }],
    gender: 'male',
    birthDate: '1970-03-07',
    contact: [{ name: { text: '李*' }, telecom: [{ system: 'phone', value: '139****1111' }] }],
  })
  assert.deepEqual(meta.security, [
    { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'MASKED' },
  ])
  const { subject, performer } = await read('Observation', 'potassium')
  assert.deepEqual([subject.display, performer[0].display], ['张*', '李医生'])
})

test('searches, charts and exports are masked too, and nobody else is', async () => {
  const records = identity.recordsFor(clerk.actor)
  const found = await records.search('Patient', [['gender', 'male']])
  const chart = await records.compartment({ of: { type: 'Patient', id: 'asha' }, count: 10 })
  const past = await records.history({ type: 'Patient', count: 10 })
  const all = [...found.matches, ...chart.members, ...(chart.root ? [chart.root] : []), ...past.versions]
  assert.ok(all.length >= 4)
  assert.deepEqual(
    all.filter(({ json }) => /张三|110101197003070012|13812345678|文三路|李四/.test(json)),
    [],
  )
  const plain = await identity.recordsFor(doctor.actor).read('Patient', 'asha')
  assert.ok(plain?.json.includes('张三'))
})

test('a report comes without the bytes of its document to who sees names masked, and whole to others', async () => {
  const letter = { contentType: 'text/plain', data: Buffer.from('尊敬的张三').toString('base64') }
  await put({
    ...{ resourceType: 'DiagnosticReport', id: 'letter', status: 'final', code: { text: '检验报告' } },
    subject: { reference: 'Patient/asha' },
    presentedForm: [{ ...letter, title: '检验报告' }],
  })
  const shown = await read('DiagnosticReport', 'letter')
  const whole = await identity.recordsFor(doctor.actor).read('DiagnosticReport', 'letter')

  assert.deepEqual(shown.presentedForm, [{ contentType: 'text/plain', title: '检验报告' }])
  assert.equal(whole?.json.includes(letter.data), true)
})

test('what is masked cannot be searched, sorted by or walked to', async () => {
  const search = (
    type: 'Patient' | 'Observation' | 'Practitioner',
    ...query: (readonly [string, string])[]
  ) => refusalOf(() => identity.recordsFor(clerk.actor).search(type, query))
  const refused = 'forbidden consent.masked-search'
  const asked = [
    await search('Patient', ['name', '张']),
    await search('Patient', ['family:exact', '张']),
    await search('Patient', ['phone', '13812345678']),
    await search('Patient', ['address:contains', '文三']),
    await search('Patient', ['identifier', '110101197003070012']),
    await search('Patient', ['identifier', 'urn:x|110101197003070012']),
    await search('Patient', ['_sort', '-family']),
    await search('Patient', ['_filter', 'name co "张"']),
    await search('Patient', ['_text', '张三']),
    await search('Observation', ['subject.name', '张']),
    await search('Observation', ['subject:Patient.phone', '138']),
    await search('Observation', ['subject:text', '张三']),
    await search('Practitioner', ['_has:Patient:general-practitioner:name', '张']),
  ]
  assert.deepEqual(
    asked,
    asked.map(() => refused),
  )
  assert.deepEqual(
    [
      await search('Patient', ['identifier', 'J1001'], ['birthdate', '1970-03-07'], ['_sort', 'birthdate']),
      await search('Patient', ['address-city', '杭州市']),
      await search('Practitioner', ['name', '李']),
      await search('Observation', ['performer:Practitioner.name', '李']),
    ],
    ['done', 'done', 'done', 'done'],
  )
})

test('who sees stars writes none back', async () => {
  await identity.roles.save(administrator, {
    id: 'desk',
    title: { zh: '窗口', en: 'Desk' },
    records: ['Patient.cruds', 'Observation.cruds'],
    permissions: [],
  })
  await identity.masking.set(administrator, {
    role: 'desk',
    fields: ['name'],
    hasWatermark: false,
    reason: '窗口岗位',
  })
  const desk = await signedInPerson(here, { login: 'desk', roles: ['desk'] })
  const write = (resource: Resource & { id: string }) =>
    refusalOf(() =>
      identity.recordsFor(desk.actor).commit((unit) => unit.write([{ kind: 'update', resource }])),
    )
  const seen = await identity.recordsFor(desk.actor).read('Observation', 'potassium')
  assert.equal(
    await write({ resourceType: 'Patient', id: 'asha', name: [{ text: '张*' }] }),
    'forbidden consent.masked-write',
  )
  assert.equal(await write(JSON.parse(seen?.json ?? '')), 'forbidden consent.masked-write')
})

test('roles add up: who has one that sees a field sees it', async () => {
  const fields = async (roles: readonly string[]) => [
    ...(await identity.masking.fieldsOf({ ...clerk.actor, roles })),
  ]
  assert.deepEqual(await fields(['technician']), ['name', 'identity-number', 'phone', 'address'])
  assert.deepEqual(await fields(['technician', 'desk']), ['name'])
  assert.deepEqual(await fields(['technician', 'clinician']), [])
  assert.equal(
    await identity.masking.hasWatermark({ ...clerk.actor, roles: ['technician', 'clinician'] }),
    true,
  )
  assert.equal(
    await refusalOf(() =>
      identity.masking.set(doctor.actor, {
        role: 'technician',
        fields: [],
        hasWatermark: false,
        reason: 'no',
      }),
    ),
    'forbidden identity.not-allowed',
  )
})

async function read(type: 'Patient' | 'Observation' | 'DiagnosticReport', id: string) {
  const version = await identity.recordsFor(clerk.actor).read(type, id)
  return JSON.parse(version?.json ?? '{}')
}

async function put(resource: Resource & { id: string }): Promise<void> {
  await here.records.commit({ tenant, actor: 'system/test' }, (unit) =>
    unit.write([{ kind: 'update', resource }]),
  )
}
