/** R4 search.html §3.1.1.4.4: the modifiers :in, :not-in, :below and :above of tokens, over the record and its terminology. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Database, type Sql, sql } from '@xinglin/database'
import { OutcomeError, type Resource, type ResourceType } from '@xinglin/fhir'
import { createRecords } from '@xinglin/records'
import { aProblem, asha, leo, testKernel, testTenant } from '@xinglin/testkit'
import { catalogueBytes } from './testing/catalogue.ts'

const kernel = await testKernel()
const { records, terminology } = kernel
const author = { tenant: testTenant, actor: 'user/registrar' }
const system = 'http://hospital.test/CodeSystem/diseases'
const catalogue = 'http://hospital.test/CodeSystem/catalogue'
const problem = (id: string, of: typeof asha, code: string, codes = system): Resource => ({
  ...aProblem({ for: of }),
  id,
  code: { coding: [{ system: codes, code }] },
})

const { id: importId } = await terminology.imports.ask(author, {
  header: { url: catalogue },
  format: 'csv',
  columns: {},
  bytes: catalogueBytes(10_100),
})
await terminology.imports.run(importId, new AbortController().signal)
const resources: readonly Resource[] = [
  asha,
  leo,
  { resourceType: 'Patient', id: 'nameless' },
  {
    resourceType: 'CodeSystem',
    id: 'diseases',
    url: system,
    status: 'active',
    content: 'complete',
    concept: [
      { code: 'E10-E14', concept: [{ code: 'E10' }, { code: 'E11', concept: [{ code: 'E11.2' }] }] },
      { code: 'I10' },
    ],
  },
  {
    resourceType: 'ValueSet',
    id: 'diabetes',
    url: 'http://hospital.test/ValueSet/diabetes',
    status: 'active',
    compose: { include: [{ system, filter: [{ property: 'concept', op: 'is-a', value: 'E10-E14' }] }] },
  },
  {
    resourceType: 'ValueSet',
    id: 'everything',
    url: 'http://hospital.test/ValueSet/everything',
    status: 'active',
    compose: { include: [{ system: catalogue }] },
  },
  problem('type-1', asha, 'E10'),
  problem('type-2', asha, 'E11'),
  problem('renal', leo, 'E11.2'),
  problem('pressure', leo, 'I10'),
  problem('same-code-elsewhere', leo, 'E11', 'urn:other'),
  problem('found', asha, 'F205', catalogue),
  problem('found-in-section', asha, 'F300', catalogue),
]
await records.commit(author, (unit) =>
  unit.write(resources.map((resource) => ({ kind: 'update', resource }))),
)

const find = async (type: ResourceType, query: string) =>
  (await records.search(testTenant, type, [...new URLSearchParams(query)])).matches.map(({ id }) => id).sort()
const refusal = (type: ResourceType, query: string) =>
  find(type, query).then(
    () => undefined,
    (error: unknown) =>
      error instanceof OutcomeError
        ? [error.outcome.issue[0]?.code, error.outcome.issue[0]?.details?.coding?.[0]?.code]
        : error,
  )

test(':in finds what is coded in a value set, by its url or its address; :not-in all else', async () => {
  const diabetes = 'http://hospital.test/ValueSet/diabetes'

  assert.deepEqual(await find('Condition', `code:in=${diabetes}`), ['renal', 'type-1', 'type-2'])
  assert.deepEqual(await find('Condition', 'code:in=ValueSet/diabetes'), ['renal', 'type-1', 'type-2'])
  assert.deepEqual(await find('Condition', `code:not-in=${diabetes}`), [
    'found',
    'found-in-section',
    'pressure',
    'same-code-elsewhere',
  ])
})

test(':in asks elements of type code by the system that is meant, with a value set of R4', async () => {
  assert.deepEqual(
    await find('Patient', 'gender:in=http://hl7.org/fhir/ValueSet/administrative-gender'),
    [asha.id, leo.id].sort(),
  )
})

test(':below and :above follow the hierarchy of the system, of a stored and of an imported one', async () => {
  assert.deepEqual(await find('Condition', `code:below=${system}|E11`), ['renal', 'type-2'])
  assert.deepEqual(await find('Condition', `code:above=${system}|E11.2`), ['renal', 'type-2'])
  assert.deepEqual(await find('Condition', `code:below=${system}|E10,${system}|I10`), ['pressure', 'type-1'])
  assert.deepEqual(await find('Condition', `code:below=${catalogue}|F200`), ['found'])
  assert.deepEqual(await find('Condition', `code:above=${catalogue}|F305`), ['found-in-section'])
})

test('the modifiers work behind a chain and in _has', async () => {
  assert.deepEqual(await find('Patient', `_has:Condition:subject:code:below=${system}|E11.2`), [leo.id])
  assert.deepEqual(
    await find(
      'Condition',
      'subject:Patient.gender:in=http://hl7.org/fhir/ValueSet/administrative-gender&code=I10',
    ),
    ['pressure'],
  )
})

test('what has no answer is refused with its reason', async () => {
  assert.deepEqual(await refusal('Condition', 'code:in=http://nowhere.test/vs'), [
    'not-found',
    'terminology.unknown-value-set',
  ])
  assert.deepEqual(await refusal('Condition', 'code:below=http://snomed.info/sct|73211009'), [
    'processing',
    'terminology.unknown-system',
  ])
  assert.deepEqual(await refusal('Condition', 'code:below=E11'), ['invalid', 'records.bad-parameter'])
  assert.deepEqual(await refusal('Condition', 'code:in=ValueSet/everything'), [
    'too-costly',
    'terminology.too-costly',
  ])
  assert.deepEqual(await refusal('Condition', `code:below=${catalogue}|ROOT`), [
    'too-costly',
    'terminology.too-costly',
  ])
})

test('a search for any of thousands of codes is one array in SQL, led by the index of terms', async () => {
  const others = Array.from({ length: 3_000 }, (_, at) => problem(`other-${at}`, asha, `${at}`, 'urn:other'))
  await records.commit(author, (unit) => unit.write(others.map((resource) => ({ kind: 'update', resource }))))
  await kernel.database.query(sql`analyze records.current`)
  const asked: Sql[] = []
  const note = <From extends Pick<Database, 'query'>>(from: From): From => ({
    ...from,
    query: (statement: Sql) => {
      asked.push(statement)
      return from.query(statement)
    },
  })
  const database: Database = {
    ...note(kernel.database),
    reading: (work) => kernel.database.reading((from) => work(note(from))),
  }
  const searching = createRecords({ ...kernel, database, vocabulary: terminology.vocabulary })

  const below = terminology.vocabulary.codesBelow
  const many = await below(testTenant, { system: catalogue, code: 'F300' }, 10_000)
  const { total } = await searching.search(testTenant, 'Condition', [
    ['code:below', `${catalogue}|F300`],
    ['_summary', 'count'],
  ])

  const statement = asked.find(({ text }) => text.includes('records.current as'))
  const rows = await kernel.database.query(sql<{ 'QUERY PLAN': string }>`explain ${statement ?? sql`select`}`)
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  assert.deepEqual([many.length, total], [100, 1])
  assert.ok((statement?.values.length ?? 99) < 10)
  assert.match(plan, /current_terms/)
  assert.doesNotMatch(plan, /Seq Scan/)
})
