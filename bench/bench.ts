/**
 * Measures the platform end to end, durable commits, with the client on the same machine:
 *
 *   npm run bench                 everything
 *   npm run bench -- fhir hl7     only those
 *   npm run bench -- scale --resources 200000     chart queries at 20,000 and at as many resources
 */
import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { type Platform, startPlatform } from '@xinglin/client'
import { benchDicom } from './dicom.ts'
import { benchFhir } from './fhir.ts'
import { benchHl7 } from './hl7.ts'
import { benchImport } from './import.ts'
import { benchInterfaces } from './interfaces.ts'
import { type Measurement, tableOf } from './measure.ts'
import { benchParsing } from './parsing.ts'
import { benchScale } from './scale.ts'
import { benchTerminology } from './terminology.ts'

const everything = ['fhir', 'import', 'hl7', 'interfaces', 'parsing', 'dicom', 'terminology'] as const
const parts = {
  fhir: benchFhir,
  import: benchImport,
  hl7: benchHl7,
  interfaces: benchInterfaces,
  dicom: benchDicom,
  parsing: benchParsing,
  terminology: benchTerminology,
  scale: (platform: Platform) => benchScale(platform, resourcesAsked()),
} as const
type Part = keyof typeof parts
const isPart = (name: string): name is Part => name in parts

const wanted = process.argv.slice(2).filter(isPart)
const platform = await startPlatform({ environment: { XINGLIN_LOG_LEVEL: 'warn' } })
const measurements: Measurement[] = []
try {
  for (const part of wanted.length > 0 ? wanted : everything) {
    measurements.push(...(await parts[part](platform)))
  }
  console.log(`${describeMachine()}\n\n${tableOf(measurements)}\n\n${memory(platform.pid())}`)
} finally {
  await platform.stop()
}
process.exitCode = measurements.some(({ failures }) => failures > 0) ? 1 : 0

/** Of `--resources`; 2,000,000 take about ten minutes and 15 GB. */
function resourcesAsked(): number {
  const place = process.argv.indexOf('--resources')
  return place < 0 ? 2_000_000 : Number(process.argv[place + 1])
}

function describeMachine(): string {
  const [cpu] = cpus()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${cpu?.model.trim()}, ${gigabytes} GB, ${process.platform} ${release()}, Node ${process.version}, embedded PostgreSQL with fsync and synchronous_commit on`
}

/** Resident memory of the platform's process at the end. */
function memory(pid: number): string {
  const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim())
  return `Platform process at the end: ${Math.round(kilobytes / 1024)} MB resident (PostgreSQL apart).`
}
