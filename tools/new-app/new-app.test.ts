/** `npm run new-app` writes a room that type-checks and whose own tests pass, before anybody has touched it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { errorRows, isAppName, listApp, writeApp } from './write-app.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')
const trial = await mkdtemp(join(tmpdir(), 'xinglin-new-app-'))
after(() => rm(trial, { recursive: true }))

await symlink(join(root, 'node_modules'), join(trial, 'node_modules'), 'junction')
await mkdir(join(trial, 'docs'))
await cp(join(root, 'server'), join(trial, 'server'), { recursive: true })
await writeFile(join(trial, 'docs', 'errors.md'), '')
const files = await writeApp(trial, 'bed-board')

test('an app has the parts that the architecture names', () => {
  assert.deepEqual(files.map((file) => file.replaceAll('\\', '/')).toSorted(), [
    'apps/bed-board/README.md',
    'apps/bed-board/app.ts',
    'apps/bed-board/commands/request-task.test.ts',
    'apps/bed-board/commands/request-task.ts',
    'apps/bed-board/contract.ts',
    'apps/bed-board/migrations/0001-open-tasks.sql',
    'apps/bed-board/package.json',
    'apps/bed-board/queries/open-tasks.ts',
    'apps/bed-board/reactions/on-task-requested.ts',
    'apps/bed-board/routes/tasks.ts',
    'apps/bed-board/screens/screens.tsx',
    'apps/bed-board/screens/tasks.tsx',
    'apps/bed-board/screens/words.ts',
  ])
})

test('its own tests pass', async () => {
  // A run inside a run would report to this one; its own test context is taken away.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  await run(process.execPath, ['--test', 'apps/bed-board/**/*.test.ts'], { cwd: trial, env: environment })
})

test('it type-checks, screens included', async () => {
  for (const name of ['tsconfig.json', 'tsconfig.web.json']) {
    const config = JSON.parse(await readFile(join(root, name), 'utf8'))
    const include = name === 'tsconfig.json' ? ['apps/**/*.ts'] : ['apps/*/screens/**/*']
    await writeFile(join(trial, name), JSON.stringify({ ...config, include }))
    await run(process.execPath, [
      join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      '-p',
      join(trial, name),
    ])
  }
})

test('it stands in the list of the server and its error codes in the list of errors', async () => {
  await listApp(trial, 'bed-board')
  await errorRows(trial, 'bed-board')
  const list = await readFile(join(trial, 'server', 'apps.ts'), 'utf8')
  const errors = await readFile(join(trial, 'docs', 'errors.md'), 'utf8')
  assert.match(list, /^import \{ bedBoard \} from '@xinglin\/bed-board\/server'$/m)
  assert.match(list, /,\n {2}bedBoard,\n\]\s*$/)
  assert.equal(errors.split('\n').length, 4)
})

test('a name that is no folder name is refused', () => {
  assert.deepEqual(['bed-board', 'x', 'Bed', 'bed_board', '../x', 'bed--board'].filter(isAppName), [
    'bed-board',
  ])
})
