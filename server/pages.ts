/** The web pages, built by Vite where they are missing or older than their sources. */

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'
import { gzip } from 'node:zlib'
import { fault } from '@xinglin/fhir'
import type { Logger } from '@xinglin/runtime'

const root = fileURLToPath(new URL('..', import.meta.url))
const shell = join(root, 'ui', 'shell')
/** Where the built pages are served from. */
export const pagesFolder = join(shell, 'dist')

const sourcePatterns = [
  'ui/**/*.{ts,tsx,css,html,svg,json}',
  'apps/*/screens/**/*.{ts,tsx,css,json}',
  'apps/*/contract.ts',
  'apps/*/reading/**/*.ts',
  'package-lock.json',
]
const stampName = '.sources'

/**
 * Builds the pages unless they were built from the present sources; two starts at once both end with whole pages.
 * Where the build fails, pages of an earlier build go on being served; throws `fault` (`server.pages`) where there are none.
 */
export async function buildPages(log: Logger): Promise<void> {
  if (!existsSync(join(shell, 'index.html'))) return
  const stamp = await hashSources()
  if (stamp === (await builtFrom(pagesFolder))) return
  const startedMs = performance.now()
  log.info('building the pages')
  try {
    await build(stamp)
  } catch (error) {
    if (!existsSync(join(pagesFolder, 'index.html'))) throw error
    log.error('the pages cannot be built; older ones are served', {
      reason: error instanceof Error ? error.message : typeof error,
    })
    return
  }
  log.info('pages built', { seconds: Math.round((performance.now() - startedMs) / 100) / 10 })
}

async function build(stamp: string): Promise<void> {
  const draft = join(root, 'node_modules', '.cache', `pages-${process.pid}`)
  try {
    await mkdir(dirname(draft), { recursive: true })
    await runVite(draft)
    await compressFiles(draft)
    await writeFile(join(draft, stampName), stamp)
    await replaceFolder(draft)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function hashSources(): Promise<string> {
  const hash = createHash('sha256')
  const isBuilt = (path: string) => /(?:^|[\\/])(?:dist|node_modules)(?:[\\/]|$)/.test(path)
  const paths = (await Array.fromAsync(glob(sourcePatterns, { cwd: root, exclude: isBuilt }))).sort()
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(await readFile(join(root, path)))
  return hash.digest('hex')
}

async function builtFrom(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, stampName), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** In a process of its own, so that the builder's memory goes back with it. */
async function runVite(outFolder: string): Promise<void> {
  const vite = join(
    dirname(createRequire(join(shell, 'package.json')).resolve('vite/package.json')),
    'bin',
    'vite.js',
  )
  const args = [vite, 'build', shell, '--outDir', outFolder, '--emptyOutDir', '--logLevel', 'warn']
  const child = spawn(process.execPath, args, { cwd: shell, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => lines.push(text))
  const [code] = await once(child, 'exit')
  if (code !== 0)
    throw fault(`the pages cannot be built; Vite says: ${sentences(lines.join(''))}`, {
      code: 'server.pages',
    })
}

/** What a build tool says, without its colours, frames and stack. */
function sentences(text: string): string {
  const plain = stripVTControlCharacters(text).split('\n')
  return plain
    .filter((line) => /\w/.test(line) && !/^\s+(?:at |[│╭╰─])/.test(line))
    .slice(0, 4)
    .join(' ')
}

// Smaller files fit one packet anyway.
const compressFromBytes = 1_400

/** A `.gz` beside each text file, made once instead of at each request. */
async function compressFiles(folder: string): Promise<void> {
  for await (const path of glob('**/*.{js,css,html,svg,json,wasm}', { cwd: folder })) {
    const bytes = await readFile(join(folder, path))
    if (bytes.length >= compressFromBytes)
      await writeFile(join(folder, `${path}.gz`), await promisify(gzip)(bytes, { level: 9 }))
  }
}

async function replaceFolder(draft: string): Promise<void> {
  const old = `${draft}-old`
  if (existsSync(pagesFolder)) await rename(pagesFolder, old)
  await rename(draft, pagesFolder)
  await rm(old, { recursive: true, force: true })
}
