/** A person taken out of the record: nothing of him is left in any table, and nothing of anybody else is missing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { Resource } from '@xinglin/fhir'
import { aPatient, textsHeldIn } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'
import { belongingOf } from './belonging.ts'

const asha = { reference: 'Patient/asha', display: '欧阳若兮', identifier: { value: 'MRN-774411' } }
const bo = { reference: 'Patient/bo', display: '尉迟青山' }
const secrets = ['欧阳若兮', 'MRN-774411', '13912345678', '月牙形胎记', '欧阳若兮的头痛', '云栖路']

const note = (id: string, subject: object, text: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8716-3', display: 'Vital signs' }] },
  subject,
  valueString: text,
})
const condition = (id: string, subject: object, text: string) => ({
  resourceType: 'Condition',
  id,
  code: { text },
  subject,
})
const ofAsha = [
  aPatient({
    id: 'asha',
    name: [{ text: '欧阳若兮' }],
    identifier: [{ system: 'urn:mrn', value: 'MRN-774411' }],
    telecom: [{ system: 'phone', value: '13912345678' }],
    address: [{ text: '云栖路 8 号' }],
  }),
  note('mark', asha, '月牙形胎记'),
  note('withdrawn', asha, '月牙形胎记，已作废'),
  condition('headache', asha, '欧阳若兮的头痛'),
]
const ofOthers = [
  aPatient({ id: 'bo', name: [{ text: '尉迟青山' }] }),
  note('mistaken', asha, '体温 37.50'),
  condition('cold', bo, '感冒'),
  {
    resourceType: 'Group',
    id: 'ward',
    type: 'person',
    actual: true,
    member: [{ entity: asha }, { entity: bo }],
  },
]

test('every version, word and index of a person goes; what others have stays, without his name', async () => {
  const { database, records } = await emptyRecord()
  const { erasing } = records
  const all = [...ofAsha, condition('cold-too', asha, '感冒'), ...ofOthers] as unknown as readonly Resource[]
  await store(records, ...all)
  const change = (resource: object) => ({ kind: 'update' as const, resource: resource as Resource })
  await records.commit(qilu, (unit) =>
    unit.write([
      change({ ...ofAsha[0], active: true }),
      change(note('mistaken', bo, '体温 37.50')),
      { kind: 'delete', type: 'Observation', id: 'withdrawn' },
    ]),
  )
  const person = { tenant: qilu.tenant, patients: ['asha'] }
  const { parts, next } = await erasing.parts(person)
  assert.equal(next, undefined)
  assert.deepEqual(
    parts
      .map(({ version: { type, id, version }, belonging }) => `${belonging} ${type}/${id} ${version}`)
      .sort(),
    [
      'mention Group/ward 1',
      'mention Observation/mistaken 2',
      'own Condition/cold-too 1',
      'own Condition/headache 1',
      'own Observation/mark 1',
      'own Observation/withdrawn 2',
      'own Patient/asha 2',
    ],
  )
  const named = parts.flatMap(({ version, belonging }) => (belonging === 'own' ? [version] : []))
  const early = database.transaction((transaction) => erasing.erase(transaction, qilu.tenant, named))
  await assert.rejects(early, /not deleted yet/)

  await records.commit(qilu, (unit) =>
    unit.write(named.map(({ type, id }) => ({ kind: 'delete', type, id }))),
  )
  const ward = { resourceType: 'Group', id: 'ward', type: 'person', actual: true, member: [{ entity: bo }] }
  await records.commit(qilu, (unit) => unit.write([change(ward)]))
  const gone = await database.transaction(async (transaction) => ({
    ...(await erasing.erase(transaction, qilu.tenant, named)),
    rewritten: await erasing.unname(transaction, person),
  }))
  for (const table of erasing.tables) {
    const [schema = '', name = ''] = table.split('.')
    await database.query(sql`vacuum (analyze) ${sql.id(schema, name)}`)
  }

  // 欧阳若兮的头痛, and the name beside the references; 感冒 is somebody else's too.
  assert.deepEqual(gone, { versions: 6, words: 2, rewritten: 2 })
  assert.deepEqual(await textsHeldIn(database, secrets), [])
  assert.deepEqual(
    [
      (await records.read(qilu.tenant, 'Patient', 'asha'))?.interaction,
      await records.readVersion(qilu.tenant, 'Patient', 'asha', 1),
      (await records.search(qilu.tenant, 'Condition', [['code:text', '感冒']])).matches.map(({ id }) => id),
    ],
    ['delete', undefined, ['cold']],
  )
  const before = await records.readVersion(qilu.tenant, 'Observation', 'mistaken', 1)
  const { subject, valueString } = JSON.parse(before?.json ?? '{}')
  assert.deepEqual([subject, valueString], [{ reference: 'Patient/asha' }, '体温 37.50'])
  assert.deepEqual(
    (await erasing.parts(person)).parts.map(({ version: { id } }) => id),
    ['mistaken', 'ward'],
  )
})

test('whose a resource is, says its subject; without one, all whom it names', () => {
  const patients = new Set(['asha'])
  const cases: readonly (readonly [object, string])[] = [
    [{ resourceType: 'Patient', id: 'asha' }, 'own'],
    [{ resourceType: 'Patient', id: 'bo', link: [{ other: asha, type: 'seealso' }] }, 'mention'],
    [{ resourceType: 'Observation', subject: asha, focus: [bo] }, 'own'],
    [{ resourceType: 'Observation', subject: bo, focus: [asha] }, 'mention'],
    [{ resourceType: 'Appointment', participant: [{ actor: asha }] }, 'own'],
    [{ resourceType: 'Appointment', participant: [{ actor: asha }, { actor: bo }] }, 'mention'],
    [{ resourceType: 'Account', subject: [asha, bo] }, 'mention'],
    [{ resourceType: 'Provenance', target: [asha] }, 'own'],
  ]
  assert.deepEqual(
    cases.map(([resource]) => belongingOf(resource as Resource, patients)),
    cases.map(([, belonging]) => belonging),
  )
})
