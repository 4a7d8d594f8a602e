/** The demonstration hospital at the first start: the simulator fills the record through the doors, as a process of its own. */

import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Kernel } from '@xinglin/app'
import type { Instant } from '@xinglin/fhir'
import { requireActor } from '@xinglin/web'
import { defaultTenant } from './doors.ts'
import { prepareSimulatorClient } from './first-start.ts'

const simulator = fileURLToPath(new URL('../tools/simulator/simulator.ts', import.meta.url))

/** What `GET /api/demo` answers. */
export type DemoState = {
  readonly state: 'off' | 'waiting' | 'filling' | 'filled' | 'failed'
  readonly done?: number
  readonly total?: number
  readonly refused?: number
}

export type DemoAddresses = { readonly http: string; readonly hl7: string; readonly dicom: string }

export interface Demo {
  state(): DemoState
  /** Whether the record is that of the demonstration hospital, or is still empty and becomes it. */
  isOurs(): Promise<boolean>
  /** Fills where this is the first start or an earlier filling was cut off. */
  start(addresses: DemoAddresses, told: (state: DemoState) => void): Promise<void>
  stop(): Promise<void>
}

type Kept = { readonly state: 'filling' | 'filled'; readonly at: Instant }

const keptIn = 'demo.json'

type Counted = Pick<Kernel['records'], 'counts'>

/** Whether the record is that of the demonstration hospital, or is still empty and becomes it. */
export async function isDemonstration(
  { records }: { readonly records: Counted },
  { dataDir, isOn }: { readonly dataDir: string; readonly isOn: boolean },
): Promise<boolean> {
  return isOn && ((await readKept(join(dataDir, keptIn))) !== undefined || (await isEmpty(records)))
}

/** The demonstration of one data folder; `isOn` false never fills. */
export function createDemo(
  kernel: Kernel,
  { dataDir, isOn }: { readonly dataDir: string; readonly isOn: boolean },
): Demo {
  const file = join(dataDir, keptIn)
  let state: DemoState = { state: isOn ? 'waiting' : 'off' }
  let child: ChildProcess | undefined
  let ended: Promise<void> = Promise.resolve()
  return {
    state: () => state,
    isOurs: () => isDemonstration(kernel, { dataDir, isOn }),
    async start(addresses, told) {
      if (!isOn) return
      const kept = await readKept(file)
      const isFirst = !kept && (await isEmpty(kernel.records))
      if (!isFirst && kept?.state !== 'filling') {
        state = { state: kept ? 'filled' : 'off' }
        return
      }
      // The same moment again after a crash tells the same facts again, which makes nothing twice.
      const at = kept?.at ?? kernel.runtime.now()
      await writeKept(file, { state: 'filling', at })
      const clientFile = await prepareSimulatorClient(kernel, dataDir)
      state = { state: 'filling' }
      child = spawnSimulator({ addresses, at, clientFile })
      ended = follow(child, (next) => {
        state = next
        told(next)
      }).then(async () => {
        if (state.state === 'filled') await writeKept(file, { state: 'filled', at })
        if (state.state === 'failed') kernel.runtime.log.warn('the demonstration is not complete', state)
      })
    },
    async stop() {
      child?.kill('SIGTERM')
      await ended
    },
  }
}

/** Registers `GET /api/demo` for the progress in the browser. */
export function demoRoute(kernel: Kernel, demo: Demo): void {
  kernel.web.http.get('/api/demo', (request) => {
    requireActor(request)
    return demo.state()
  })
}

async function isEmpty(records: Counted): Promise<boolean> {
  const counts = await records.counts(defaultTenant)
  return Object.values(counts).every((count) => count === 0)
}

type Spawning = { readonly addresses: DemoAddresses; readonly at: Instant; readonly clientFile: string }

function spawnSimulator({ addresses: { http, hl7, dicom }, at, clientFile }: Spawning): ChildProcess {
  const doors = ['--http', http, '--hl7', hl7, '--dicom', dicom]
  const words = ['fill', ...doors, '--client-file', clientFile, '--at', at, '--progress', 'json']
  return spawn(process.execPath, [simulator, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Tells each line of progress, then `filled` or `failed`. */
async function follow(child: ChildProcess, told: (state: DemoState) => void): Promise<void> {
  const exited = new Promise<number | null>((settle) => {
    child.once('exit', settle)
    child.once('error', () => settle(-1))
  })
  let last: Omit<DemoState, 'state'> = {}
  if (child.stdout)
    for await (const line of createInterface({ input: child.stdout })) {
      last = progressOf(line) ?? last
      told({ state: 'filling', ...last })
    }
  const code = await exited
  // A few refusals (code 1 with everything delivered) leave a usable hospital; a run cut off does not.
  const isWhole = code === 0 || (last.total !== undefined && last.done === last.total)
  told({ state: isWhole ? 'filled' : 'failed', ...last })
}

function progressOf(line: string): Omit<DemoState, 'state'> | undefined {
  if (!line.startsWith('{"progress"')) return undefined
  const { progress }: { progress: { done: number; total: number; refused: number } } = JSON.parse(line)
  return progress
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function writeKept(file: string, kept: Kept): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(kept))
  await rename(`${file}.new`, file)
}
