/** Programs run to their end with their output kept, and the counts that add up to the last line. */
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number }
export const nothing: Counts = { passed: 0, failed: 0, skipped: 0 }

export function addUp(...all: readonly Counts[]): Counts {
  return all.reduce((sum, each) => ({
    passed: sum.passed + each.passed,
    failed: sum.failed + each.failed,
    skipped: sum.skipped + each.skipped,
  }))
}

export type Ended = { readonly isGood: boolean; readonly output: string; readonly seconds: number }
export type RunOptions = {
  readonly timeoutMs: number
  /** Called with each piece of output; else it is only kept. */
  readonly heard?: (text: string) => void
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs a program in the repository; one that runs longer than its limit is ended with all that it started. */
export async function runProgram(
  command: string,
  words: readonly string[],
  options: RunOptions,
): Promise<Ended> {
  const startedAt = performance.now()
  const child = spawn(command, words, {
    cwd: root,
    env: { ...process.env, ...ownPrograms(), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  const pieces: string[] = []
  const hear = (bytes: Buffer) => {
    pieces.push(String(bytes))
    options.heard?.(String(bytes))
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const limit = setTimeout(() => {
    hear(Buffer.from(`\nended after its limit of ${options.timeoutMs / 1000} s\n`))
    endGroup(child.pid)
  }, options.timeoutMs)
  const code = await new Promise<number | null>((settle) => {
    child.once('error', (error) => {
      hear(Buffer.from(error.message))
      settle(-1)
    })
    child.once('close', settle)
  })
  clearTimeout(limit)
  return { isGood: code === 0, output: pieces.join(''), seconds: (performance.now() - startedAt) / 1000 }
}

/** This Node and the installed tools first in PATH, whatever Node the machine has. */
function ownPrograms(): Record<string, string> {
  const separator = process.platform === 'win32' ? ';' : ':'
  const folders = [dirname(process.execPath), join(root, 'node_modules', '.bin'), process.env.PATH ?? '']
  return { PATH: folders.join(separator), NO_COLOR: '1' }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
}

/** One line for a finished step: `✔ types   3.1 s`. */
export function tellStep(name: string, ended: Pick<Ended, 'isGood' | 'seconds'>): void {
  console.log(`${ended.isGood ? '✔' : '✖'} ${name.padEnd(44)} ${ended.seconds.toFixed(1).padStart(6)} s`)
}
