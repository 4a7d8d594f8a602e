/**
 * What a chart costs as the record grows: the same questions at 20,000 resources and at many more, all of them imported.
 *
 *   npm run bench -- scale --resources 2000000
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fetchToken, type Platform } from '@xinglin/client'
import { type Charts, readCharts, type Sample } from './charts.ts'
import { createHttpClient, type HttpClient } from './http.ts'
import { importCharts } from './import.ts'
import { type Measurement, measure } from './measure.ts'
import { used, usedEach } from './processor.ts'

const smallResources = 20_000
/** One import comes in files of this many resources, so that its progress is seen. */
const resourcesPerImport = 200_000
const connections = 4
const secondsPerRow = 10

type Question = { readonly name: string; path(sample: Sample): string }
const questions: readonly Question[] = [
  {
    name: 'Observation?patient&code&_sort=-date&_count=20',
    path: ({ patient, code }) =>
      `Observation?patient=${patient}&code=${encodeURIComponent(code)}&_sort=-date&_count=20`,
  },
  { name: 'Patient/$everything', path: ({ patient }) => `Patient/${patient}/$everything` },
  { name: 'read by id', path: ({ observation }) => `Observation/${observation}` },
  { name: 'Patient?name', path: ({ family }) => `Patient?name=${encodeURIComponent(family)}` },
]

export async function benchScale(platform: Platform, wanted: number): Promise<readonly Measurement[]> {
  const charts = readCharts()
  const emptyBytes = databaseBytes(platform)
  const small = await importCharts(platform, charts, { from: 0, resources: smallResources })
  const before = await askAll(platform, { charts, until: small.until })
  let { until, resources } = small
  let seconds = 0
  const usedBefore = used(platform)
  while (resources < wanted) {
    const next = await importCharts(platform, charts, {
      from: until,
      resources: Math.min(resourcesPerImport, wanted - resources),
    })
    until = next.until
    resources += next.resources
    seconds += next.seconds
    console.error(`${resources} resources, the last ones at ${Math.round(next.resources / next.seconds)}/s`)
  }
  const usage = usedEach(usedBefore, used(platform), resources - small.resources)
  const after = await askAll(platform, { charts, until })
  const bytes = Math.round((databaseBytes(platform) - emptyBytes) / resources)
  return [
    {
      ...{ name: `$import up to ${resources} resources`, operations: resources - small.resources, seconds },
      ...{ perSecond: (resources - small.resources) / seconds, p50Ms: 0, p95Ms: 0, failures: 0 },
      note: `${bytes} bytes a resource: record, indexes, log and audit trail; ${usage}`,
    },
    ...before.map((row) => ({ ...row, name: `${row.name}, ${small.resources}` })),
    ...after.map((row, index) => ({
      ...row,
      name: `${row.name}, ${resources}`,
      note: `p95 ${(row.p95Ms / (before[index]?.p95Ms ?? 1)).toFixed(2)} × that at ${small.resources}`,
    })),
  ]
}

async function askAll(
  platform: Platform,
  { charts, until }: { readonly charts: Charts; readonly until: number },
): Promise<readonly Measurement[]> {
  const { value: token } = await fetchToken(platform.baseUrl, platform.client)
  const http = createHttpClient({ port: platform.ports.http, connections, token })
  const rows: Measurement[] = []
  for (const { name, path } of questions) {
    const ask = (_: number, index: number) => isAnswered(http, path(charts.sample(index, until)))
    // Once without counting: plans are made and pages come into memory at either size.
    await measure(name, { senders: connections, seconds: 2 }, ask)
    rows.push(await measure(name, { senders: connections, seconds: secondsPerRow }, ask))
  }
  http.close()
  return rows
}

async function isAnswered(http: HttpClient, path: string): Promise<boolean> {
  const { status, body } = await http.send('GET', `/fhir/R4/${path}`)
  return status === 200 && (!path.includes('?') || body.includes('"entry"'))
}

/** Of all tables and indexes; a checkpoint is not waited for, since growth of files is seen at once. */
function databaseBytes({ dataFolder }: Platform): number {
  const folder = join(dataFolder, 'postgres', 'data', 'base')
  return Number(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }).split('\t')[0])
}
