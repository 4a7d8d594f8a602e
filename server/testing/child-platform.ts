/** The platform as a child process of a test: free ports, a data folder of its own, its output kept. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePorts } from '@xinglin/client'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const readyLimitMs = 120_000

export type ChildPlatform = {
  readonly baseUrl: string
  readonly ports: { readonly http: number; readonly hl7: number; readonly dicom: number }
  readonly dataFolder: string
  /** All that was written so far, both streams. */
  output(): string
  /** Settles when `/health/ready` answers `status`; throws after two minutes or when the process has ended. */
  ready(status?: number): Promise<void>
  /** Sends a signal and gives exit code and time until the process had ended, ms. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly tookMs: number }>
  /** The exit code of a process that ends by itself. */
  readonly exited: Promise<number | null>
}

/** Starts a platform; it is killed and its data removed after the tests of the file. */
export async function childPlatform(
  environment: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<ChildPlatform> {
  const dataFolder = environment.XINGLIN_DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'xinglin-platform-')))
  const [http = 0, hl7 = 0, dicom = 0] = await freePorts(3)
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      XINGLIN_HTTP_PORT: String(http),
      XINGLIN_HL7_PORT: String(hl7),
      XINGLIN_DICOM_PORT: String(dicom),
      XINGLIN_DATA_DIR: dataFolder,
      XINGLIN_DEMO: 'off',
      ...environment,
    },
  })
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      written += text
    })
  const exited = once(child, 'close').then(([code]) => code as number | null)
  after(async () => {
    child.kill('SIGTERM')
    await exited
    await rm(dataFolder, { recursive: true, force: true })
  })
  const baseUrl = `http://127.0.0.1:${http}`
  return {
    baseUrl,
    ports: { http, hl7, dicom },
    dataFolder,
    output: () => written,
    exited,
    async ready(status = 200) {
      const endsMs = performance.now() + readyLimitMs
      while (performance.now() < endsMs) {
        if (child.exitCode !== null) throw new Error(`the platform ended while it started:\n${written}`)
        const answer = await fetch(`${baseUrl}/health/ready`).catch(() => undefined)
        if (answer?.status === status) return
        await pause(20)
      }
      throw new Error(`/health/ready never answered ${status}:\n${written}`)
    },
    async end(signal) {
      const startedMs = performance.now()
      child.kill(signal)
      return { code: await exited, tookMs: performance.now() - startedMs }
    },
  }
}
