/** The chart on a real platform: who is found by what, and what the record's pages say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import type { Resource } from '@xinglin/fhir'
import { anAllergy, anEncounter, aProblem, aResult, ouyangXue, testKernel, zhangSan } from '@xinglin/testkit'
import { chart } from './app.ts'
import type {
  RecordAnswer,
  ResultsAnswer,
  SourceAnswer,
  TimelineAnswer,
  TrendAnswer,
} from './reading/shapes.ts'

const kernel = await testKernel({ apps: [chart] })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/chart.*'])

async function write(...resources: readonly (Resource & { id?: string })[]): Promise<readonly string[]> {
  const versions = await kernel.records.commit(
    { tenant: kernel.actor.tenant, actor: kernel.actor.reference },
    (unit) =>
      unit.write(
        resources.map((resource) =>
          resource.id ? { kind: 'update', resource } : { kind: 'create', resource },
        ),
      ),
  )
  return versions.map(({ id }) => id)
}

async function ask<T>(path: string): Promise<T> {
  const response = await kernel.web.http.inject({ url: `/api/chart${path}`, headers })
  assert.equal(response.statusCode, 200, response.body)
  return response.json()
}

/** The reaction follows the log by itself; a patient is found some milliseconds after the commit. */
async function found(text: string, count: number): Promise<readonly string[]> {
  for (let tries = 0; ; tries++) {
    const response = await kernel.web.http.inject({
      method: 'POST',
      url: '/api/chart/find',
      headers,
      payload: { text },
    })
    assert.equal(response.statusCode, 200, response.body)
    const { patients }: { patients: { id: string }[] } = response.json()
    if (patients.length === count || tries > 50) return patients.map(({ id }) => id)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const derived = async () => ({
  patients: await kernel.database.query(sql`select * from chart.finder_patient order by tenant, patient`),
  terms: await kernel.database.query(
    sql`select * from chart.finder_term order by tenant, term, weight, patient`,
  ),
})

test('a patient is found by characters, pinyin, initials, record number, identity number and phone', async () => {
  await write(zhangSan, ouyangXue)
  assert.deepEqual(await found('zs', 1), ['zhang-san'])
  for (const text of ['张', '张三', 'zhang s', 'ZHANGSAN', 'a1003', '110105197003', '139000010', '1003']) {
    assert.deepEqual(await found(text, 1), ['zhang-san'], text)
  }
  assert.deepEqual(await found('oyx', 1), ['ouyang-xue'])
  assert.deepEqual(await found('nobody at all', 0), [])
})

test('a change of name and a deletion are followed', async () => {
  const [id = ''] = await write({ resourceType: 'Patient', name: [{ text: '钱进' }] })
  assert.deepEqual(await found('qianjin', 1), [id])
  await write({ resourceType: 'Patient', id, name: [{ text: '赵进' }] })
  assert.deepEqual(await found('zhaojin', 1), [id])
  assert.deepEqual(await found('qianjin', 0), [])
  await kernel.records.commit({ tenant: kernel.actor.tenant, actor: kernel.actor.reference }, (unit) =>
    unit.write([{ kind: 'delete', type: 'Patient', id }]),
  )
  assert.deepEqual(await found('zhaojin', 0), [])
})

test('a merged record leads to the surviving one', async () => {
  const [survivor = ''] = await write({ resourceType: 'Patient', name: [{ text: '孙立' }] })
  await write({
    resourceType: 'Patient',
    name: [{ text: '孙力' }],
    identifier: [{ value: 'OLD-77' }],
    link: [{ type: 'replaced-by', other: { reference: `Patient/${survivor}` } }],
  })
  assert.deepEqual(await found('old77', 1), [survivor])
})

test('the finder rebuilt from the log is the finder', async () => {
  await found('sunli', 1)
  const standing = await derived()
  const response = await kernel.web.http.inject({
    method: 'POST',
    url: '/api/chart/commands/rebuild-finder',
    headers,
    payload: {},
  })
  assert.equal(response.statusCode, 200, response.body)
  assert.deepEqual(await derived(), standing)
})

test('the record page answers banner, problems, allergies, visits and medications at once', async () => {
  await write(
    zhangSan,
    aProblem({ for: zhangSan }),
    anAllergy({ for: zhangSan }),
    anEncounter({ for: zhangSan, location: [{ location: { display: '心内科 07 床' } }] }),
  )
  const record = await ask<RecordAnswer>('/patients/zhang-san/record')
  assert.deepEqual(
    {
      banner: [
        record.patient.name,
        record.patient.mrn,
        record.patient.place,
        record.patient.allergies.length,
      ],
      problems: record.problems.length,
      allergies: record.allergies.length,
      visits: record.visits.map(({ isPresent, place }) => [isPresent, place]),
      medications: record.medications,
    },
    {
      banner: ['张三', 'A1003', '心内科 07 床', 1],
      problems: 1,
      allergies: 1,
      visits: [[true, '心内科 07 床']],
      medications: [],
    },
  )
})

test('results stand in a table, a test has its course, and both name their source', async () => {
  const at = (day: number) => `2026-02-${String(day).padStart(2, '0')}T08:00:00+08:00`
  const ids = await write(
    aResult({ for: ouyangXue, value: 4.2, effectiveDateTime: at(1) }),
    aResult({
      for: ouyangXue,
      value: 6.1,
      effectiveDateTime: at(2),
      interpretation: [{ coding: [{ code: 'HH' }] }],
    }),
  )
  await write({
    resourceType: 'Provenance',
    recorded: '2026-02-02T08:05:00+08:00',
    target: [{ reference: `Observation/${ids[1]}/_history/1` }],
    agent: [{ who: { display: 'LIS|QLYX' } }],
    entity: [{ role: 'source', what: { identifier: { system: 'urn:xinglin:message', value: 'm7' } } }],
  })
  const table = await ask<ResultsAnswer>('/patients/ouyang-xue/results')
  assert.deepEqual(table.columns, [at(2), at(1)])
  assert.deepEqual(
    table.rows.map(({ unit, cells }) => [
      unit,
      cells.map(({ results: [result] }) => [result?.value, result?.flag, result?.source?.text]),
    ]),
    [
      [
        'mmol/L',
        [
          ['6.1', 'critical-high', 'LIS|QLYX'],
          ['4.2', undefined, undefined],
        ],
      ],
    ],
  )
  const trend = await ask<TrendAnswer>(
    `/patients/ouyang-xue/trend?test=${encodeURIComponent(table.rows[0]?.test ?? '')}`,
  )
  assert.deepEqual(
    trend.results.map(({ value }) => value),
    ['4.2', '6.1'],
  )
  const source = await ask<SourceAnswer>(`/patients/ouyang-xue/sources/Observation/${ids[1]}`)
  assert.deepEqual(source.sources, [{ text: 'LIS|QLYX', message: 'm7' }])
})

test('the time line goes on without losing or repeating anything', async () => {
  const [id = ''] = await write({ resourceType: 'Patient', name: [{ text: '周长' }] })
  const moments = Array.from({ length: 150 }, (_, minute) =>
    new Date(1_772_000_000_000 + minute * 60_000).toISOString(),
  )
  await write(
    ...moments.map((performedDateTime, index) => ({
      resourceType: 'Procedure' as const,
      status: 'completed' as const,
      code: { text: `操作 ${index}` },
      subject: { reference: `Patient/${id}` },
      performedDateTime,
    })),
  )
  const titles = new Set<string>()
  let before: string | undefined
  let pages = 0
  do {
    const page: TimelineAnswer = await ask(
      `/patients/${id}/timeline${before ? `?before=${encodeURIComponent(before)}` : ''}`,
    )
    for (const { title } of page.happenings) titles.add(title)
    before = page.next
    pages += 1
  } while (before && pages < 10)
  assert.deepEqual([titles.size, pages], [150, 3])
})

test('a paper of another patient is not found under this one', async () => {
  const [document = ''] = await write({
    resourceType: 'DocumentReference',
    status: 'current',
    subject: { reference: 'Patient/zhang-san' },
    content: [
      { attachment: { contentType: 'text/plain', data: Buffer.from('主诉：咳嗽').toString('base64') } },
    ],
  })
  const right = await ask<{ parts: unknown }>(`/patients/zhang-san/documents/DocumentReference/${document}`)
  assert.deepEqual(right.parts, [{ kind: 'text', text: '主诉：咳嗽' }])
  const wrong = await kernel.web.http.inject({
    url: `/api/chart/patients/ouyang-xue/documents/DocumentReference/${document}`,
    headers,
  })
  assert.equal(wrong.statusCode, 404)
})

test('without the permission nothing is found', async () => {
  const without = await kernel.authorisation(['system/Observation.read'])
  const response = await kernel.web.http.inject({
    method: 'POST',
    url: '/api/chart/find',
    headers: without,
    payload: { text: 'zs' },
  })
  assert.equal(response.statusCode, 403)
})

test('recently opened patients stand newest first', async () => {
  for (const patient of ['zhang-san', 'ouyang-xue']) {
    await kernel.web.http.inject({ method: 'POST', url: '/api/chart/recent', headers, payload: { patient } })
    kernel.runtime.advance(1_000)
  }
  const { patients } = await ask<{ patients: { id: string }[] }>('/recent')
  assert.deepEqual(
    patients.map(({ id }) => id),
    ['ouyang-xue', 'zhang-san'],
  )
})
