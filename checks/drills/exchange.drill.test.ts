/**
 * The recipes of docs/interfaces.md work as they are written, through kills of the platform: what was taken goes out once.
 * Ports and folders are those of this trial; nothing else of a recipe is changed.
 */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startPlatform } from '@xinglin/client'
import { recipesOf } from './recipes.ts'

const patienceMs = 60_000
const folder = await mkdtemp(join(tmpdir(), 'xinglin-recipes-'))
after(() => rm(folder, { recursive: true, force: true }))
const exchange = join(folder, 'exchange')
const interfaces = join(folder, 'interfaces')
await mkdir(interfaces)
const recipes = await recipesOf('docs/interfaces.md')
for (const { name, text } of recipes) await writeFile(join(interfaces, name), text)
const platform = await startPlatform({
  environment: {
    XINGLIN_LOG_LEVEL: 'error',
    XINGLIN_INTERFACES_DIR: interfaces,
    XINGLIN_FILE_ROOTS: exchange,
  },
})
after(() => platform.stop())

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to be')
    await pause(50)
  }
}

const filesIn = async (place: string) =>
  (await readdir(place, { withFileTypes: true })).filter(
    (each) => each.isFile() && !each.name.startsWith('.'),
  )

/** Kills the platform a few times while something goes on. */
async function whileKilled<Result>(act: () => Promise<Result>): Promise<Result> {
  const going = act()
  for (let killed = 0; killed < 2; killed++) {
    await pause(300 + Math.random() * 700)
    await platform.kill()
    await platform.start()
  }
  return going
}

test('laboratory-files: batches become messages, each in the archive once, through kills', async () => {
  const incoming = join(exchange, 'laboratory', 'incoming')
  const archive = join(exchange, 'laboratory', 'archive')
  for (const place of [incoming, archive]) await mkdir(place, { recursive: true })
  const perFile = 5
  const files = 40
  const message = (number: number) =>
    `MSH|^~\\&|LIS|QLYX|||20260302||ORU^R01|L${number}|P|2.5.1\rPID|1||${number % 7}\rOBX|1|NM|718-7||${number}\r`

  await whileKilled(async () => {
    for (let file = 0; file < files; file++) {
      const inside = Array.from({ length: perFile }, (_, index) => message(file * perFile + index)).join('')
      const name = `${String(file).padStart(4, '0')}.hl7`
      await writeFile(join(incoming, `.${name}`), `FHS|^~\\&\rBHS|^~\\&\r${inside}BTS|${perFile}\rFTS|1\r`)
      await rename(join(incoming, `.${name}`), join(incoming, name))
      await pause(30)
    }
  })
  await until(async () => (await filesIn(archive)).length >= files * perFile)
  await until(async () => (await filesIn(incoming)).length === 0)

  const contents = await Promise.all(
    (await filesIn(archive)).map(({ name }) => readFile(join(archive, name), 'utf8')),
  )
  assert.deepEqual(
    contents.sort(),
    Array.from({ length: files * perFile }, (_, number) => message(number)).sort(),
  )
})
