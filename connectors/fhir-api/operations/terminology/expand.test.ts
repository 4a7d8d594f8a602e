/** R4 valueset-operation-expand (valueset.html §4.9.18) and terminology-service.html §4.7.5, asked through the door. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ValueSet, ValueSetExpansionContains } from '@xinglin/fhir'
import { said, testDoor } from '../../testing/door.ts'

const door = await testDoor()
const diseases = 'http://hospital.test/CodeSystem/diseases'
const put = async (resource: { resourceType: string; id: string }) => {
  const { status } = await door.ask('PUT', `${resource.resourceType}/${resource.id}`, { body: resource })
  assert.ok(status < 300, `${resource.resourceType}/${resource.id} was refused`)
}
await put({
  resourceType: 'CodeSystem',
  id: 'diseases',
  url: diseases,
  version: '2026',
  name: 'Diseases',
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  hierarchyMeaning: 'is-a',
  property: [{ code: 'organ', type: 'code' }],
  concept: [
    {
      code: 'E10-E14',
      display: 'Diabetes mellitus',
      designation: [{ language: 'zh-CN', value: '糖尿病' }],
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [
        {
          code: 'E10',
          display: 'Type 1 diabetes mellitus',
          designation: [{ language: 'zh-CN', value: '1型糖尿病' }],
          property: [{ code: 'organ', valueCode: 'pancreas' }],
        },
        {
          code: 'E11',
          display: 'Type 2 diabetes mellitus',
          designation: [{ language: 'zh-CN', value: '2型糖尿病' }],
          property: [{ code: 'organ', valueCode: 'pancreas' }],
          concept: [
            {
              code: 'E11.2',
              display: 'Type 2 diabetes mellitus with renal complications',
              designation: [{ language: 'zh-CN', value: '2型糖尿病伴有肾的并发症' }],
              property: [{ code: 'organ', valueCode: 'kidney' }],
            },
          ],
        },
        {
          code: 'E12',
          display: 'Malnutrition-related diabetes',
          property: [{ code: 'inactive', valueBoolean: true }],
        },
      ],
    },
    {
      code: 'I10',
      display: 'Essential hypertension',
      designation: [{ language: 'zh-CN', value: '原发性高血压' }],
    },
  ],
} as never)

type Include = NonNullable<ValueSet['compose']>['include'][number]
const expand = async (
  compose: { include: Include[]; exclude?: Include[]; inactive?: boolean },
  query = '',
) => {
  const valueSet = { resourceType: 'ValueSet', status: 'active', compose }
  const answer = await door.ask('POST', `ValueSet/$expand?${query}`, { body: valueSet })
  assert.equal(answer.status, 200, answer.text)
  return (answer.body as ValueSet).expansion
}
const codes = (contains: readonly ValueSetExpansionContains[] = []): readonly unknown[] =>
  contains.map(({ code, contains: below }) => (below ? [code, codes(below)] : code))
const filtered = async (property: string, op: string, value: string) =>
  codes(
    (await expand({ include: [{ system: diseases, filter: [{ property, op: op as 'is-a', value }] }] }))
      ?.contains,
  )

test('§4.9.18 a value set of R4 is expanded without being stored, with its total and the version of its system', async () => {
  const { status, body } = await door.ask(
    'GET',
    'ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender',
  )

  const { expansion, url, id } = body as ValueSet
  assert.deepEqual(
    [status, id, url, expansion?.total, codes(expansion?.contains)],
    [
      200,
      'administrative-gender',
      'http://hl7.org/fhir/ValueSet/administrative-gender',
      4,
      ['male', 'female', 'other', 'unknown'],
    ],
  )
  assert.deepEqual(expansion?.parameter?.slice(-1), [
    { name: 'version', valueUri: 'http://hl7.org/fhir/administrative-gender|4.0.1' },
  ])
})

test('§4.9.18 [type]/[id]/$expand expands the value set of the address', async () => {
  await put({
    resourceType: 'ValueSet',
    id: 'renal',
    url: 'http://hospital.test/ValueSet/renal',
    status: 'active',
    compose: { include: [{ system: diseases, concept: [{ code: 'E11.2', display: '肾病' }] }] },
  } as never)

  const { body } = await door.ask('GET', 'ValueSet/renal/$expand')

  assert.deepEqual((body as ValueSet).expansion?.contains, [
    { system: diseases, version: '2026', code: 'E11.2', display: '肾病' },
  ])
})

test('§4.9.5 each filter of compose chooses what R4 says', async () => {
  assert.deepEqual(await filtered('concept', 'is-a', 'E11'), ['E11', 'E11.2'])
  assert.deepEqual(await filtered('concept', 'descendent-of', 'E11'), ['E11.2'])
  assert.deepEqual(await filtered('concept', 'is-not-a', 'E10-E14'), ['I10'])
  assert.deepEqual(await filtered('concept', 'generalizes', 'E11.2'), ['E10-E14', 'E11', 'E11.2'])
  assert.deepEqual(await filtered('organ', '=', 'kidney'), ['E11.2'])
  assert.deepEqual(await filtered('organ', 'in', 'kidney,pancreas'), ['E10', 'E11', 'E11.2'])
  assert.deepEqual(await filtered('organ', 'not-in', 'pancreas'), ['E10-E14', 'E11.2', 'E12', 'I10'])
  assert.deepEqual(await filtered('code', 'regex', 'E1[01]'), ['E10', 'E11'])
  assert.deepEqual(await filtered('organ', 'exists', 'false'), ['E10-E14', 'E12', 'I10'])
  assert.deepEqual(await filtered('parent', '=', 'E10-E14'), ['E10', 'E11', 'E12'])
  assert.deepEqual(await filtered('child', '=', 'E11.2'), ['E11'])
})

test('§4.9.5 includes are united, the parts of an include are met, excludes are taken away', async () => {
  const below: Include = { system: diseases, filter: [{ property: 'concept', op: 'is-a', value: 'E10-E14' }] }
  const imported: Include = { system: diseases, valueSet: ['http://hospital.test/ValueSet/renal'] }

  assert.deepEqual(
    codes(
      (
        await expand({
          include: [below, { system: diseases, concept: [{ code: 'I10' }] }],
          exclude: [imported],
        })
      )?.contains,
    ),
    ['E10-E14', 'E10', 'E11', 'E12', 'I10'],
  )
  assert.deepEqual(codes((await expand({ include: [{ ...below, ...imported }] }))?.contains), ['E11.2'])
  assert.deepEqual(
    codes((await expand({ include: [{ valueSet: ['http://hospital.test/ValueSet/renal'] }] }))?.contains),
    ['E11.2'],
  )
})

test('§4.9.18 filter finds by words, Chinese, pinyin and initials, and by the code', async () => {
  const find = async (text: string) =>
    codes((await expand({ include: [{ system: diseases }] }, `filter=${encodeURIComponent(text)}`))?.contains)

  assert.deepEqual(await find('diab renal'), ['E11.2'])
  assert.deepEqual(await find('糖尿'), ['E10-E14', 'E10', 'E11', 'E11.2'])
  assert.deepEqual(await find('gaoxueya'), ['I10'])
  assert.deepEqual(await find('gxy'), ['I10'])
  assert.deepEqual(await find('e11.'), ['E11.2', 'E11'])
  assert.deepEqual(await find('nothing'), [])
})

test('§4.9.18 count and offset take a page of a stable order, with the total of all', async () => {
  const first = await expand({ include: [{ system: diseases }] }, 'count=2&offset=1')

  assert.deepEqual([first?.total, first?.offset, codes(first?.contains)], [6, 1, ['E10', 'E11']])
  assert.deepEqual(codes((await expand({ include: [{ system: diseases }] }, 'count=0'))?.contains), [])
})

test('§4.9.18 displayLanguage names concepts in Chinese, includeDesignations shows every name', async () => {
  const compose = { include: [{ system: diseases, concept: [{ code: 'E10' }] }] }

  assert.deepEqual((await expand(compose, 'displayLanguage=zh&includeDesignations=true'))?.contains, [
    {
      system: diseases,
      version: '2026',
      code: 'E10',
      display: '1型糖尿病',
      designation: [{ language: 'zh-CN', value: '1型糖尿病' }],
    },
  ])
})

test('§4.9.18 activeOnly and compose.inactive leave inactive concepts out', async () => {
  const compose = { include: [{ system: diseases, concept: [{ code: 'E12' }, { code: 'I10' }] }] }

  assert.deepEqual(
    (await expand(compose))?.contains?.map(({ code, inactive }) => [code, inactive]),
    [
      ['E12', true],
      ['I10', undefined],
    ],
  )
  assert.deepEqual(codes((await expand(compose, 'activeOnly=true'))?.contains), ['I10'])
  assert.deepEqual(codes((await expand({ ...compose, inactive: false }))?.contains), ['I10'])
})

test('§4.9.18 excludeNested=false shows the hierarchy, with groups as abstract', async () => {
  const expansion = await expand({ include: [{ system: diseases }] }, 'excludeNested=false')

  assert.deepEqual(codes(expansion?.contains), [['E10-E14', ['E10', ['E11', ['E11.2']], 'E12']], 'I10'])
  assert.equal(expansion?.contains?.[0]?.abstract, true)
})

test('§4.9.18 designation shows those of one language, excludeNotForUI leaves groups out', async () => {
  const compose = { include: [{ system: diseases, concept: [{ code: 'E10-E14' }, { code: 'E10' }] }] }

  const languages = (await expand(compose, 'designation=urn:ietf:bcp:47|en&excludeNotForUI=true'))?.contains
  assert.deepEqual(
    languages?.map(({ code, designation }) => [code, designation]),
    [['E10', undefined]],
  )
  const chinese = (await expand(compose, 'designation=urn:ietf:bcp:47|zh-CN'))?.contains
  assert.deepEqual(
    chinese?.map(({ designation }) => designation?.map(({ value }) => value)),
    [['糖尿病'], ['1型糖尿病']],
  )
})

test('what cannot be expanded is refused with its reason', async () => {
  const refusal = async (resource: object) =>
    said(
      await door.ask('POST', 'ValueSet/$expand', {
        body: { resourceType: 'ValueSet', status: 'active', ...resource },
      }),
    )

  assert.deepEqual(said(await door.ask('GET', 'ValueSet/$expand?url=http://nowhere.test/vs')), [
    404,
    'not-found',
    'terminology.unknown-value-set',
    undefined,
    'there is no value set http://nowhere.test/vs',
  ])
  assert.deepEqual(
    (await refusal({ compose: { include: [{ system: 'http://snomed.info/sct' }] } })).slice(0, 3),
    [422, 'processing', 'terminology.unknown-system'],
  )
  assert.deepEqual(
    (
      await refusal({
        compose: {
          include: [{ system: diseases, filter: [{ property: 'code', op: 'regex', value: '(a+)+' }] }],
        },
      })
    ).slice(0, 3),
    [400, 'invalid', 'terminology.bad-filter'],
  )
  // §4.9.18: a server that cannot answer for a date must say so.
  assert.deepEqual(said(await door.ask('GET', 'ValueSet/renal/$expand?date=2020')).slice(0, 3), [
    400,
    'invalid',
    'fhir-api.operation-parameter',
  ])
  assert.deepEqual(said(await door.ask('GET', 'ValueSet/$expand')).slice(0, 3), [
    400,
    'invalid',
    'fhir-api.operation-missing',
  ])
})
