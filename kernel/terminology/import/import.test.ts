/** Big code systems from files (CSV and FHIR JSON): what is stored, how it is found, what is refused, and that nothing is lost. */
import assert from 'node:assert/strict'
import { createReadStream, existsSync } from 'node:fs'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { CodeSystem, ValueSet } from '@xinglin/fhir'
import { testKernel, testTenant } from '@xinglin/testkit'
import { tableId } from '../concepts/table.ts'
import type { ImportRequest } from '../terminology.ts'
import { catalogueBytes } from '../testing/catalogue.ts'
import { readConcepts } from './read-file.ts'

const kernel = await testKernel()
const { terminology, database } = kernel
const author = { tenant: testTenant, actor: 'user/registrar' }
const never = new AbortController().signal

async function* bytesOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text)
}
const csv = (url: string, text: string, more: Partial<ImportRequest> = {}): ImportRequest => ({
  header: { url, version: '1' },
  format: 'csv',
  columns: {},
  bytes: bytesOf(text),
  ...more,
})
const importNow = async (request: ImportRequest, signal = never) => {
  const { id } = await terminology.imports.ask(author, request)
  await terminology.imports.run(id, signal)
  return terminology.imports.get(testTenant, id)
}
const codesOf = async (system: string, request: object = {}) => {
  const valueSet: ValueSet = {
    resourceType: 'ValueSet',
    status: 'active',
    compose: { include: [{ system, ...request }] },
  }
  return (await terminology.expand(testTenant, { resource: valueSet }, {})).concepts.map(({ code }) => code)
}

const diabetes = `code,display,parent,designation:zh-CN,property:organ,inactive
E10-E14,Diabetes mellitus,,糖尿病,,
E11,"Type 2 diabetes, ""adult""",E10-E14,2型糖尿病,pancreas,
E11.2,With renal complications,E11,2型糖尿病伴有肾的并发症,kidney,
E12,Malnutrition-related,E10-E14,,,true
N08,Glomerular disorders,,肾小球疾患,kidney,
E11.21,Nephropathy,E11.2;N08,糖尿病肾病,kidney,
`

test('a CSV file becomes a code system with names, hierarchy, properties and states', async () => {
  const system = 'http://hospital.test/CodeSystem/csv'

  const done = await importNow(csv(system, diabetes))

  assert.deepEqual(
    [done?.state, done?.concepts, done?.bytesRead, done?.system],
    ['done', 6, Buffer.byteLength(diabetes), system],
  )
  const { concept, children } = await terminology.lookup(testTenant, { url: system }, 'E11.21')
  assert.deepEqual(
    [concept, children],
    [
      {
        code: 'E11.21',
        display: 'Nephropathy',
        designations: [{ language: 'zh-CN', value: '糖尿病肾病' }],
        properties: [{ code: 'organ', valueString: 'kidney' }],
        parents: ['E11.2', 'N08'],
        isInactive: false,
        isAbstract: false,
      },
      [],
    ],
  )
  assert.equal(
    await terminology.subsumes(testTenant, { url: system }, { a: 'E10-E14', b: 'E11.21' }),
    'subsumes',
  )
  assert.equal(
    await terminology.subsumes(testTenant, { url: system }, { a: 'E11.21', b: 'N08' }),
    'subsumed-by',
  )
  assert.equal(
    await terminology.subsumes(testTenant, { url: system }, { a: 'E12', b: 'N08' }),
    'not-subsumed',
  )
  const stored = JSON.parse(
    (await kernel.records.read(testTenant, 'CodeSystem', done?.codeSystem ?? ''))?.json ?? '{}',
  )
  assert.deepEqual(
    [stored.content, stored.count, stored.concept, stored.property],
    ['not-present', 6, undefined, [{ code: 'organ', type: 'string' }]],
  )
})

test('each filter of a value set chooses the same of an imported system as of one that stands in its resource', async () => {
  const imported = 'http://hospital.test/CodeSystem/imported'
  const inline = 'http://hospital.test/CodeSystem/inline'
  await importNow(csv(imported, diabetes))
  const concepts = (
    await Array.fromAsync(readConcepts(bytesOf(diabetes), { format: 'csv', columns: {} }))
  ).flatMap((piece) => piece.concepts.map(({ concept }) => concept))
  const resource: CodeSystem = {
    resourceType: 'CodeSystem',
    url: inline,
    status: 'active',
    content: 'complete',
    concept: concepts.map(({ code, display, designations, properties, parents }) => ({
      code,
      display,
      ...(designations.length > 0 ? { designation: [...designations] } : {}),
      ...(properties.length + parents.length > 0
        ? { property: [...properties, ...parents.map((valueCode) => ({ code: 'parent', valueCode }))] }
        : {}),
    })),
  }
  await kernel.records.commit(author, (unit) => unit.write([{ kind: 'create', resource }]))

  const filters = [
    ['concept', 'is-a', 'E11'],
    ['concept', 'descendent-of', 'E10-E14'],
    ['concept', 'is-not-a', 'E11'],
    ['concept', 'generalizes', 'E11.21'],
    ['concept', 'is-a', 'unknown'],
    ['organ', '=', 'kidney'],
    ['organ', 'in', 'pancreas,kidney'],
    ['organ', 'not-in', 'kidney'],
    ['organ', 'exists', 'true'],
    ['organ', 'exists', 'false'],
    ['organ', 'regex', 'k.*'],
    ['code', 'regex', 'E11.*'],
    ['code', 'in', 'N08,E12'],
    ['display', '=', 'Nephropathy'],
    ['parent', '=', 'E10-E14'],
    ['parent', 'exists', 'false'],
    ['child', '=', 'E11.21'],
    ['child', 'exists', 'true'],
  ] as const
  for (const [property, op, value] of filters) {
    const filter = [{ property, op, value }]
    assert.deepEqual(
      await codesOf(imported, { filter }),
      await codesOf(inline, { filter }),
      `${property} ${op} ${value}`,
    )
  }
})

test('what is typed finds an imported concept by words, Chinese, pinyin, initials and code', async () => {
  const system = 'http://hospital.test/CodeSystem/typed'
  await importNow(csv(system, diabetes))
  const find = async (filter: string) => {
    const compose = { include: [{ system }] }
    const valueSet: ValueSet = { resourceType: 'ValueSet', status: 'active', compose }
    const { concepts, total } = await terminology.expand(
      testTenant,
      { resource: valueSet },
      { filter, count: 3 },
    )
    return [total, ...concepts.map(({ code }) => code)]
  }

  assert.deepEqual(await find('糖尿病肾'), [1, 'E11.21'])
  assert.deepEqual(await find('tnb'), [4, 'E10-E14', 'E11', 'E11.2'])
  assert.deepEqual(await find('shenxiaoqiu'), [1, 'N08'])
  assert.deepEqual(await find('renal comp'), [1, 'E11.2'])
  assert.deepEqual(await find('E11.2'), [3, 'E11.2', 'E11.21', 'E11'])
  assert.deepEqual(await find("'; drop table"), [0])
})

test('columns of any name are mapped, tabs and a byte order mark are understood', async () => {
  const system = 'http://hospital.test/CodeSystem/mapped'
  const columns = { code: '编码', display: '名称', parent: '上级' }

  await importNow(csv(system, '\uFEFF编码\t名称\t上级\r\nA\t甲\t\r\nB\t乙\tA\r\n', { columns }))

  const { concept } = await terminology.lookup(testTenant, { url: system }, 'B')
  assert.deepEqual([concept.display, concept.parents], ['乙', ['A']])
})

const nested: CodeSystem = {
  resourceType: 'CodeSystem',
  url: 'http://hospital.test/CodeSystem/nested',
  version: '7',
  name: 'Nested',
  status: 'active',
  content: 'complete',
  description: 'A "concept" : [ is no concept here ]',
  concept: [
    {
      code: 'a',
      display: 'Brackets ] } and \\ "quotes" 病',
      property: [{ code: 'concept', valueString: '{[' }],
      concept: [{ code: 'a1', concept: [{ code: 'a11', display: '😀' }] }, { code: 'a2' }],
    },
    { code: 'b', designation: [{ language: 'zh', value: '乙' }] },
  ],
  property: [{ code: 'concept', type: 'string' }],
}

test('a FHIR CodeSystem is read piece by piece as if it were read whole, wherever it is cut', async () => {
  const text = JSON.stringify(nested, undefined, 1)
  const bytes = new TextEncoder().encode(text)
  const read = async (size: number) => {
    async function* cut() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
    }
    const pieces = await Array.fromAsync(readConcepts(cut(), { format: 'fhir', columns: {} }))
    return [pieces.flatMap(({ concepts }) => concepts), pieces.at(-1)?.header]
  }

  const whole = await read(bytes.length)
  for (const size of [1, 2, 3, 7, 50]) assert.deepEqual(await read(size), whole)
  const { concept: _, ...header } = nested
  assert.deepEqual(whole[1], header)
  assert.equal(
    (await importNow({ header: {}, format: 'fhir', columns: {}, bytes: bytesOf(text) }))?.state,
    'done',
  )
  assert.deepEqual(await codesOf('http://hospital.test/CodeSystem/nested'), ['a', 'a1', 'a11', 'a2', 'b'])
  assert.equal(
    await terminology.subsumes(testTenant, { url: nested.url ?? '' }, { a: 'a', b: 'a11' }),
    'subsumes',
  )
})

const rowsOf = async (name: string) => database.query(sql`select * from ${tableId(name)} order by place`)
const readyTables = async () =>
  (
    await database.query(
      sql<{ name: string }>`select name from terminology.concept_table where ready is not null order by name`,
    )
  ).map(({ name }) => name)

test('an import that was cut off goes on where it was, and ends as if it had not been', async () => {
  const url = 'http://hospital.test/CodeSystem/cut'
  const stopping = new AbortController()
  const { id } = await terminology.imports.ask(author, csv(url, '', { bytes: catalogueBytes(9_000) }))
  const cutOff = terminology.imports.run(id, stopping.signal)
  const early = async () => {
    for (;;) {
      const state = await terminology.imports.get(testTenant, id)
      if ((state?.concepts ?? 0) > 0) return state
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const half = await early()
  stopping.abort()
  await assert.rejects(cutOff)
  assert.deepEqual(
    await terminology
      .lookup(testTenant, { url }, 'F1')
      .catch((error) => error.outcome.issue[0].details.coding[0].code),
    'terminology.unknown-system',
  )

  await terminology.imports.run(id, never)

  const done = await terminology.imports.get(testTenant, id)
  assert.ok((half?.concepts ?? 0) < 9_000)
  assert.deepEqual([done?.state, done?.concepts], ['done', 9_000])
  const { total } = await terminology.expand(
    testTenant,
    {
      resource: {
        resourceType: 'ValueSet',
        status: 'active',
        compose: { include: [{ system: url, filter: [{ property: 'concept', op: 'is-a', value: 'ROOT' }] }] },
      },
    },
    { count: 1 },
  )
  assert.equal(total, 9_000)
})

test('an import whose process was killed is asked for again, and of two processes at it one gives way', async () => {
  const url = 'http://hospital.test/CodeSystem/killed'
  const { id } = await terminology.imports.ask(author, csv(url, '', { bytes: catalogueBytes(6_000) }))
  await database.query(sql`delete from graphile_worker._private_jobs`)

  await terminology.imports.resume()

  assert.deepEqual(await kernel.jobs.states(), [
    { task: 'terminology.import', waiting: 1, running: 0, failed: 0 },
  ])
  const both = await Promise.allSettled([
    terminology.imports.run(id, never),
    terminology.imports.run(id, never),
  ])
  assert.ok(both.some(({ status }) => status === 'fulfilled'))
  await terminology.imports.run(id, never)
  const done = await terminology.imports.get(testTenant, id)
  assert.deepEqual([done?.state, done?.concepts], ['done', 6_000])
})

test('the tables of imported systems are made again from the record and the objects, the same to the last value', async () => {
  const before = await Promise.all(
    (await readyTables()).map(async (name) => [name, await rowsOf(name)] as const),
  )
  for (const name of await readyTables()) await database.query(sql`drop table ${tableId(name)}`)
  await database.query(sql`truncate terminology.import, terminology.concept_table`)

  const asked = await terminology.imports.rebuild(author)

  for (const { id } of await terminology.imports.list(testTenant)) await terminology.imports.run(id, never)
  assert.ok(asked > 0)
  const after = await Promise.all(
    (await readyTables()).map(async (name) => [name, await rowsOf(name)] as const),
  )
  assert.deepEqual(after, before)
})

test('a newer import of the same version takes the place of the older one, whose table goes', async () => {
  const url = 'http://hospital.test/CodeSystem/renewed'
  await importNow(csv(url, 'code,display\nA,old\n'))
  const before = await readyTables()

  const done = await importNow(csv(url, 'code,display\nA,new\n'))

  assert.equal((await terminology.lookup(testTenant, { url }, 'A')).concept.display, 'new')
  const versions = await kernel.records.history(testTenant, {
    type: 'CodeSystem',
    id: done?.codeSystem,
    count: 10,
  })
  assert.equal(versions.versions.length, 2)
  assert.equal((await readyTables()).length, before.length)
})

test('a file that cannot be a code system is refused with its reason, and leaves nothing', async () => {
  const url = 'http://hospital.test/CodeSystem/bad'
  const refusal = async (request: ImportRequest) => {
    const { state, code, reason } = (await importNow(request)) ?? {}
    return [state, code, reason]
  }
  const refused = ['refused', 'terminology.import-file']

  assert.deepEqual(await refusal(csv(url, 'code,display\nA,a\nA,b\n')), [
    ...refused,
    'a code stands twice in the file',
  ])
  assert.deepEqual(await refusal(csv(url, 'code,parent\nA,B\nB,A\nC,A\n')), [
    ...refused,
    '3 concepts stand above themselves; mend their parents',
  ])
  assert.deepEqual(await refusal(csv(url, 'name\nA\n')), [
    ...refused,
    'no column holds the code; name it: columns=code=<name of the column>',
  ])
  assert.deepEqual(await refusal(csv(url, 'code,display\nA,"open\n')), [
    ...refused,
    'the file ends within quotes',
  ])
  assert.deepEqual(await refusal({ ...csv(url, '{"resourceType":"Patient"}'), format: 'fhir' }), [
    ...refused,
    'the file is no CodeSystem in JSON',
  ])
  assert.deepEqual(
    await refusal({
      ...csv(url, ''),
      bytes: (async function* () {
        yield new Uint8Array([0xff, 0xfe, 0x00])
      })(),
    }),
    [...refused, 'the file is not UTF-8'],
  )
  const found = await kernel.records.search(testTenant, 'CodeSystem', [['url', url]])
  assert.deepEqual(found.matches, [])
})

const icd10 = new URL('../../../../shared/data/zh-icd10-3char/disease.csv', import.meta.url)

test('the categories of the Chinese ICD-10 are found by what is typed', {
  skip: existsSync(icd10) ? false : 'the sample ../shared/data/zh-icd10-3char is not beside this clone',
}, async () => {
  const url = 'http://hospital.test/CodeSystem/icd-10-zh'
  const done = await importNow(
    csv(url, '', { columns: { display: 'disease' }, bytes: createReadStream(icd10) }),
  )

  assert.deepEqual([done?.state, done?.concepts], ['done', 1_586])
  const valueSet: ValueSet = {
    resourceType: 'ValueSet',
    status: 'active',
    compose: { include: [{ system: url }] },
  }
  const { concepts } = await terminology.expand(
    testTenant,
    { resource: valueSet },
    { filter: 'huoluan', count: 5 },
  )
  assert.deepEqual(concepts, [{ system: url, version: '1', code: 'A00', display: '霍乱' }])
})
