/** What the browser of terminology asks: what is held, the concepts of a system, one concept with its maps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel, testTenant } from '@xinglin/testkit'
import { terminologyImports } from './app.ts'
import { systemAddress } from './contract.ts'

const kernel = await testKernel({ apps: [{ ...terminologyImports, needs: [] }] })
const reader = ['system/*.rs', 'xinglin/terminology.*']
const ask = async (path: string, scopes: readonly string[] = reader) => {
  const answer = await kernel.web.http.inject({
    url: `/api/terminology/${path}`,
    headers: await kernel.authorisation(scopes),
  })
  return { status: answer.statusCode, body: answer.json() }
}
const wards = 'http://hospital.test/CodeSystem/wards'

await kernel.records.commit({ tenant: testTenant, actor: 'user/registrar' }, (unit) =>
  unit.write([
    {
      kind: 'update',
      resource: {
        resourceType: 'CodeSystem',
        id: 'wards',
        url: wards,
        version: '3',
        title: '病区',
        status: 'active',
        content: 'complete',
        property: [{ code: 'beds', type: 'integer', description: '床位数' }],
        concept: [
          {
            code: 'W',
            display: 'Wards',
            designation: [{ language: 'zh-CN', value: '病区' }],
            concept: [
              { code: 'W9', display: 'Ward 9', property: [{ code: 'beds', valueInteger: 32 }] },
              { code: 'W0', display: 'Closed', property: [{ code: 'inactive', valueBoolean: true }] },
            ],
          },
        ],
      },
    },
    {
      kind: 'update',
      resource: {
        resourceType: 'ConceptMap',
        id: 'to-his',
        url: 'http://hospital.test/ConceptMap/to-his',
        status: 'active',
        group: [
          {
            source: wards,
            target: 'urn:his:wards',
            element: [{ code: 'W9', target: [{ code: '0901', display: '九病区', equivalence: 'equal' }] }],
          },
        ],
      },
    },
  ]),
)

test('code systems, value sets and maps are listed, the own first', async () => {
  const { body } = await ask('code-systems')
  assert.deepEqual(body.held[0], {
    ...{ id: 'wards', url: wards, version: '3', title: '病区', status: 'active' },
    ...{ isStandard: false, content: 'complete', count: 3 },
  })
  const maps = (await ask('concept-maps')).body.held
  assert.deepEqual(
    [maps[0].source, maps[0].target, maps[0].count, maps.at(-1).isStandard],
    [wards, 'urn:his:wards', 1, true],
  )
  assert.equal((await ask('value-sets')).body.held[0].isStandard, true)
})

test('concepts are asked from the top, below a code and by a text', async () => {
  const codes = async (query: string) => {
    const { body } = await ask(`concepts?system=${wards}&${query}`)
    return body.concepts.map(({ code }: { readonly code: string }) => code)
  }

  assert.deepEqual(await codes('among=top'), ['W'])
  assert.deepEqual(await codes('among=below&code=W'), ['W9', 'W0'])
  assert.deepEqual(await codes('text=bq'), ['W'])
  assert.deepEqual(await codes('offset=1&count=1'), ['W9'])
})

test('a concept is told with its properties, its neighbours and its maps in both directions', async () => {
  const { body } = await ask(`concept?system=${wards}&version=3&code=W9`)

  const { concept, parents, path, maps } = body
  assert.deepEqual(
    [concept.display, concept.properties, parents[0].designations[0].value, path.length, maps],
    [
      'Ward 9',
      [{ code: 'beds', description: '床位数', value: '32', isCode: false }],
      '病区',
      1,
      [
        {
          ...{ direction: 'to', equivalence: 'equal', system: 'urn:his:wards', code: '0901' },
          ...{ display: '九病区', map: 'http://hospital.test/ConceptMap/to-his' },
        },
      ],
    ],
  )
  assert.equal((await ask(`concept?system=${wards}&code=W0`)).body.concept.isInactive, true)
})

test('unknown systems and codes, malformed questions and missing rights are refused', async () => {
  const refused = async (path: string, scopes?: readonly string[]) => {
    const { status, body } = await ask(path, scopes)
    return [status, body.issue[0].details.coding[0].code]
  }

  assert.deepEqual(await refused('concepts?system=urn:none'), [422, 'terminology.unknown-system'])
  assert.deepEqual(await refused(`concept?system=${wards}&code=W1`), [404, 'terminology.unknown-code'])
  assert.deepEqual(await refused('concepts'), [400, 'terminology.field'])
  assert.deepEqual(await refused(`concepts?system=${wards}&among=some`), [400, 'terminology.field'])
  assert.deepEqual(await refused('code-systems', ['system/*.rs']), [403, 'identity.not-allowed'])
  assert.deepEqual(await refused('code-systems', ['system/Patient.rs', 'xinglin/terminology.*']), [
    403,
    'identity.not-allowed',
  ])
})

test('the address of a page holds the url, the version and the code', () => {
  assert.equal(
    systemAddress('http://a.test/x', '1', 'E11'),
    '/terminology/code-systems/http%3A%2F%2Fa.test%2Fx%7C1?code=E11',
  )
})
