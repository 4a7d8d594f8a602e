/** FHIR over HTTP: ingest by transaction bundle, create, read, and the searches that a chart asks. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchToken, type Platform } from '@xinglin/client'
import { createHttpClient, type HttpClient } from './http.ts'
import { type Measurement, measure } from './measure.ts'

/** Bundles made by Synthea, where the machine has them; see bench/README.md. */
const syntheaFolder = join(import.meta.dirname, '..', '..', 'shared', 'data', 'synthea')
const connections = 8
const secondsPerRow = 15

export async function benchFhir(platform: Platform): Promise<readonly Measurement[]> {
  const { value: token } = await fetchToken(platform.baseUrl, platform.client)
  const http = createHttpClient({ port: platform.ports.http, connections, token })
  const bundles = readBundles()
  const ingest = await ingestBundles(http, bundles)
  const samples = await sample(http)
  const rows = [
    await measure('create Observation', { senders: connections, seconds: secondsPerRow }, (_, index) =>
      created(http, samples.anObservation, index),
    ),
    await measure('read by id', { senders: connections, seconds: secondsPerRow }, (_, index) =>
      found(http, `/fhir/R4/Observation/${pick(samples.observations, index).id}`),
    ),
    await measure(
      'Observation?patient&code&_sort=-date&_count=20',
      { senders: connections, seconds: secondsPerRow },
      (_, index) => {
        const { patient, code } = pick(samples.observations, index)
        return found(
          http,
          `/fhir/R4/Observation?patient=${patient}&code=${encodeURIComponent(code)}&_sort=-date&_count=20`,
        )
      },
    ),
    await measure('Patient?name&birthdate', { senders: connections, seconds: secondsPerRow }, (_, index) => {
      const { name, birthDate } = pick(samples.patients, index)
      return found(http, `/fhir/R4/Patient?name=${encodeURIComponent(name)}&birthdate=${birthDate}`)
    }),
    await measure('Patient?name (prefix)', { senders: connections, seconds: secondsPerRow }, (_, index) =>
      found(
        http,
        `/fhir/R4/Patient?name=${encodeURIComponent(pick(samples.patients, index).name.slice(0, 3))}`,
      ),
    ),
    await measure(
      'Observation?patient.name&code (chained)',
      { senders: connections, seconds: secondsPerRow },
      (_, index) => {
        const { name } = pick(samples.patients, index)
        const { code } = pick(samples.observations, index)
        const asked = `patient.name=${encodeURIComponent(name)}&code=${encodeURIComponent(code)}`
        return found(http, `/fhir/R4/Observation?${asked}&_count=20`)
      },
    ),
    await measure(
      'Patient?_id&_revinclude=Encounter:patient',
      { senders: connections, seconds: secondsPerRow },
      (_, index) => {
        const { patient } = pick(samples.observations, index)
        return found(http, `/fhir/R4/Patient?_id=${patient}&_revinclude=Encounter:patient`)
      },
    ),
    await measure(
      'Patient/$everything',
      { senders: connections, seconds: secondsPerRow, note: everythingNote(samples.charts) },
      (_, index) => found(http, `/fhir/R4/Patient/${pick(samples.charts, index).id}/$everything`),
    ),
  ]
  http.close()
  return [...ingest, ...rows]
}

type Bundle = { readonly name: string; readonly text: string; readonly resources: number }

function readBundles(): readonly Bundle[] {
  return readdirSync(syntheaFolder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const text = readFileSync(join(syntheaFolder, name), 'utf8')
      return { name, text, resources: JSON.parse(text).entry.length }
    })
}

/** Hospitals and practitioners go first, since patients' bundles refer to them. */
async function ingestBundles(http: HttpClient, bundles: readonly Bundle[]): Promise<readonly Measurement[]> {
  const isShared = ({ name }: Bundle) => /^(hospital|practitioner)Information/.test(name)
  const post = async ({ text, resources }: Bundle) => {
    const answer = await http.send('POST', '/fhir/R4', text)
    return answer.status === 200 ? resources : false
  }
  for (const bundle of bundles.filter(isShared)) await post(bundle)
  const patients = bundles.filter((bundle) => !isShared(bundle))
  const note = `${patients.length} Synthea bundles`
  const options = { senders: connections, count: patients.length, note }
  return [
    await measure('ingest by transaction bundle (resources)', options, (_, index) =>
      post(pick(patients, index)),
    ),
  ]
}

type Samples = {
  readonly observations: readonly { id: string; patient: string; code: string }[]
  readonly patients: readonly { name: string; birthDate: string }[]
  /** Patients whose whole record is of about the size that others publish figures for. */
  readonly charts: readonly Chart[]
  readonly anObservation: Readonly<Record<string, unknown>>
}
type Chart = { readonly id: string; readonly entries: number; readonly bytes: number }
type Found = {
  readonly entry?: readonly {
    readonly resource: {
      id: string
      subject?: { reference: string }
      code?: { coding?: { system: string; code: string }[] }
      name?: { family: string }[]
      birthDate?: string
    }
  }[]
}

async function sample(http: HttpClient): Promise<Samples> {
  const ask = async (path: string): Promise<Found> =>
    JSON.parse((await http.send('GET', path)).body.toString('utf8'))
  const observations = (await ask('/fhir/R4/Observation?_count=500')).entry ?? []
  const patients = (await ask('/fhir/R4/Patient?_count=100')).entry ?? []
  const measured = observations.find(({ resource }) => 'valueQuantity' in resource)?.resource ?? {}
  const { id: _, meta: __, ...anObservation } = measured as Record<string, unknown>
  return {
    observations: observations.map(({ resource }) => {
      const coding = resource.code?.coding?.[0]
      return {
        id: resource.id,
        patient: resource.subject?.reference.split('/')[1] ?? '',
        code: `${coding?.system}|${coding?.code}`,
      }
    }),
    patients: patients.map(({ resource }) => ({
      name: resource.name?.[0]?.family ?? '',
      birthDate: resource.birthDate ?? '',
    })),
    charts: await chartsOfSize(http, patients),
    anObservation,
  }
}

const usualEntries = 390

/** The five charts nearest to the usual size. */
async function chartsOfSize(
  http: HttpClient,
  patients: readonly { readonly resource: { readonly id: string } }[],
): Promise<readonly Chart[]> {
  const charts: Chart[] = []
  for (const { resource } of patients) {
    const { body } = await http.send('GET', `/fhir/R4/Patient/${resource.id}/$everything`)
    const { entry = [] }: Found = JSON.parse(body.toString('utf8'))
    charts.push({ id: resource.id, entries: entry.length, bytes: body.length })
  }
  const distance = ({ entries }: Chart) => Math.abs(entries - usualEntries)
  return charts.toSorted((a, b) => distance(a) - distance(b)).slice(0, 5)
}

function everythingNote(charts: readonly Chart[]): string {
  const mean = (of: (chart: Chart) => number) =>
    Math.round(charts.reduce((sum, chart) => sum + of(chart), 0) / charts.length)
  return `${mean(({ entries }) => entries)} entries, ${mean(({ bytes }) => Math.round(bytes / 1000))} KB`
}

async function created(http: HttpClient, observation: object, index: number): Promise<boolean> {
  const body = JSON.stringify({
    ...observation,
    valueQuantity: { value: index % 200, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
  })
  return (await http.send('POST', '/fhir/R4/Observation', body)).status === 201
}

async function found(http: HttpClient, path: string): Promise<boolean> {
  return (await http.send('GET', path)).status === 200
}

function pick<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length]
  if (item === undefined) throw new RangeError('nothing was loaded to measure with')
  return item
}
