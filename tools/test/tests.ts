/** Test files run by node:test in child processes: failures shown in full, one line a file, counts for the last line. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addUp, type Counts, type Ended, nothing, runProgram, tellStep } from './process.ts'

const reporter = fileURLToPath(new URL('./reporter.ts', import.meta.url))

export type TestRun = {
  readonly part: string
  readonly files: readonly string[]
  /** How many processes at once; all files share one where it is absent. */
  readonly atOnce?: number
  /** A process that takes longer is ended with all that it started. */
  readonly limitMs: number
}

/** Runs the files and tells how it went; no files is nothing. */
export async function runTestFiles({ part, files, atOnce, limitMs }: TestRun): Promise<Counts> {
  if (files.length === 0) return nothing
  console.log(`\n${part}: ${files.length} files`)
  const startedAt = performance.now()
  const groups = atOnce === undefined ? [files] : files.map((file) => [file])
  let counts = nothing
  const work = async () => {
    for (let group = groups.shift(); group; group = groups.shift()) {
      const ran = await runProcess(group, limitMs)
      if (atOnce !== undefined) tellStep(`  ${group.join(' ')}`, ran.ended)
      if (!ran.ended.isGood || ran.counts.skipped > 0) process.stdout.write(ran.ended.output)
      counts = addUp(counts, ran.counts)
    }
  }
  await Promise.all(Array.from({ length: atOnce ?? 1 }, work))
  tellStep(part, { isGood: counts.failed === 0, seconds: (performance.now() - startedAt) / 1000 })
  return counts
}

async function runProcess(
  files: readonly string[],
  limitMs: number,
): Promise<{ counts: Counts; ended: Ended }> {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-counts-'))
  const countsFile = join(folder, 'counts.json')
  const words = [
    '--test',
    '--test-isolation=none',
    `--test-timeout=${limitMs}`,
    `--test-reporter=${reporter}`,
  ]
  const ended = await runProgram(process.execPath, [...words, ...files], {
    timeoutMs: limitMs,
    environment: { TEST_COUNTS_FILE: countsFile },
  })
  const counts = await readCounts(countsFile)
  await rm(folder, { recursive: true, force: true })
  if (counts && (ended.isGood || counts.failed > 0)) return { counts, ended }
  // It crashed, ended early or took too long: what ran before says nothing about the rest.
  return { counts: { ...nothing, ...counts, failed: 1 }, ended: { ...ended, isGood: false } }
}

/** Undefined where the process did not come to its end. */
async function readCounts(file: string): Promise<Counts | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}
