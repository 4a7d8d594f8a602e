/** Every word that a person reads stands in a catalogue, in both languages (style rule 54). */
import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Catalogue, faultsOf } from './words.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ownWords = new URL('./words.ts', import.meta.url).href
// Catalogues import the kit by its door, whose parts are JSX; the one function that they use is in words.ts.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@xinglin/kit' ? { url: ownWords, shortCircuit: true } : next(specifier, context),
})

const isBuilt = (path: string) => /(?:^|[\\/])(?:dist|node_modules)(?:[\\/]|$)/.test(path)
const filesOf = (...patterns: readonly string[]) =>
  Array.fromAsync(glob(patterns, { cwd: root, exclude: isBuilt }))

async function catalogues(): Promise<readonly { readonly file: string; readonly words: Catalogue }[]> {
  const files = await filesOf('apps/*/screens/**/*words.ts', 'ui/*/*-words.ts')
  const found = await Promise.all(
    files
      .filter((file) => basename(file) !== 'status-words.ts')
      .map(async (file) => {
        const module: Record<string, unknown> = await import(pathToFileURL(join(root, file)).href)
        return Object.values(module).flatMap((value) => (isCatalogue(value) ? [{ file, words: value }] : []))
      }),
  )
  return found.flat()
}

function isCatalogue(value: unknown): value is Catalogue {
  return typeof value === 'object' && value !== null && 'zh' in value && 'en' in value && 'name' in value
}

test('Chinese and English have the same words with the same places for values', async () => {
  const all = await catalogues()
  assert.ok(all.length >= 2, 'the catalogues of kit and shell are found')
  assert.deepEqual(
    all.flatMap(({ words }) => faultsOf(words)),
    [],
  )
})

test('no words stand in a catalogue that no screen says', async () => {
  for (const { file, words } of await catalogues()) {
    const folder = dirname(file)
    const sources = await filesOf(`${folder}/**/*.{ts,tsx}`)
    const texts = await Promise.all(
      sources.filter((source) => source !== file).map((source) => readFile(join(root, source), 'utf8')),
    )
    const said = texts.join('\n')
    const stem = (key: string) => key.replace(/_(?:one|other)$/, '')
    const dead = Object.keys(words.zh).filter((key) => !isSaid(said, stem(key)))
    assert.deepEqual(dead, [], `${relative('.', file)} has words that are never said`)
  }
})

/** A key is said as it stands, named by a table, put together from a beginning (`kind${type}`), or is a code of the server. */
function isSaid(sources: string, key: string): boolean {
  if (key.includes('.')) return true
  if (new RegExp(`['"]${key}['"]|\\b${key}: `).test(sources)) return true
  return [...sources.matchAll(/`([\w-]+)\$\{/g)].some(([, beginning = '']) => key.startsWith(beginning))
}

test('no screen says words past its catalogue', async () => {
  const files = (await filesOf('apps/*/screens/**/*.tsx', 'ui/*/*.tsx')).filter(
    (file) => !/screens\.tsx$/.test(file),
  )
  const loose = await Promise.all(
    files.map(async (file) => {
      const source = withoutComments(await readFile(join(root, file), 'utf8'))
      return (
        [
          ...source.matchAll(
            />\s*([A-Za-z]{3,}[^<>{}=;()]*)<\/|[>'"`]([^<>'"`]*\p{Script=Han}{2,}[^<>'"`]*)[<'"`]/gu,
          ),
        ]
          .map(([, english, chinese]) => `${file}: ${english ?? chinese}`)
          // The product's name, and a language by its own name.
          .filter((text) => !/杏林 Xinglin|: 中文$/.test(text))
      )
    }),
  )
  assert.deepEqual(loose.flat(), [])
})

const withoutComments = (source: string) => source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
