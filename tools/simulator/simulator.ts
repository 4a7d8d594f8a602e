/**
 * The simulated hospital on the command line. It speaks to a running platform through its doors alone (MLLP, FHIR, DICOM).
 *
 *   npm run simulate -- fill --patients 200        a whole hospital at once
 *   npm run simulate -- --rate 6 --pace 60         six new patients a minute, a minute of their visit in a second
 *   npm run simulate -- texts --texts-port 8090    a provider of text messages that shows them and sends none
 */
import { parseArgs } from 'node:util'
import {
  createFhirClient,
  createMllpClient,
  createProgress,
  createScannerClient,
  parseAddress,
  readCredentials,
} from '@xinglin/client'
import type { Clients } from './deliver.ts'
import { fill } from './fill.ts'
import { goOn } from './go-on.ts'
import { makePopulation } from './population.ts'
import { startTexts } from './texts/texts.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    http: { type: 'string', default: 'http://127.0.0.1:8080' },
    hl7: { type: 'string', default: '127.0.0.1:2575' },
    dicom: { type: 'string', default: '127.0.0.1:11112' },
    /** JSON file with `id` and `secret` of a machine client; XINGLIN_SIMULATOR_CLIENT=id:secret comes before it. */
    'client-file': { type: 'string', default: '.xinglin/simulator-client.json' },
    seed: { type: 'string', default: '20260101' },
    /** The moment at which the filled hospital stands; the same seed and moment tell the same facts again. */
    at: { type: 'string', default: new Date().toISOString() },
    patients: { type: 'string', default: '200' },
    workers: { type: 'string', default: '6' },
    rate: { type: 'string', default: '6' },
    pace: { type: 'string', default: '60' },
    'texts-port': { type: 'string', default: '8090' },
    /** Ends with whoever started it, however that one ends. */
    'until-input-ends': { type: 'boolean', default: false },
    progress: { type: 'string', default: process.stdout.isTTY ? 'terminal' : 'json' },
  },
})

const readClient = () =>
  readCredentials({ idAndSecret: process.env.XINGLIN_SIMULATOR_CLIENT, file: values['client-file'] })

async function connecting(): Promise<() => Clients> {
  const client = await readClient()
  return () => connect(client)
}

function connect(client: Awaited<ReturnType<typeof readClient>>): Clients {
  return {
    mllp: createMllpClient(parseAddress(values.hl7)),
    fhir: createFhirClient({ baseUrl: values.http, clientId: client.id, clientSecret: client.secret }),
    scanner: createScannerClient({
      ...parseAddress(values.dicom),
      callingTitle: 'SIMSCANNER',
      calledTitle: 'XINGLIN',
    }),
  }
}

async function fillHospital(): Promise<void> {
  const population = makePopulation({
    seed: Number(values.seed),
    patientCount: Number(values.patients),
    firstNumber: 1,
    now: Date.parse(values.at),
  })
  const progress = createProgress(process.stdout, values.progress === 'json' ? 'json' : 'terminal')
  const outcome = await fill(population, {
    connect: await connecting(),
    workers: Number(values.workers),
    progress,
  })
  for (const { door, reason } of outcome.refusals.slice(0, 20)) console.error(`refused by ${door}: ${reason}`)
  console.log(JSON.stringify({ delivered: outcome.delivered, refused: outcome.refusals.length }))
  process.exitCode = outcome.refusals.length > 0 ? 1 : 0
}

async function runHospital(): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  await goOn({
    seed: Number(values.seed),
    ratePerMinute: Number(values.rate),
    pace: Number(values.pace),
    connect: await connecting(),
    told: (delivery) => console.log(JSON.stringify(delivery)),
    signal: stop.signal,
  })
}

async function showTexts(): Promise<void> {
  const { url, stop } = await startTexts(Number(values['texts-port']))
  if (values['until-input-ends']) process.stdin.once('end', () => void stop()).resume()
  console.log(`模拟短信 simulated texts: ${url}/  (XINGLIN_TEXTS_URL=${url}/messages)`)
}

const modes: Readonly<Record<string, () => Promise<void>>> = { fill: fillHospital, texts: showTexts }
await (modes[positionals[0] ?? ''] ?? runHospital)()
