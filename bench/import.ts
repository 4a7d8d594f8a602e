/** `$import`: charts as NDJSON sent to the platform, then written by its job; counted from the request to the last commit. */
import { setTimeout as pause } from 'node:timers/promises'
import { fetchToken, type Platform } from '@xinglin/client'
import { type Charts, readCharts } from './charts.ts'
import { type Measurement, measure } from './measure.ts'
import { used, usedEach } from './processor.ts'

const resourcesPerRow = 60_000
const pollMs = 100

export async function benchImport(platform: Platform): Promise<readonly Measurement[]> {
  const charts = readCharts()
  // What the first batches teach (compiled code, statistics of the tables) is not measured.
  const { until } = await importCharts(platform, charts, { from: 0, resources: 5_000 })
  let note = ''
  const before = used(platform)
  const row = await measure('$import of charts (resources)', { senders: 1, count: 1 }, async () => {
    const { resources, sentSeconds } = await importCharts(platform, charts, {
      from: until,
      resources: resourcesPerRow,
    })
    note = `sending the file took ${sentSeconds.toFixed(1)} s of it; ${usedEach(before, used(platform), resources)}`
    return resources
  })
  return [{ ...row, note }]
}

export type Imported = {
  readonly until: number
  readonly resources: number
  readonly sentSeconds: number
  readonly seconds: number
}

/** Sends and imports charts until there are as many resources; throws where a line is refused. */
export async function importCharts(
  platform: Platform,
  charts: Charts,
  { from, resources: wanted }: { readonly from: number; readonly resources: number },
): Promise<Imported> {
  const { value: token } = await fetchToken(platform.baseUrl, platform.client)
  const authorization = `Bearer ${token}`
  const base = `${platform.baseUrl}/fhir/R4`
  const { until, resources, text } = charts.take(from, wanted)
  const beganMs = performance.now()
  const sent = await fetch(`${base}/bulk/files`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/fhir+ndjson' },
    body: ReadableStream.from(text()),
    duplex: 'half',
  })
  if (sent.status !== 201) throw new Error(`the file was refused: HTTP ${sent.status} ${await sent.text()}`)
  const sentMs = performance.now()
  const asked = await fetch(`${base}/$import`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/fhir+json', prefer: 'respond-async' },
    body: JSON.stringify(parametersOf(sent.headers.get('location') ?? '')),
  })
  const place = asked.headers.get('content-location')
  if (!place) throw new Error(`the import was refused: HTTP ${asked.status} ${await asked.text()}`)
  const { written, refused } = await untilDone(place, authorization)
  if (written !== resources || refused > 0)
    throw new Error(`${written} of ${resources} were written, ${refused} refused`)
  return {
    until,
    resources,
    sentSeconds: (sentMs - beganMs) / 1000,
    seconds: (performance.now() - sentMs) / 1000,
  }
}

function parametersOf(url: string): object {
  const input = { name: 'input', part: [{ name: 'url', valueUrl: url }] }
  return {
    resourceType: 'Parameters',
    parameter: [{ name: 'inputFormat', valueCode: 'application/fhir+ndjson' }, input],
  }
}

async function untilDone(
  place: string,
  authorization: string,
): Promise<{ written: number; refused: number }> {
  for (;;) {
    const answer = await fetch(place, { headers: { authorization } })
    if (answer.status === 200) {
      const { written, outcome } = (await answer.json()) as { written: number; outcome: { count: number }[] }
      return { written, refused: outcome[0]?.count ?? 0 }
    }
    if (answer.status !== 202)
      throw new Error(`the import failed: HTTP ${answer.status} ${await answer.text()}`)
    await answer.body?.cancel()
    await pause(pollMs)
  }
}
