/**
 * `npm test`: every check and every test, ending with one line `N passed, N failed, N skipped`.
 * `--only checks,unit,database,browser,drills` takes a part; paths take the test files under them (`npm test -- kernel/events`).
 */
import { browserTests } from './browser.ts'
import { runChecks } from './checks.ts'
import { withTestDatabase } from './database.ts'
import { findTestFiles, type TestFiles } from './files.ts'
import { addUp, type Counts, nothing } from './process.ts'
import { runTestFiles } from './tests.ts'

const parts = ['checks', 'unit', 'database', 'browser', 'drills'] as const
type Part = (typeof parts)[number]

/** All unit tests together take seconds. */
const unitLimitMs = 300_000
/** One file; two at once suit two processors and leave PostgreSQL room. */
const databaseLimitMs = 240_000
/** Ten kills with recovery between them, 400 malformed inputs. */
const drillLimitMs = 600_000

const { only, paths } = readArguments(process.argv.slice(2))
const startedAt = performance.now()
const files = await findTestFiles(paths)
const counts = await runParts(only, files)
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
console.log(`\nfinished in ${seconds} s`)
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exit(counts.failed > 0 ? 1 : 0)

async function runParts(chosen: readonly Part[], found: TestFiles): Promise<Counts> {
  let counts = nothing
  if (chosen.includes('checks') && paths.length === 0) counts = addUp(counts, await runChecks())
  if (chosen.includes('unit')) {
    counts = addUp(
      counts,
      await runTestFiles({ part: 'unit tests', files: found.unit, limitMs: unitLimitMs }),
    )
  }
  if (!chosen.some((part) => part !== 'checks' && part !== 'unit')) return counts
  await withTestDatabase(async () => {
    if (chosen.includes('database')) {
      const run = { part: 'database tests', files: found.database, atOnce: 2, limitMs: databaseLimitMs }
      counts = addUp(counts, await runTestFiles(run))
    }
    if (chosen.includes('browser')) counts = addUp(counts, await browserTests(found.browser))
    if (chosen.includes('drills')) {
      const run = { part: 'drills', files: found.drills, atOnce: 1, limitMs: drillLimitMs }
      counts = addUp(counts, await runTestFiles(run))
    }
  })
  return counts
}

function readArguments(words: readonly string[]): { only: readonly Part[]; paths: readonly string[] } {
  const at = words.indexOf('--only')
  const named = at < 0 ? [] : (words[at + 1] ?? '').split(',')
  const wrong = named.find((word) => !parts.some((part) => part === word))
  if (wrong !== undefined) {
    console.error(`--only has '${wrong}'; allowed: ${parts.join(', ')}, with commas between`)
    process.exit(2)
  }
  const only = at < 0 ? parts : parts.filter((part) => named.includes(part))
  return { only, paths: at < 0 ? words : words.filter((_, index) => index !== at && index !== at + 1) }
}
