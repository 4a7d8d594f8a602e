/** Searches as they are asked at a hospital's desk, and what is refused by name. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError, type ResourceType } from '@xinglin/fhir'
import {
  anEncounter,
  aPatient,
  aProblem,
  aResult,
  asha,
  identityNumberSystem,
  leo,
  mrnSystem,
  ouyangXue,
  zhangSan,
} from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'
import { nextOf } from './testing.ts'

type Query = readonly (readonly [string, string])[]

async function hospital() {
  const record = await emptyRecord()
  const { records } = record
  await store(
    records,
    asha,
    leo,
    zhangSan,
    ouyangXue,
    aPatient({ id: 'shan', name: [{ family: '单', given: ['雄信'] }] }),
    aPatient({ id: 'jose', name: [{ family: 'Núñez', given: ['José'] }], birthDate: '1999' }),
    anEncounter({ for: asha, id: 'stay' }),
    aProblem({ for: zhangSan, id: 'diabetes' }),
    ...[3.9, 4.4, 6.8].map((value, day) =>
      aResult({
        for: asha,
        id: `potassium-${day}`,
        value,
        effectiveDateTime: `2026-02-2${day}T08:00:00+08:00`,
        encounter: { reference: 'Encounter/stay' },
      }),
    ),
    aResult({ for: leo, id: 'weight', code: '29463-7', value: 3150, unit: 'g' }),
  )
  const ids = async (type: ResourceType, query: string | Query) => {
    const pairs: Query = typeof query === 'string' ? [...new URLSearchParams(query)] : query
    return (await records.search(qilu.tenant, type, pairs)).matches.map(({ id }) => id)
  }
  return { ...record, ids }
}

test('a patient is found by name, its beginning, its pinyin and the initials', async () => {
  const { ids } = await hospital()

  assert.deepEqual(await ids('Patient', 'name=verm'), ['asha'])
  assert.deepEqual(await ids('Patient', 'name=ASHA'), ['asha'])
  assert.deepEqual(await ids('Patient', 'name=nunez'), ['jose'])
  assert.deepEqual(await ids('Patient', 'given=josé'), ['jose'])
  for (const typed of ['张三', '张', 'zhangsan', 'zhangs', 'zs']) {
    assert.deepEqual(await ids('Patient', [['name', typed]]), ['zhang-san'], typed)
  }
  for (const typed of ['欧阳', 'ouyangxue', 'oyx']) {
    assert.deepEqual(await ids('Patient', [['name', typed]]), ['ouyang-xue'], typed)
  }
  // 单 is read shan as a surname, dan as a word; only family and given name are written here.
  for (const typed of ['单雄信', 'shanxiongxin', 'sxx']) {
    assert.deepEqual(await ids('Patient', [['name', typed]]), ['shan'], typed)
  }
  assert.deepEqual(await ids('Patient', 'name:exact=Verma'), ['asha'])
  assert.deepEqual(await ids('Patient', 'name:exact=verma'), [])
  assert.deepEqual(await ids('Patient', 'name:contains=erm'), ['asha'])
  assert.deepEqual(await ids('Patient', [['name:contains', '%']]), [])
  assert.deepEqual(await ids('Patient', 'name=verma,martin&_sort=name'), ['asha', 'leo'])
})

test('a patient is found by number, phone, birth date and sex', async () => {
  const { ids } = await hospital()

  assert.deepEqual(await ids('Patient', [['identifier', `${mrnSystem}|A1003`]]), ['zhang-san'])
  assert.deepEqual(await ids('Patient', [['identifier', `${identityNumberSystem}|A1003`]]), [])
  assert.deepEqual(
    await ids('Patient', [
      ['identifier', `${identityNumberSystem}|`],
      ['_sort', 'birthdate'],
    ]),
    ['zhang-san', 'ouyang-xue'],
  )
  assert.deepEqual(await ids('Patient', 'phone=13800001001'), ['asha'])
  assert.deepEqual(await ids('Patient', 'birthdate=1984-06'), ['asha'])
  assert.deepEqual(await ids('Patient', 'birthdate=1999-05'), [])
  assert.deepEqual(await ids('Patient', 'birthdate=ge1991&birthdate=lt2000&_sort=birthdate'), [
    'ouyang-xue',
    'jose',
  ])
  assert.deepEqual(await ids('Patient', 'gender:not=unknown&_sort=_id'), [
    'asha',
    'leo',
    'ouyang-xue',
    'zhang-san',
  ])
  assert.deepEqual(await ids('Patient', 'birthdate:missing=true'), ['shan'])
  assert.deepEqual(await ids('Patient', '_id=leo,asha&_sort=-_id'), ['leo', 'asha'])
})

test('results are found by patient, code, time and size with its unit', async () => {
  const { ids } = await hospital()

  assert.deepEqual(await ids('Observation', 'patient=asha&code=2823-3&_sort=-date&_count=2'), [
    'potassium-2',
    'potassium-1',
  ])
  assert.deepEqual(await ids('Observation', 'subject=Patient/leo'), ['weight'])
  assert.deepEqual(await ids('Observation', 'encounter=stay&date=2026-02-21'), ['potassium-1'])
  assert.deepEqual(await ids('Observation', 'value-quantity=gt5.5&_sort=date'), ['potassium-2', 'weight'])
  assert.deepEqual(await ids('Observation', 'value-quantity=gt5.5||mmol/L'), ['potassium-2'])
  assert.deepEqual(await ids('Observation', 'value-quantity=3150|http://unitsofmeasure.org|g'), ['weight'])
  assert.deepEqual(await ids('Observation', 'value-quantity=3150||kg'), [])
  assert.deepEqual(await ids('Observation', 'combo-code=29463-7'), ['weight'])
  assert.deepEqual(await ids('Observation', 'combo-value-quantity=lt4'), ['potassium-0'])
  assert.deepEqual(await ids('Observation', '_lastUpdated=2026-03-02&patient=leo'), ['weight'])
  assert.deepEqual(await ids('Observation', '_lastUpdated=lt2026-03-02'), [])
})

test('a search goes through references and back', async () => {
  const { ids } = await hospital()

  assert.deepEqual(await ids('Observation', 'patient.name=martin'), ['weight'])
  assert.deepEqual(await ids('Observation', 'subject:Patient.birthdate=1984&_sort=-date&_count=1'), [
    'potassium-2',
  ])
  assert.deepEqual(await ids('Observation', 'encounter.patient.name=verma&value-quantity=gt6'), [
    'potassium-2',
  ])
  assert.deepEqual(await ids('Patient', '_has:Observation:patient:code=29463-7'), ['leo'])
  assert.deepEqual(await ids('Patient', '_has:Condition:patient:code=E11.9&gender=male'), ['zhang-san'])
  assert.deepEqual(await ids('Patient', '_has:Encounter:patient:_has:Observation:encounter:code=2823-3'), [
    'asha',
  ])
})

test('an answer brings along what it refers to and what refers to it', async () => {
  const { records } = await hospital()

  const page = await records.search(qilu.tenant, 'Observation', [
    ['value-quantity', '6.8'],
    ['_include', 'Observation:patient'],
    ['_include', 'Observation:encounter'],
  ])
  const back = await records.search(qilu.tenant, 'Encounter', [
    ['_id', 'stay'],
    ['_revinclude', 'Observation:encounter'],
    ['_include', '*'],
  ])

  assert.deepEqual(page.included.map(({ id }) => id).sort(), ['asha', 'stay'])
  assert.deepEqual(back.included.map(({ id }) => id).sort(), [
    'asha',
    'potassium-0',
    'potassium-1',
    'potassium-2',
  ])
})

test('a total is told where it is asked, a count without resources too', async () => {
  const { records } = await hospital()
  const answer = async (query: string) => {
    const { matches, total } = await records.search(qilu.tenant, 'Observation', [
      ...new URLSearchParams(query),
    ])
    return { matches: matches.length, total }
  }

  assert.deepEqual(await answer('_count=2&_total=accurate'), { matches: 2, total: 4 })
  assert.deepEqual(await answer('_count=2'), { matches: 2, total: undefined })
  assert.deepEqual(await answer('code=2823-3&_summary=count'), { matches: 0, total: 3 })
  assert.deepEqual(await answer('code=2823-3&_count=0'), { matches: 0, total: 3 })
})

for (const sort of [
  '',
  '_sort=_id',
  '_sort=-_id',
  '_sort=family,-birthdate',
  '_sort=-birthdate',
  '_sort=-_lastUpdated',
  '_sort=gender,-identifier',
]) {
  test(`pages with '${sort}' show each patient once though others come and go meanwhile`, async () => {
    const { records } = await hospital()
    await store(
      records,
      ...Array.from({ length: 20 }, (_, index) =>
        aPatient({
          id: `p${index}`,
          name: [{ family: `F${index % 4}` }],
          ...(index % 3 === 0 ? {} : { birthDate: `19${10 + index}-01-01` }),
        }),
      ),
    )
    const present = (await records.search(qilu.tenant, 'Patient', [['_count', '100']])).matches.map(
      ({ id }) => id,
    )
    const whole = await records.search(qilu.tenant, 'Patient', [
      ...new URLSearchParams(sort),
      ['_count', '100'],
    ])
    const seen: string[] = []
    let next: Query | undefined = [...new URLSearchParams(sort), ['_count', '3']]

    for (let turn = 0; next; turn += 1) {
      const page = await records.search(qilu.tenant, 'Patient', next)
      seen.push(...page.matches.map(({ id }) => id))
      await store(records, aPatient({ id: `new-${turn}`, name: [{ family: `F${turn}` }] }))
      next = nextOf(page)
    }

    assert.deepEqual(
      seen.filter((id) => present.includes(id)),
      whole.matches.map(({ id }) => id),
    )
  })
}

test('what cannot be asked is refused by name', async () => {
  const { ids } = await hospital()
  const refusal = async (query: string) => {
    const error = await ids('Patient', query).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof OutcomeError, query)
    const [issue] = error.outcome.issue
    return [error.failure, issue?.details?.coding?.[0]?.code, issue?.expression?.[0]]
  }

  assert.deepEqual(await refusal('shoe-size=43'), ['invalid', 'search.unknown-parameter', 'shoe-size'])
  assert.deepEqual(await refusal('birthdate=yesterday'), ['invalid', 'search.bad-value', 'birthdate'])
  assert.deepEqual(await refusal('name:below=man'), ['invalid', 'search.bad-modifier', 'name:below'])
  assert.deepEqual(await refusal('_sort=shoe-size'), ['invalid', 'records.bad-parameter', '_sort'])
  assert.deepEqual(await refusal('_count=many'), ['invalid', 'records.bad-parameter', '_count'])
  assert.deepEqual(await refusal('_total=all'), ['invalid', 'records.bad-parameter', '_total'])
  assert.deepEqual(await refusal('_include=Patient:name'), ['invalid', 'records.bad-parameter', '_include'])
  assert.deepEqual(await refusal('_page=WyIxIl0x'), ['invalid', 'records.bad-page', undefined])
  assert.deepEqual(await refusal(`_page=${Buffer.from('["1; drop table"]').toString('base64url')}`), [
    'invalid',
    'records.bad-page',
    undefined,
  ])
})
