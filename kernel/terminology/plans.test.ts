/** Every question to an imported system of 20,000 codes is led by an index, and what is too costly is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Queryable, type Sql, sql } from '@xinglin/database'
import { OutcomeError, type ValueSet } from '@xinglin/fhir'
import { testKernel, testTenant } from '@xinglin/testkit'
import type { CodeSource } from './concepts/concept.ts'
import { tableSource } from './concepts/table-source.ts'
import { catalogueBytes } from './testing/catalogue.ts'

const size = 20_000
const kernel = await testKernel()
const { terminology, database } = kernel
const url = 'http://hospital.test/CodeSystem/catalogue'
const { id } = await terminology.imports.ask(
  { tenant: testTenant, actor: 'user/registrar' },
  { header: { url }, format: 'csv', columns: {}, bytes: catalogueBytes(size) },
)
await terminology.imports.run(id, new AbortController().signal)
const [table] = await database.query(sql<{ name: string }>`select name from terminology.concept_table`)

/** Plans of the statements that a question asks of the table. */
async function planOf(ask: (source: CodeSource) => Promise<unknown>): Promise<string> {
  const asked: Sql[] = []
  const listening: Queryable = {
    query(statement) {
      asked.push(statement)
      return database.query(statement)
    },
  }
  const header = { resourceType: 'CodeSystem', status: 'active', content: 'not-present', url } as const
  await ask(tableSource(listening, header, { name: table?.name ?? '', concepts: size }))
  const plans = asked.map(async (statement) => {
    const rows = await database.query(sql<{ 'QUERY PLAN': string }>`explain ${statement}`)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  return (await Promise.all(plans)).join('\n')
}

const all = { kind: 'all' } as const
const page = { offset: 0, count: 20 }
const below = { kind: 'below', code: 'ROOT', isWithSelf: true } as const
const questions: readonly (readonly [string, RegExp, (source: CodeSource) => Promise<unknown>])[] = [
  ['what is typed', /_words/, (source) => source.select({ rule: all, text: 'failure kid', ...page })],
  ['what is typed, below a code', /_words/, (source) => source.select({ rule: below, text: 'ssj', ...page })],
  ['below a section', /_ancestry/, (source) => source.select({ rule: { ...below, code: 'F500' }, ...page })],
  [
    'a property',
    /_facts/,
    (source) => source.select({ rule: { kind: 'value', property: 'parent', values: ['F500'] }, ...page }),
  ],
  ['one code', /_code/, (source) => source.find(['F777'])],
  ['whether a code is below', /_code/, (source) => source.meeting(['F777'], below)],
  ['children', /_facts/, (source) => source.children('F500', 100)],
  ['all, by pages', /_place/, (source) => source.select({ rule: all, ...page })],
]

test('every question is led by the index of its kind, and none reads the table from end to end', async () => {
  for (const [name, index, ask] of questions) {
    const plan = await planOf(ask)
    assert.match(plan, index, `${name}\n${plan}`)
    assert.doesNotMatch(plan, /Seq Scan/, `${name}\n${plan}`)
  }
})

const valueSet: ValueSet = {
  resourceType: 'ValueSet',
  status: 'active',
  compose: { include: [{ system: url }] },
}

test('§4.7.5 an expansion of more than 10,000 codes is refused as too costly, and given by pages', async () => {
  const refusal = await terminology
    .expand(testTenant, { resource: valueSet }, {})
    .catch((error: unknown) => error)

  assert.ok(refusal instanceof OutcomeError)
  assert.deepEqual([refusal.status, refusal.outcome.issue[0]?.code], [422, 'too-costly'])
  const { concepts, total, offset } = await terminology.expand(
    testTenant,
    { resource: valueSet },
    { offset: 19_990, count: 50 },
  )
  assert.deepEqual([concepts.length, total, offset], [10, size, 19_990])
})

test('the code itself stands first, also of a text that thousands answer', async () => {
  const { concepts, total } = await terminology.expand(
    testTenant,
    { resource: valueSet },
    { filter: 'root', count: 1 },
  )
  const many = await terminology.expand(testTenant, { resource: valueSet }, { filter: 'f1', count: 2 })

  assert.deepEqual([concepts.map(({ code }) => code), total], [['ROOT'], 1])
  assert.deepEqual([many.concepts.map(({ code }) => code), many.total], [['F1', 'F10'], undefined])
})

test('§4.8.7 an imported supplement names the codes of an imported system in Chinese', async () => {
  const supplement = JSON.stringify({
    resourceType: 'CodeSystem',
    url: `${url}-names`,
    status: 'active',
    content: 'supplement',
    supplements: url,
    concept: [{ code: 'F777', designation: [{ language: 'zh-CN', value: '幸运数' }] }],
  })
  const asked = await terminology.imports.ask(
    { tenant: testTenant, actor: 'user/registrar' },
    { header: {}, format: 'fhir', columns: {}, bytes: new Blob([supplement]).stream() },
  )
  await terminology.imports.run(asked.id, new AbortController().signal)

  const { concepts } = await terminology.expand(
    testTenant,
    { resource: valueSet },
    { filter: 'xingyun', language: 'zh', count: 5 },
  )
  assert.deepEqual(
    concepts.map(({ code, display }) => [code, display]),
    [['F777', '幸运数']],
  )
})
