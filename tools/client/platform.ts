/** A platform of its own as a child process, for benchmarks, drills and browser tests: free ports, its own data folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePorts } from './free-ports.ts'

const readyLimitMs = 180_000
const stopLimitMs = 15_000

export type PlatformPorts = { readonly http: number; readonly hl7: number; readonly dicom: number }
export type Platform = {
  readonly baseUrl: string
  readonly ports: PlatformPorts
  readonly dataFolder: string
  readonly client: { readonly id: string; readonly secret: string }
  /** Of the account `admin`. */
  readonly administratorPassword: string
  /** The last 200 lines that the platform wrote. */
  readonly output: readonly string[]
  /** Process id of the platform that runs now. */
  pid(): number
  /** Kills it as a power cut would (SIGKILL); PostgreSQL goes on. */
  kill(): Promise<void>
  /** Starts it again on the same ports and data; settles when it is ready. */
  start(): Promise<void>
  /** SIGTERM, then away with the data folder. */
  stop(): Promise<void>
}
export type PlatformOptions = {
  readonly environment?: Readonly<Record<string, string>>
  readonly keepData?: boolean
}

const main = join(import.meta.dirname, '..', '..', 'server', 'main.ts')
const administratorPassword = 'Apricot-Grove-2026'
const client = { id: 'bench', secret: 'a-secret-of-one-test-run-only' }

/** Starts a platform without demonstration data and settles when every door is open. */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'xinglin-trial-'))
  const [http = 0, hl7 = 0, dicom = 0] = await freePorts(3)
  const baseUrl = `http://127.0.0.1:${http}`
  const output: string[] = []
  let child: ChildProcess | undefined
  const environment = {
    ...process.env,
    XINGLIN_HTTP_PORT: String(http),
    XINGLIN_HL7_PORT: String(hl7),
    XINGLIN_DICOM_PORT: String(dicom),
    XINGLIN_DATA_DIR: dataFolder,
    XINGLIN_DEMO: 'off',
    // What is tried is seldom the second factor; a trial of it sets this itself.
    XINGLIN_SECOND_FACTOR: 'optional',
    XINGLIN_BOOTSTRAP_CLIENT: `${client.id}:${client.secret}`,
    XINGLIN_ADMIN_PASSWORD: administratorPassword,
    ...options.environment,
  }
  const start = async () => {
    child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output.push(...text.split('\n').filter((line) => line !== ''))
        output.splice(0, Math.max(0, output.length - 200))
      })
    }
    await untilReady(baseUrl, child, output)
  }
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  const stop = async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const late = setTimeout(() => child?.kill('SIGKILL'), stopLimitMs)
      await gone
      clearTimeout(late)
    }
    if (!options.keepData) await rm(dataFolder, { recursive: true, force: true })
  }
  await start()
  return {
    baseUrl,
    ports: { http, hl7, dicom },
    dataFolder,
    client,
    administratorPassword,
    output,
    pid: () => child?.pid ?? 0,
    kill,
    start,
    stop,
  }
}

async function untilReady(baseUrl: string, child: ChildProcess, output: readonly string[]): Promise<void> {
  const endsMs = performance.now() + readyLimitMs
  while (performance.now() < endsMs) {
    if (child.exitCode !== null)
      throw new Error(`the platform stopped while it started:\n${output.slice(-20).join('\n')}`)
    const answer = await fetch(`${baseUrl}/health/ready`).catch(() => undefined)
    if (answer?.status === 200) return
    await pause(50)
  }
  throw new Error(
    `the platform was not ready within ${readyLimitMs / 1000} s:\n${output.slice(-20).join('\n')}`,
  )
}
