/** Which test files there are and what each needs, read from its name, its place and what it imports. */
import { glob, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root } from './process.ts'

export type TestFiles = {
  /** `checks/*.test.ts`: the laws of the repository, part of `npm run check`. */
  readonly laws: readonly string[]
  /** Need nothing: all run in one process. */
  readonly unit: readonly string[]
  /** Need PostgreSQL, ports or processes: each runs in its own process. */
  readonly database: readonly string[]
  /** `*.browser.test.ts`: need Chromium. */
  readonly browser: readonly string[]
  /** `*.drill.test.ts`: take minutes and the whole machine. */
  readonly drills: readonly string[]
}

/** Imports by which a file needs its own process. */
const needsProcess =
  /from '(?:@xinglin\/testkit|@xinglin\/(?:database|objects|web|client)|node:(?:net|child_process|http|worker_threads|cluster))'|mock\.|process\.(?:env|exit|on|chdir)/

/** All test files under the given paths of the repository, sorted; all where none is given. */
export async function findTestFiles(paths: readonly string[]): Promise<TestFiles> {
  const all = await Array.fromAsync(
    glob('**/*.test.ts', { cwd: root, exclude: (path) => /(^|\/)(node_modules|dist|\.[^/]+)$/.test(path) }),
  )
  const wanted = all
    .map((path) => path.replaceAll('\\', '/'))
    .filter(
      (path) => paths.length === 0 || paths.some((under) => path.startsWith(under.replace(/^\.\//, ''))),
    )
    .sort()
  const kinds = await Promise.all(wanted.map(kindOf))
  const of = (kind: keyof TestFiles) => wanted.filter((_, index) => kinds[index] === kind)
  return {
    laws: of('laws'),
    unit: of('unit'),
    database: of('database'),
    browser: of('browser'),
    drills: of('drills'),
  }
}

async function kindOf(path: string): Promise<keyof TestFiles> {
  if (path.endsWith('.browser.test.ts')) return 'browser'
  if (path.endsWith('.drill.test.ts')) return 'drills'
  if (/^checks\/[^/]+$/.test(path)) return 'laws'
  const text = await readFile(join(root, path), 'utf8')
  return needsProcess.test(text) || (await usesTestkit(path, new Set())) ? 'database' : 'unit'
}

/** Also by way of the helpers beside the test. */
async function usesTestkit(path: string, seen: Set<string>): Promise<boolean> {
  if (seen.has(path)) return false
  seen.add(path)
  const text = await readFile(join(root, path), 'utf8').catch(() => '')
  if (text.includes("from '@xinglin/testkit'")) return true
  const near = [...text.matchAll(/from '(\.[^']+\.ts)'/g)].map(([, to]) => join(dirname(path), to ?? ''))
  for (const each of near) if (await usesTestkit(each, seen)) return true
  return false
}
