/** Writes an app's folder from `template/` and enters it where the house lists its apps. */
import { access, appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const template = join(import.meta.dirname, 'template')

/** `bed-board`: lower case, hyphens between words. */
export function isAppName(name: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length >= 2 && name.length <= 40
}

/** What stands in the template for the app's name in its several spellings. */
function spellings(name: string): readonly (readonly [mark: string, spelling: string])[] {
  const words = name.split('-')
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
  return [
    ['__app__', name],
    ['__schema__', words.join('_')],
    ['__identifier__', words.map((word, index) => (index === 0 ? word : capital(word))).join('')],
    ['__Title__', capital(words.join(' '))],
  ]
}

/** Writes `apps/<name>` under `root`; answers the files, by path from the root. Throws where the folder exists. */
export async function writeApp(root: string, name: string): Promise<readonly string[]> {
  const folder = join('apps', name)
  const isThere = await access(join(root, folder)).then(
    () => true,
    () => false,
  )
  if (isThere) throw new Error(`${folder} is there already; choose another name`)
  const entries = await readdir(template, { recursive: true, withFileTypes: true })
  const sources = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    sources.toSorted().map(async (source) => {
      const file = join(folder, source.slice(template.length + 1).replace(/\.template$/, ''))
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), spell(await readFile(source, 'utf8'), name))
      return file
    }),
  )
}

function spell(text: string, name: string): string {
  return spellings(name).reduce((spelled, [mark, spelling]) => spelled.replaceAll(mark, spelling), text)
}

/** Adds the app to `server/apps.ts` and to the server's dependencies. */
export async function listApp(root: string, name: string): Promise<void> {
  const list = join(root, 'server', 'apps.ts')
  const identifier = spell('__identifier__', name)
  const text = await readFile(list, 'utf8')
  const imports = [...text.matchAll(/^import .*@xinglin\/.*\n/gm)]
  const last = imports.at(-1)
  if (!last) throw new Error('server/apps.ts has no app to stand beside')
  const after = last.index + last[0].length
  const withImport = `${text.slice(0, after)}import { ${identifier} } from '@xinglin/${name}/server'\n${text.slice(after)}`
  await writeFile(list, withImport.replace(/,?\s*\](?=[^\]]*$)/, `,\n  ${identifier},\n]`))
  const manifest = join(root, 'server', 'package.json')
  const content = JSON.parse(await readFile(manifest, 'utf8'))
  const dependencies = Object.entries({ ...content.dependencies, [`@xinglin/${name}`]: '*' }).toSorted()
  await writeFile(
    manifest,
    `${JSON.stringify({ ...content, dependencies: Object.fromEntries(dependencies) }, null, 2)}\n`,
  )
}

/** Rows for docs/errors.md, which lists every code of the sources. */
export async function errorRows(root: string, name: string): Promise<void> {
  const rows = [
    `| ${name}.not-written | fault | the record did not answer what was written | report it: the program is wrong |`,
    `| ${name}.patient | invalid | the patient's id is missing or malformed | give the logical id of a Patient |`,
    `| ${name}.description | invalid | the words are missing or too long | write 1 to 200 characters |`,
  ]
  await appendFile(join(root, 'docs', 'errors.md'), `${rows.join('\n')}\n`)
}
