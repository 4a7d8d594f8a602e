/** launch.mjs in a folder of its own: arguments, exit code and signals pass through; a missing network is said plainly. */
import { deepEqual, equal, match } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from './process.ts'

/** A repository whose lock file wants the given packages and whose node_modules has the others. */
async function aRepository(packages: { wanted: object; present: object }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'launch-'))
  after(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'node_modules'))
  await copyFile(join(root, 'launch.mjs'), join(folder, 'launch.mjs'))
  await writeFile(
    join(folder, 'package.json'),
    '{ "name": "clinic", "version": "1.0.0", "dependencies": { "pg": "8.23.1" } }',
  )
  const lock = { name: 'clinic', version: '1.0.0', lockfileVersion: 3 }
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages: packages.wanted }))
  await writeFile(
    join(folder, 'node_modules', '.package-lock.json'),
    JSON.stringify({ packages: packages.present }),
  )
  await writeFile(
    join(folder, 'entry.ts'),
    `const words: string[] = process.argv.slice(2)
    process.on('SIGTERM', () => process.exit(7))
    process.stdout.write(JSON.stringify(words))
    if (words[0] === 'wait') setInterval(() => undefined, 1000)
    else process.exitCode = 3`,
  )
  return folder
}

function launch(folder: string, words: readonly string[], environment: Record<string, string> = {}) {
  const { npm_execpath: _, ...inherited } = process.env
  const child = spawn(process.execPath, ['launch.mjs', ...words], {
    cwd: folder,
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (bytes) => {
    said += bytes
  })
  return { child, said: () => said }
}

const nothing = { wanted: {}, present: {} }

test('arguments reach the program and its exit code comes back', async () => {
  const { child } = launch(await aRepository(nothing), ['entry.ts', 'one', '--two'])

  const [output] = await once(child.stdout, 'data')
  const [code] = await once(child, 'exit')

  deepEqual([String(output), code], ['["one","--two"]', 3])
})

test('a signal to the launcher reaches the program', async () => {
  const { child } = launch(await aRepository(nothing), ['entry.ts', 'wait'])

  await once(child.stdout, 'data')
  child.kill('SIGTERM')

  deepEqual(await once(child, 'exit'), [7, null])
})

test('without a registry the start says what to do, and lets the next start try again', async () => {
  const folder = await aRepository({
    wanted: { '': { dependencies: { pg: '8.23.1' } }, 'node_modules/pg': { version: '8.23.1' } },
    present: {},
  })
  const offline = {
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
    npm_config_cache: join(folder, 'cache'),
  }

  const { child, said } = launch(folder, ['entry.ts'], offline)

  const [code] = await once(child, 'close')
  equal(code, 1)
  match(said(), /the package registry cannot be reached from this machine/)
  equal((await readdir(folder)).includes('.xinglin-installing'), false)
})
