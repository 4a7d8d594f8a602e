/**
 * The master index among many: a scan of 300,000 people, and who a described person may be among 500,000, over HTTP:
 * `node launch.mjs bench/people.ts`. People of a synthetic county (tools/simulator/doubles), every fifth record a double;
 * they are written into the index as the log would, and those who are asked for into the record too.
 */
import assert from 'node:assert/strict'
import { loadavg } from 'node:os'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { registerFhirApi } from '@xinglin/fhir-api'
import type { SettingsAnswer } from '@xinglin/master-index/contract'
import { masterIndex, patientMatcher } from '@xinglin/master-index/server'
import { blockingKeys, personOf } from '@xinglin/matching'
import { makeRegistrations, type Registration } from '@xinglin/simulator/doubles'
import { testKernel } from '@xinglin/testkit'
import { cpuMs } from './cpu.ts'
import { measure, tableOf } from './measure.ts'

const [scanned, more, doubled] = [300_000, 200_000, 0.2]
const today = '2026-11-01'
const [askedPeople, asking] = [300, 3_000]
const rowsAtOnce = 2_000
const lookEveryMs = 250
const fhirJson = { 'content-type': 'application/fhir+json' } as const

type Kernel = Awaited<ReturnType<typeof testKernel>>

test('the master index among 300,000 and 500,000 people', async () => {
  const kernel: Kernel = await testKernel({
    ...{ apps: [masterIndex], listen: true, limits: { actorRequestsPerSecond: 1_000_000 } },
    register: (each) => registerFhirApi(each, { matcher: patientMatcher(each) }),
  })
  const headers = await kernel.authorisation(['system/*.*', 'xinglin/master-index.*'])
  const first = makeRegistrations({ seed: 7, records: scanned, doubled, today })
  await fill(kernel, 'a', first)
  await scan(kernel, headers)
  await fill(kernel, 'b', makeRegistrations({ seed: 8, records: more, doubled, today }))
  await ask(kernel, headers, first)
})

/** Puts people into the index as `index/people.ts` does, page by page. */
async function fill(kernel: Kernel, prefix: string, registrations: readonly Registration[]): Promise<void> {
  const { tenant } = kernel.actor
  for (let start = 0; start < registrations.length; start += rowsAtOnce) {
    const rows = registrations.slice(start, start + rowsAtOnce).map(({ id, patient }) => {
      const features = personOf(patient)
      return { patient: `${prefix}${id}`, features, keys: blockingKeys(features) }
    })
    await kernel.database.query(sql`
      with put as (
        insert into master_index.person (tenant, patient, features, keys)
        select ${tenant}, patient, features,
          array(select distinct hashtextextended(key, 0) from jsonb_array_elements_text(keys) as each (key))
        from jsonb_to_recordset(${sql.json(rows)}::jsonb) as row (patient text, features jsonb, keys jsonb)
        returning no, keys
      )
      insert into master_index.block_key (tenant, key, no)
      select ${tenant}, key, no from put cross join lateral unnest(put.keys) as own (key)`)
  }
  await kernel.database.query(sql`
    insert into master_index.population (tenant, people) values (${tenant}, ${registrations.length})
    on conflict (tenant) do update set people = population.people + ${registrations.length}`)
  await kernel.database.query(sql`analyze master_index.person, master_index.block_key`)
}

async function scan(kernel: Kernel, headers: { authorization: string }): Promise<void> {
  const url = '/api/master-index'
  const [beganMs, before] = [performance.now(), await cpuMs(kernel.database)]
  await kernel.web.http.inject({
    ...{ method: 'POST', url: `${url}/commands/start-scan`, headers, payload: {} },
  })
  for (;;) {
    const { scans }: SettingsAnswer = (
      await kernel.web.http.inject({ url: `${url}/settings`, headers })
    ).json()
    const [done] = scans
    if (done?.state === 'done' || done?.state === 'failed') {
      const [seconds, cpu] = [
        (performance.now() - beganMs) / 1_000,
        ((await cpuMs(kernel.database)) - before) / 1_000,
      ]
      process.stdout.write(
        `scan of ${done.people} people ${done.state}: ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU (load ${loadOf()}); ` +
          `${done.pairs} pairs compared, ${done.certain} certain, ${done.doubtful} doubtful; ` +
          `${Math.round(process.memoryUsage().rss / 2 ** 20)} MB resident\n`,
      )
      return
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

async function ask(
  kernel: Kernel,
  headers: { authorization: string },
  registrations: readonly Registration[],
): Promise<void> {
  const seconds = registrations.filter(({ errors }) => errors.length > 0).slice(0, askedPeople)
  const people = new Set(seconds.map(({ person }) => person))
  const known = registrations.filter(({ person }) => people.has(person))
  for (const { id, patient } of known) {
    const url = `/fhir/R4/Patient/a${id}`
    const payload = resourceOf(patient, `a${id}`)
    const put = await kernel.web.http.inject({
      ...{ method: 'PUT', url, headers: { ...headers, ...fhirJson }, payload },
    })
    assert.equal(put.statusCode, 201, put.body)
  }
  const bodies = seconds.map(({ patient }) => JSON.stringify(resourceOf(patient)))
  // Who is told by a frequent name and a year alone stays below the threshold among so many.
  let nobody = 0
  const question = async (_sender: number, index: number) => {
    const response = await fetch(`${kernel.baseUrl}/fhir/R4/Patient/$match`, {
      method: 'POST',
      headers: { ...headers, ...fhirJson },
      body: bodies[index % bodies.length] ?? '',
    })
    const { total = 0 }: { total?: number } = JSON.parse(await response.text())
    if (total === 0) nobody += 1
    return response.ok
  }
  await measure('warm', { senders: 4, count: askedPeople }, question)
  const rows = []
  for (const senders of [1, 4]) {
    nobody = 0
    const before = await cpuMs(kernel.database)
    const row = await measure(`Patient/$match, ${senders} connections`, { senders, count: asking }, question)
    const cpu = ((await cpuMs(kernel.database)) - before) / asking
    rows.push({
      ...row,
      note: `${cpu.toFixed(2)} ms of CPU each, load ${loadOf()}, ${nobody} without an answer`,
    })
  }
  process.stdout.write(`${tableOf(rows)}\n`)
}

/** Lists that are empty stand in no resource. */
function resourceOf(patient: Registration['patient'], id?: string): object {
  const told = Object.entries(patient).filter(([, value]) => !Array.isArray(value) || value.length > 0)
  return { resourceType: 'Patient', ...(id ? { id } : {}), ...Object.fromEntries(told) }
}

const loadOf = () => (loadavg()[0] ?? 0).toFixed(1)
