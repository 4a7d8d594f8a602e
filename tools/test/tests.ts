/** Test files run by node:test in a child process: failures shown in full, one line a file, counts for the last line. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Counts, nothing, runProgram, tellStep } from './process.ts'

/** A test file, or a single test, that takes longer hangs. */
const fileTimeoutMs = { 'unit tests': 120_000, laws: 60_000, drills: 900_000 } as const
const otherFileTimeoutMs = 300_000
/** All files of a part together; with every part, still under the 25 minutes of a CI run. */
const partTimeoutMs = 1_200_000

const reporter = fileURLToPath(new URL('./reporter.ts', import.meta.url))

/** Two at once suit two processors and leave PostgreSQL room; unit files share one process; drills need the machine. */
function optionsFor(part: string): readonly string[] {
  const timeoutMs = Object.entries(fileTimeoutMs).find(([name]) => name === part)?.[1] ?? otherFileTimeoutMs
  if (part === 'unit tests' || part === 'laws') {
    return ['--test-isolation=none', `--test-timeout=${timeoutMs}`]
  }
  const isAlone = part === 'drills' || part === 'browser tests'
  return [`--test-concurrency=${isAlone ? 1 : 2}`, `--test-timeout=${timeoutMs}`]
}

/** Runs the files and tells how it went; no files is nothing. */
export async function runTestFiles(part: string, files: readonly string[]): Promise<Counts> {
  if (files.length === 0) return nothing
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-counts-'))
  const countsFile = join(folder, 'counts.json')
  console.log(`\n${part}: ${files.length} files`)
  const ended = await runProgram(
    process.execPath,
    ['--test', ...optionsFor(part), `--test-reporter=${reporter}`, ...files],
    {
      timeoutMs: partTimeoutMs,
      heard: (text) => process.stdout.write(text),
      environment: { XINGLIN_TEST_COUNTS: countsFile },
    },
  )
  tellStep(part, ended)
  const counts = await readCounts(countsFile)
  await rm(folder, { recursive: true, force: true })
  // A process that ended badly without a failed test (a crash, the time limit) is a failure of its own.
  return !ended.isGood && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

async function readCounts(file: string): Promise<Counts> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    // The reporter never came to its end; the caller counts the failed process.
    return nothing
  }
}
