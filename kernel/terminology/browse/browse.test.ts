/** Going through code systems: of the record, of files and of R4, with the same answers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel, testTenant } from '@xinglin/testkit'
import type { Browsed } from './browse.ts'

const { terminology, records } = await testKernel()
const author = { tenant: testTenant, actor: 'user/registrar' }
const [written, imported] = ['http://hospital.test/written', 'http://hospital.test/imported']
const file = `code,display,parent,designation:zh-CN
E10-E14,Diabetes mellitus,,糖尿病
E11,Type 2 diabetes,E10-E14,2型糖尿病
E11.2,With renal complications,E11,2型糖尿病伴有肾的并发症
I10,Hypertension,,原发性高血压
`
const zh = (value: string) => [{ language: 'zh-CN', value }]

await records.commit(author, (unit) =>
  unit.write([
    {
      kind: 'update',
      resource: {
        resourceType: 'CodeSystem',
        id: 'written',
        url: written,
        version: '7',
        title: '疾病',
        status: 'active',
        content: 'complete',
        concept: [
          {
            code: 'E10-E14',
            display: 'Diabetes mellitus',
            designation: zh('糖尿病'),
            concept: [
              {
                code: 'E11',
                display: 'Type 2 diabetes',
                designation: zh('2型糖尿病'),
                concept: [
                  {
                    code: 'E11.2',
                    display: 'With renal complications',
                    designation: zh('2型糖尿病伴有肾的并发症'),
                  },
                ],
              },
            ],
          },
          { code: 'I10', display: 'Hypertension', designation: zh('原发性高血压') },
        ],
      },
    },
  ]),
)
const { id } = await terminology.imports.ask(author, {
  header: { url: imported, version: '2', title: '字典' },
  format: 'csv',
  columns: {},
  bytes: (async function* () {
    yield new TextEncoder().encode(file)
  })(),
})
await terminology.imports.run(id, new AbortController().signal)

const shown = ({ concepts, total, isHierarchical }: Browsed) => ({
  codes: concepts.map(({ code, hasChildren }) => (hasChildren ? `${code} +` : code)),
  total,
  isHierarchical,
})
const page = { offset: 0, count: 50 }

for (const url of [written, imported]) {
  const browse = async (question: Partial<Parameters<typeof terminology.browse>[2]>) =>
    shown(await terminology.browse(testTenant, { url }, { among: 'all', ...page, ...question }))

  test(`${url} opens from its tops down`, async () => {
    assert.deepEqual(await browse({ among: 'top' }), {
      codes: ['E10-E14 +', 'I10'],
      total: 2,
      isHierarchical: true,
    })
    assert.deepEqual((await browse({ among: { below: 'E10-E14' } })).codes, ['E11 +'])
    assert.deepEqual((await browse({ among: { below: 'I10' } })).codes, [])
  })

  test(`${url} is gone through by pages and found in by English, Chinese, pinyin and initials`, async () => {
    assert.deepEqual((await browse({ offset: 1, count: 2 })).codes, ['E11 +', 'E11.2'])
    for (const [text, codes] of [
      ['renal', ['E11.2']],
      ['高血压', ['I10']],
      ['gaoxueya', ['I10']],
      ['tnb', ['E10-E14 +', 'E11 +', 'E11.2']],
    ] as const)
      assert.deepEqual((await browse({ text })).codes, codes, text)
  })

  test(`a code of ${url} stands between what is above and what is below`, async () => {
    const place = await terminology.placeOf(testTenant, { url }, 'E11')

    assert.deepEqual(
      {
        path: place.path.map(({ code }) => code),
        parents: place.parents.map(({ display }) => display),
        children: place.children.map(({ display }) => display),
        names: place.concept.designations,
      },
      {
        path: ['E10-E14'],
        parents: ['Diabetes mellitus'],
        children: ['With renal complications'],
        names: zh('2型糖尿病'),
      },
    )
    await assert.rejects(terminology.placeOf(testTenant, { url }, 'E99'), { failure: 'notFound' })
  })
}

test('what is held is told with counts and versions: the own first, then that of R4', async () => {
  const held = await terminology.holdings(testTenant, 'CodeSystem')

  const own = held.filter(({ isStandard }) => !isStandard)
  assert.deepEqual(own.map(({ url, version, title, count }) => [url, version, title, count]).toSorted(), [
    [imported, '2', '字典', 4],
    [written, '7', '疾病', 4],
  ])
  const gender = held.find(({ url }) => url === 'http://hl7.org/fhir/administrative-gender')
  assert.deepEqual([gender?.isStandard, gender?.count, gender?.content], [true, 4, 'complete'])
  assert.ok((await terminology.holdings(testTenant, 'ValueSet')).length > 1_000)
  const maps = await terminology.holdings(testTenant, 'ConceptMap')
  assert.ok(maps.every(({ count = 0 }) => count > 0))
})
