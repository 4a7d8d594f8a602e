/** The record as it stood: every page of the chart as of an instant, and the instants between which it stood still. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from '@xinglin/fhir'
import { testKernel } from '@xinglin/testkit'
import { chart } from './app.ts'
import type {
  MomentsAnswer,
  Reading,
  RecordAnswer,
  ResultsAnswer,
  SourceAnswer,
  TimelineAnswer,
} from './reading/shapes.ts'

const kernel = await testKernel({ apps: [chart] })
const headers = await kernel.authorisation(['system/*.*', 'xinglin/chart.*'])
const author = { tenant: kernel.actor.tenant, actor: kernel.actor.reference }

async function write(...resources: readonly (Resource & { id: string })[]): Promise<string> {
  const at = kernel.runtime.advance(60_000)
  await kernel.records.commit(author, (unit) =>
    unit.write(resources.map((resource) => ({ kind: 'update', resource }))),
  )
  return at
}

async function ask<T>(path: string, asOf?: string): Promise<T> {
  const past = asOf === undefined ? '' : `${path.includes('?') ? '&' : '?'}asOf=${encodeURIComponent(asOf)}`
  const response = await kernel.web.http.inject({ url: `/api/chart/patients/lin${path}${past}`, headers })
  assert.equal(response.statusCode, 200, response.body)
  return response.json()
}

const of = { reference: 'Patient/lin' }
const potassium = (value: number): Resource & { id: string } => ({
  resourceType: 'Observation',
  id: 'potassium',
  status: 'final',
  code: { text: '钾', coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
  subject: of,
  effectiveDateTime: '2026-03-02T08:30:00+08:00',
  valueQuantity: { value, unit: 'mmol/L' },
})
const report: Resource & { id: string } = {
  resourceType: 'DiagnosticReport',
  id: 'electrolytes',
  status: 'final',
  code: { text: '电解质' },
  subject: of,
  issued: '2026-03-02T09:00:00+08:00',
  result: [{ reference: 'Observation/potassium' }],
  presentedForm: [{ contentType: 'application/pdf', title: '报告', url: 'Binary/page' }],
}
const lin: Resource & { id: string } = { resourceType: 'Patient', id: 'lin', name: [{ text: '林林' }] }

const early = await write(potassium(6.8))
const admitted = await write(lin)
const reported = await write(report, {
  resourceType: 'Binary',
  id: 'page',
  contentType: 'text/plain',
  data: 'QQ==',
})
const sourced = await write({
  resourceType: 'Provenance',
  id: 'from-laboratory',
  recorded: '2026-03-02T09:00:00+08:00',
  target: [{ reference: 'Observation/potassium' }],
  agent: [{ who: { display: 'LIS|QLYX' } }],
})
const corrected = await write(potassium(4.1), { ...report, status: 'corrected' })
const merged = await write(
  { ...lin, active: false, link: [{ other: { reference: 'Patient/lin-lin' }, type: 'replaced-by' }] },
  { resourceType: 'Patient', id: 'lin-lin', name: [{ text: '林林' }] },
  { ...potassium(4.1), subject: { reference: 'Patient/lin-lin' } } as Resource & { id: string },
)

test('the moments of a record are those at which it changed, since the patient is known', async () => {
  const { moments, isCut } = await ask<MomentsAnswer>('/moments')
  assert.deepEqual(
    moments.map(({ at, changes }) => [at, changes]),
    [
      [admitted, 1],
      [reported, 1],
      [corrected, 2],
      [merged, 2],
    ],
  )
  assert.equal(isCut, false)
  assert.ok(early < admitted)
})

test('each page of the record shows what stood then', async () => {
  const values = async (asOf?: string) =>
    (await ask<ResultsAnswer>('/results', asOf)).rows.flatMap(({ cells }) =>
      cells.flatMap(({ results }) => results.map(({ value, source }) => [value, source?.text])),
    )
  assert.deepEqual(await values(admitted), [['6.8', undefined]])
  assert.deepEqual(await values(sourced), [['6.8', 'LIS|QLYX']])
  assert.deepEqual(await values(corrected), [['4.1', 'LIS|QLYX']])
  assert.deepEqual(await values(), [])

  const record = await ask<RecordAnswer>('/record', reported)
  assert.deepEqual(
    [record.asOf, record.patient.replacedBy, record.documents.map(({ status }) => status)],
    [reported, undefined, ['final']],
  )
  assert.equal((await ask<RecordAnswer>('/record')).patient.replacedBy, 'lin-lin')
  const { happenings } = await ask<TimelineAnswer>('/timeline', admitted)
  assert.deepEqual(
    happenings.map(({ key }) => key),
    ['Observation/potassium'],
  )
})

test('a paper and the source of a fact are read as of the same instant', async () => {
  const { status, parts } = await ask<Reading>('/documents/DiagnosticReport/electrolytes', reported)
  const path = `/api/chart/patients/lin/attachments/DiagnosticReport/electrolytes/0?asOf=${encodeURIComponent(reported)}`
  assert.deepEqual(
    [status, parts.map((part) => (part.kind === 'results' ? part.results.map(({ value }) => value) : part))],
    ['final', [['6.8'], { kind: 'attachment', title: '报告', contentType: 'application/pdf', path }]],
  )
  assert.equal((await kernel.web.http.inject({ url: path, headers })).body, 'A')
  const source = await ask<SourceAnswer>('/sources/Observation/potassium', sourced)
  assert.deepEqual([source.version, source.sources.map(({ text }) => text)], [1, ['LIS|QLYX']])
})
