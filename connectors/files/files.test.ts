/** Folders as sources and destinations: whole files in order, taken once, never replaced, never outside of the roots. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { valueAt } from '@xinglin/hl7v2'
import {
  type AnyInterface,
  createInterfaces,
  hl7v2Format,
  type Outgoing,
  readSettings,
  textFormat,
} from '@xinglin/interfaces'
import { testTenant as tenant, testKernel } from '@xinglin/testkit'
import { fileDestination, fileSource } from './files.ts'
import { nameSetting, wantedBy } from './settings.ts'
import { messagesIn } from './split.ts'
import { createStillness } from './stillness.ts'

const root = await mkdtemp(join(tmpdir(), 'xinglin-files-'))
after(() => rm(root, { recursive: true, force: true }))
const kernel = await testKernel()
const { interfaces, runtime } = kernel
const options = { runtime, roots: [root] }
interfaces.offerSource(fileSource(options))
interfaces.offerDestination(fileDestination(options))
await interfaces.start({ sources: true, destinations: true })

const quick = { everyMs: 20, stillMs: 60 }

async function anInterface(id: string, source: object, rest: Partial<AnyInterface> = {}) {
  const from = join(root, `${id}-in`)
  const to = join(root, `${id}-out`)
  await mkdir(from)
  await mkdir(to)
  const definition: AnyInterface = {
    ...{ id, version: '1.0.0', title: { zh: '文件', en: 'Files' } },
    source: { kind: 'file', folder: from, ...quick, ...source },
    format: textFormat,
    destinations: [{ id: 'folder', to: { kind: 'file', folder: to } }],
    ...rest,
  }
  return { from, to, deploy: () => interfaces.deploy(tenant, definition), definition }
}

/** Contents of a folder's files in the order of their names, which is that of their deliveries. */
async function contents(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'))
  const byNumber = names.sort((one, other) => one.length - other.length || (one < other ? -1 : 1))
  return Promise.all(byNumber.map((name) => readFile(join(folder, name), 'utf8')))
}

const plain = async (folder: string) =>
  (await readdir(folder, { withFileTypes: true }))
    .filter((each) => each.isFile())
    .map(({ name }) => name)
    .sort()

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 20_000
  while (!(await holds().catch(() => false))) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to be')
    await pause(10)
  }
}

test('files are taken in the order of their names, delivered each as a file, and moved away', async () => {
  const { from, to, deploy } = await anInterface('order', { pattern: '*.txt' })
  for (const name of ['c.txt', 'a.txt', 'b.txt', 'other.csv', '.hidden.txt'])
    await writeFile(join(from, name), name)
  await symlink(join(from, 'a.txt'), join(from, 'link.txt'))

  await deploy()
  await until(async () => (await contents(to)).length === 3)
  await until(async () => (await plain(join(from, 'done'))).length === 3)

  deepEqual(await contents(to), ['a.txt', 'b.txt', 'c.txt'])
  deepEqual(await plain(from), ['.hidden.txt', 'other.csv'])
})

test('by time the oldest goes first', async () => {
  const { from, to, deploy } = await anInterface('by-time', { order: 'time' })
  for (const [name, changed] of [
    ['a', 2_000],
    ['b', 1_000],
  ] as const) {
    await writeFile(join(from, name), name)
    await utimes(join(from, name), changed, changed)
  }

  await deploy()
  await until(async () => (await contents(to)).length === 2)

  deepEqual(await contents(to), ['b', 'a'])
})

test('a file that still grows is not read, and what follows it waits', () => {
  const still = createStillness(100)
  const file = (name: string, sizeBytes: number) => ({ name, sizeBytes, changedMs: 0 })
  const looks = [
    [0, 10],
    [50, 20],
    [140, 20],
    [150, 20],
  ] as const

  const whole = looks.map(([nowMs, sizeBytes]) =>
    still.wholeOf([file('a', 5), file('b', sizeBytes), file('c', 5)], nowMs).map(({ name }) => name),
  )

  deepEqual(whole, [[], [], ['a'], ['a', 'b', 'c']])
})

test('a kept file is read once, also after a restart; changed, it is read again', async () => {
  const { from, to, deploy } = await anInterface('kept', { after: 'keep' })
  await writeFile(join(from, 'a'), 'one')
  await deploy()
  await until(async () => (await contents(to)).length === 1)

  await interfaces.retire(tenant, 'kept')
  await deploy()
  await writeFile(join(from, 'b'), 'two')
  await until(async () => (await contents(to)).length === 2)
  await writeFile(join(from, 'a'), 'one again')
  await until(async () => (await contents(to)).length === 3)

  deepEqual(await contents(to), ['one', 'two', 'one again'])
  deepEqual(await plain(from), ['a', 'b'])
})

test('a file of the same name and content that comes later is new', async () => {
  const { from, to, deploy } = await anInterface('again', { after: 'delete' })
  await deploy()
  for (const [count, changed] of [1_000, 2_000].entries()) {
    await writeFile(join(from, 'report'), 'same')
    await utimes(join(from, 'report'), changed, changed)
    await until(async () => (await contents(to)).length === count + 1 && (await plain(from)).length === 0)
  }

  deepEqual(await contents(to), ['same', 'same'])
})

test('a batch of HL7 v2 becomes its messages; a batch that ends early, and one with a refused message, are set aside', async () => {
  const { from, to, deploy } = await anInterface(
    'batch',
    { split: 'hl7' },
    { format: hl7v2Format, key: (message) => valueAt(message, 'PID-3') ?? '' },
  )
  const message = (id: string) => `MSH|^~\\&|LIS|QLYX|||20260302||ORU^R01|${id}|P|2.5.1\nPID|1||7\n`
  const batch = (inside: string, count: number) => `FHS|^~\\&\nBHS|^~\\&\n${inside}BTS|${count}\nFTS|1\n`
  await writeFile(join(from, 'a.hl7'), batch(message('1') + message('2'), 2))
  await writeFile(join(from, 'b.hl7'), batch(message('3'), 2))
  await writeFile(join(from, 'c.hl7'), `FHS|^~\\&\nBHS|^~\\&\n${message('4')}`)
  await writeFile(join(from, 'd.hl7'), `${message('5')}MSH|\n`)

  await deploy()
  await until(async () => (await contents(to)).length === 3)
  await until(async () => (await plain(join(from, 'refused'))).length === 3)

  const ids = (await contents(to)).map((text) => text.split('|')[9])
  deepEqual(ids, ['1', '2', '5'])
  deepEqual((await contents(to))[0], message('1').replaceAll('\n', '\r'))
  deepEqual(
    [await plain(join(from, 'done')), await plain(join(from, 'refused'))],
    [['a.hl7'], ['b.hl7', 'c.hl7', 'd.hl7']],
  )
})

test('lines and whole files are split as they say', () => {
  const split = (text: string, how: 'lines' | 'whole') =>
    messagesIn(Buffer.from(text), how).map((each) => Buffer.from(each).toString())
  deepEqual(split('a\r\n\r\nb\nc\rd', 'lines'), ['a', 'b', 'c', 'd'])
  deepEqual(split('a\nb', 'whole'), ['a\nb'])
})

const outgoing = (id: string, text: string): Outgoing => ({
  ...{ id, controlId: 'C 1/../x', contentType: 'text/plain', tries: 0 },
  content: Buffer.from(text),
})
const never = new AbortController().signal

test('a file that is there is never replaced: the same one is a delivery sent again, another one stays', async () => {
  const folder = join(root, 'there')
  await mkdir(folder)
  const to = fileDestination(options).open({ kind: 'file', folder, name: '{controlId}.txt' })

  const answers = []
  for (const text of ['one', 'one', 'two']) answers.push((await to.send(outgoing('1', text), never)).kind)
  // As a kill between naming the file and giving up its first name leaves it.
  await link(join(folder, 'C_1_.._x.txt'), join(folder, '.C_1_.._x.txt.part'))
  answers.push((await to.send(outgoing('1', 'three'), never)).kind)

  deepEqual(answers, ['taken', 'taken', 'refused', 'refused'])
  deepEqual(await readdir(folder), ['C_1_.._x.txt'])
  deepEqual(await contents(folder), ['one'])
})

test('a folder that is away rests its own queue and is served when it is back', async () => {
  const { from, to, deploy } = await anInterface('away', { after: 'delete' })
  await rm(to, { recursive: true })
  await writeFile(join(from, 'a'), 'one')
  await deploy()
  const stateOf = async () => (await interfaces.states(tenant)).find(({ id }) => id === 'away')
  await until(async () => (await stateOf())?.destinations[0]?.reason === 'ENOENT')

  await mkdir(to)
  await until(async () => (await contents(to)).length === 1)
  await rm(from, { recursive: true })
  await until(async () => (await stateOf())?.source.reason === 'ENOENT')
  await mkdir(from)
  await until(async () => (await stateOf())?.source.reason === undefined)

  deepEqual(await contents(to), ['one'])
})

test('of two processes one reads a folder; when it ends the other goes on', async () => {
  const { from, to, definition } = await anInterface('two', { after: 'keep' })
  const other = createInterfaces({ ...kernel, isSealing: async () => false })
  after(() => other.stop())
  other.offerSource(fileSource(options))
  other.offerDestination(fileDestination(options))
  await other.start({ sources: true, destinations: true })
  await other.deploy(tenant, definition)
  await interfaces.deploy(tenant, definition)

  await writeFile(join(from, 'a'), 'one')
  await until(async () => (await contents(to)).length === 1)
  await other.stop()
  await writeFile(join(from, 'b'), 'two')
  await until(async () => (await contents(to)).length === 2)

  deepEqual(await contents(to), ['one', 'two'])
})

test('folders outside of the roots, links that lead there, wrong patterns and wrong names are refused', async () => {
  const check = (settings: object) => () => fileSource(options).check({ kind: 'file', ...settings })
  const refused = async (act: () => unknown) =>
    rejects(
      async () => act(),
      (cause: Error) => /of an endpoint of kind file must be/.test(cause.message),
    )
  for (const folder of ['../etc', '/etc', `${root}/../etc`, `${root}-beside`, `${root}/a/../../b`, ''])
    await refused(check({ folder }))
  await refused(check({ folder: root, pattern: '../*' }))
  await refused(check({ folder: root, colour: 'blue' }))
  for (const name of ['../{id}', '/x/{id}', 'fixed', '.{id}', '{id}/x'])
    await refused(() => nameSetting(readSettings({ kind: 'file', name })))
  for (const folder of [join(root, 'x'), 'x/y'])
    equal(fileSource(options).check({ kind: 'file', folder }), undefined)

  const outside = await mkdtemp(join(tmpdir(), 'xinglin-outside-'))
  after(() => rm(outside, { recursive: true, force: true }))
  await symlink(outside, join(root, 'leads-out'))
  const to = fileDestination(options).open({ kind: 'file', folder: join(root, 'leads-out') })
  await rejects(to.send(outgoing('1', 'x'), never), /leads out of the allowed ones/)
  equal((await stat(outside)).isDirectory() && (await readdir(outside)).length, 0)
})

test('a pattern knows * and ? alone, and takes no time on hostile ones', () => {
  deepEqual(['a.hl7', 'ab.hl7', 'a.HL7', '.a.hl7', 'axhl7'].filter(wantedBy('?*.hl7')), ['a.hl7', 'ab.hl7'])
  equal(wantedBy(`${'*'.repeat(100)}x`)('a'.repeat(200)), false)
})
