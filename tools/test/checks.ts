/** `npm run check`: types, format, lint, unused code and the laws of the repository; under 60 s on two cores. */
import { availableParallelism } from 'node:os'
import { findTestFiles } from './files.ts'
import { addUp, type Counts, type Ended, nothing, runProgram, tellStep } from './process.ts'
import { runTestFiles } from './tests.ts'

/** The slowest takes seconds; a hanging one must not hold the machine. */
const checkTimeoutMs = 120_000

type Check = { readonly name: string; readonly tool: string; readonly words: readonly string[] }

const tools: readonly Check[] = [
  { name: 'types of server and tools', tool: 'typescript/bin/tsc', words: ['-p', '.'] },
  { name: 'types of the screens', tool: 'typescript/bin/tsc', words: ['-p', 'tsconfig.web.json'] },
  { name: 'types of the browser tests', tool: 'typescript/bin/tsc', words: ['-p', 'tsconfig.browser.json'] },
  {
    name: 'types of the journeys',
    tool: 'typescript/bin/tsc',
    words: ['-p', 'tsconfig.journeys.json'],
  },
  {
    name: 'format and lint',
    tool: '@biomejs/biome/bin/biome',
    words: ['ci', '--colors=off', '--error-on-warnings', '.'],
  },
  {
    name: 'lint with types',
    tool: 'oxlint/bin/oxlint',
    words: ['--type-aware', '--deny-warnings'],
  },
  { name: 'unused code', tool: 'knip/bin/knip.js', words: ['--no-progress', '--no-config-hints'] },
]

/** Runs all checks, as many at once as there are processors, then the laws in `checks/`. */
export async function runChecks(): Promise<Counts> {
  const waiting = [...tools]
  let counts = nothing
  const work = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const ended = await runCheck(check)
      tellStep(check.name, ended)
      if (!ended.isGood) console.log(ended.output)
      counts = addUp(counts, ended.isGood ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 })
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tools.length) }, work))
  const { laws } = await findTestFiles([])
  return addUp(counts, await runTestFiles({ part: 'laws', files: laws, limitMs: checkTimeoutMs }))
}

function runCheck({ tool, words }: Check): Promise<Ended> {
  return runProgram(process.execPath, [`node_modules/${tool}`, ...words], { timeoutMs: checkTimeoutMs })
}
