/** The first load of the pages stays within its budget of JavaScript, and no script stands inside the page (CSP). */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const budgetBytes = 350 * 1024
const shell = fileURLToPath(new URL('.', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'xinglin-pages-'))
after(() => rm(folder, { recursive: true, force: true }))
await build({
  root: shell,
  configFile: join(shell, 'vite.config.ts'),
  logLevel: 'silent',
  build: { outDir: folder, emptyOutDir: true },
})
const page = await readFile(join(folder, 'index.html'), 'utf8')

/** The scripts that the browser needs before the first screen: those of the page and all that they import at once. */
async function firstScripts(): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>()
  const visit = async (file: string): Promise<void> => {
    if (found.has(file)) return
    const source = await readFile(join(folder, file))
    found.set(file, source)
    for (const [, from = ''] of source
      .toString()
      .matchAll(
        /(?:^|[;}\s])(?:import|export)[^;'"()]*?from\s*["'](\.[^"']+)["']|import\s*["'](?:\.)[^"']+["']/g,
      )) {
      if (from) await visit(join(dirname(file), from))
    }
  }
  for (const [, source = ''] of page.matchAll(/<script[^>]+src="\/([^"]+)"/g)) await visit(source)
  return found
}

test('the first load is at most 350 KB of gzipped JavaScript', async (context) => {
  const scripts = await firstScripts()
  const sizes = [...scripts].map(([file, source]) => [file, gzipSync(source, { level: 9 }).length] as const)
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0)
  context.diagnostic(`first load ${(total / 1024).toFixed(0)} KB in ${sizes.length} files`)
  assert.ok(sizes.length > 1, 'the scripts of the page are found')
  assert.ok(total <= budgetBytes, sizes.map(([file, bytes]) => `${file} ${bytes}`).join('\n'))
})

test('charts and the image viewer are not part of the first load', async () => {
  for (const [file, source] of await firstScripts()) {
    assert.ok(
      !/zrender|cornerstone3D|registerVisual/.test(source.toString()),
      `${file} holds a part that should come later`,
    )
  }
})

test('the page holds no inline script, style or handler', () => {
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=/)
})
