/** How people are registered in China, and what the index makes of it; in an institution that seals numbers, phones and homes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { Patient } from '@xinglin/fhir'
import { sealFields, testKernel, testSealedFields, textsHeldIn } from '@xinglin/testkit'
import { masterIndex, patientMatcher } from './app.ts'
import type { PairAnswer, PairsAnswer } from './contract.ts'

const kernel = await testKernel({ apps: [masterIndex], sealed: testSealedFields })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/master-index.*'])
const { tenant } = kernel.actor
const citizen = 'urn:oid:2.16.156.10011.1.3'

type Registered = Patient & { readonly id: string }

const mother = {
  ...{ resourceType: 'Patient', id: 'mother', gender: 'female', birthDate: '1984-01-18' },
  name: [{ text: '王秀英' }],
  identifier: [{ system: citizen, value: '370102198401184081' }],
  telecom: [{ system: 'phone', value: '13800138001' }],
  address: [{ text: '山东省济南市历下区泉城路8号3号楼2单元101室' }],
} satisfies Registered
const atHome = { telecom: mother.telecom, address: mother.address }

/** A newborn is registered by the mother's name, with her phone and home, and later by the own name. */
const newborn: Registered = {
  ...{ resourceType: 'Patient', id: 'newborn', gender: 'female', birthDate: '2026-10-02', ...atHome },
  name: [{ text: '王秀英之女' }],
}
const named: Registered = {
  ...{ ...newborn, id: 'newborn-named', name: [{ text: '李雨桐' }] },
  identifier: [{ system: citizen, value: '370102202610020023' }],
}
const twin = (id: string, name: string, multipleBirthInteger: number): Registered => ({
  ...{
    resourceType: 'Patient',
    id,
    gender: 'male',
    birthDate: '2025-03-04',
    ...atHome,
    multipleBirthInteger,
  },
  name: [{ text: name }],
})
/** A child of ten under the mother's card. */
const child: Registered = {
  ...{ resourceType: 'Patient', id: 'child', gender: 'male', birthDate: '2016-05-06', ...atHome },
  name: [{ text: '李明轩' }],
  identifier: mother.identifier,
}
const unnamed = (id: string): Registered => ({
  ...{ resourceType: 'Patient', id, gender: 'male', name: [{ text: '无名氏' }] },
  address: [{ text: '山东省济南市历下区' }],
})
const phone = (value: string) => [{ system: 'phone' as const, value }]
/** The number was given to somebody else after two years. */
const before: Registered = {
  ...{ resourceType: 'Patient', id: 'phone-before', gender: 'male', birthDate: '1951-07-08' },
  ...{ name: [{ text: '赵国强' }], telecom: phone('13700137000') },
}
const since: Registered = {
  ...{ resourceType: 'Patient', id: 'phone-since', gender: 'female', birthDate: '1999-12-24' },
  ...{ name: [{ text: '孙丽娜' }], telecom: phone('13700137000') },
}
const maiden: Registered = {
  ...{ resourceType: 'Patient', id: 'former', gender: 'female', birthDate: '1990-02-10' },
  ...{ name: [{ text: '陈招娣' }], telecom: phone('13600136000') },
}
const renamed: Registered = {
  ...{ ...maiden, id: 'former-renamed' },
  name: [
    { text: '陈思远', use: 'official' },
    { text: '陈招娣', use: 'old' },
  ],
}
/** Registered in 1996, and with the number of today. */
const fifteen: Registered = {
  ...{ resourceType: 'Patient', id: 'number-15', gender: 'male', birthDate: '1984-01-18' },
  ...{ name: [{ text: '张伟' }], identifier: [{ system: citizen, value: '370102840118407' }] },
}
const eighteen: Registered = {
  ...{ ...fifteen, id: 'number-18' },
  identifier: [{ system: citizen, value: '370102198401184073' }],
}

const registered = [
  ...[mother, newborn, named, child, before, since, maiden, renamed, fifteen, eighteen],
  ...[twin('twin-1', '李子涵', 1), twin('twin-2', '李子轩', 2), unnamed('unnamed-1'), unnamed('unnamed-2')],
]

async function get<T>(path: string): Promise<T> {
  const response = await kernel.web.http.inject({ url: `/api/master-index${path}`, headers })
  assert.equal(response.statusCode, 200, response.body)
  return response.json()
}

/** A pair as it stands: in the list or not, and why. */
async function judged(left: Registered, right: Registered) {
  const [one, other] = [left.id, right.id].toSorted()
  const { row, explanation } = await get<PairAnswer>(`/pairs/${one}/${other}`)
  const { outcome, evidence, objections, fields } = explanation
  const levels = Object.fromEntries(fields.flatMap(({ field, level }) => (level ? [[field, level]] : [])))
  return { isListed: row !== undefined, outcome, evidence, objections, levels }
}

await kernel.records.commit({ tenant, actor: kernel.actor.reference }, (unit) =>
  unit.write(registered.map((resource) => ({ kind: 'update', resource }))),
)
for (;;) {
  // One transaction holds all pairs of one batch of the log; this one is certain.
  const { pairs } = await get<PairsAnswer>('/pairs')
  if (pairs.some(({ one }) => one.id === 'number-15')) break
  await new Promise((resolve) => setTimeout(resolve, 20))
}

test('a newborn under the mother’s name and the same child under its own are for a person to judge, never certain', async () => {
  const { isListed, outcome, objections } = await judged(newborn, named)
  assert.deepEqual(
    { isListed, outcome, objections: objections.includes('placeholder') },
    { isListed: true, outcome: 'doubtful', objections: true },
  )
  assert.notEqual((await judged(newborn, mother)).outcome, 'certain')
})

test('twins share day, home and half of their names, and are not taken for one', async () => {
  const { outcome, objections } = await judged(registered[10] ?? mother, registered[11] ?? mother)
  assert.notEqual(outcome, 'certain')
  if (outcome === 'doubtful') assert.deepEqual(objections.includes('twins'), true)
})

test('a child who is registered under the mother’s card is not the mother: the number is of another generation', async () => {
  const { isListed, outcome, levels } = await judged(mother, child)
  assert.deepEqual(
    { isListed, outcome, number: levels.citizen },
    { isListed: false, outcome: 'apart', number: undefined },
  )
})

test('unnamed patients of an emergency are never one for want of facts', async () => {
  const { isListed, outcome } = await judged(unnamed('unnamed-1'), unnamed('unnamed-2'))
  assert.deepEqual({ isListed, outcome }, { isListed: false, outcome: 'apart' })
})

test('a phone that was given to somebody else makes no pair', async () => {
  const { isListed, outcome, levels } = await judged(before, since)
  assert.deepEqual(
    { isListed, outcome, contact: levels.contact },
    { isListed: false, outcome: 'apart', contact: 'phone' },
  )
})

test('who changed the name is found by the former one', async () => {
  const { isListed, outcome, levels } = await judged(maiden, renamed)
  assert.deepEqual(
    { isListed, outcome, name: levels.name },
    { isListed: true, outcome: 'certain', name: 'former' },
  )
})

test('a number of fifteen digits is the one of eighteen that came of it', async () => {
  const { outcome, evidence, levels } = await judged(fifteen, eighteen)
  assert.deepEqual(
    { outcome, evidence, number: levels.citizen },
    { outcome: 'certain', evidence: ['number', 'name-birth'], number: 'same' },
  )
})

const secrets = ['370102198401184073', '370102840118407', '13700137000', '13600136000', '泉城路8']

test('none of the sealed numbers, phones and homes stands in the index, and people are still found by them', async () => {
  assert.deepEqual(
    (await textsHeldIn(kernel.database, secrets)).filter((held) => held.startsWith('master_index')),
    [],
  )
  const [row] = await kernel.database.query<{ kept: number }>(sql<{ kept: number }>`
    select count(*)::integer as kept from master_index.person where jsonb_typeof(features) = 'string'`)
  assert.equal(row?.kept, registered.length)
  const found = await patientMatcher(kernel).match({
    ...{ tenant, count: 5 },
    patient: { resourceType: 'Patient', identifier: eighteen.identifier, name: [{ text: '张伟' }] },
  })
  assert.deepEqual(found.map(({ id }) => id).toSorted(), ['number-15', 'number-18'])
})

test('an institution that opens its fields again keeps the index anew, and everybody is still found', async () => {
  const author = { tenant, actor: kernel.actor.reference }
  await sealFields(kernel, author, { systems: [], elements: [] })
  for (;;) {
    const [row] = await kernel.database.query<{ sealed: number }>(sql<{ sealed: number }>`
      select count(*)::integer as sealed from master_index.person where jsonb_typeof(features) = 'string'`)
    if (row?.sealed === 0) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const found = await patientMatcher(kernel).match({ tenant, count: 5, patient: maiden })
  assert.deepEqual(found.map(({ id }) => id).toSorted(), ['former', 'former-renamed'])
})
