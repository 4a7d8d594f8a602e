/** Browser tests: Chromium and Chinese fonts are installed by apt where this runs as root, else asked for. */
import { existsSync } from 'node:fs'
import { type Counts, nothing, runProgram } from './process.ts'
import { runTestFiles } from './tests.ts'

const chromium = '/usr/bin/chromium'
const cjkFonts = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'
const packages = ['chromium', 'fonts-noto-cjk']
/** Starts a platform, builds its pages and drives a browser. */
const fileLimitMs = 300_000
/** 300 MB over a slow line. */
const installTimeoutMs = 600_000

/** Runs the files; where Chromium cannot be had they count as skipped, saying how to get it. */
export async function browserTests(files: readonly string[]): Promise<Counts> {
  if (files.length === 0) return nothing
  if (!isReady()) await install()
  if (isReady()) return runTestFiles({ part: 'browser tests', files, atOnce: 1, limitMs: fileLimitMs })
  console.log(
    `- skipped: ${files.length} browser test files; they need Chromium and fonts: apt install ${packages.join(' ')}`,
  )
  return { ...nothing, skipped: files.length }
}

function isReady(): boolean {
  return existsSync(chromium) && existsSync(cjkFonts)
}

async function install(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.log(`installing ${packages.join(' and ')} …`)
  const environment = { DEBIAN_FRONTEND: 'noninteractive' }
  const limits = { timeoutMs: installTimeoutMs, environment }
  await runProgram('apt-get', ['update', '-qq'], limits)
  const ended = await runProgram(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
    limits,
  )
  if (!ended.isGood) console.log(ended.output)
}
