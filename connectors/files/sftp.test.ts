/** Folders of other machines over SFTP: OpenSSH's server where it is installed, and a small one that also hangs. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { textFormat } from '@xinglin/interfaces'
import { testTenant as tenant, testKernel } from '@xinglin/testkit'
import { sftpDestination, sftpSource } from './files.ts'
import { noOpenSsh, startOpenSsh } from './testing/openssh.ts'
import { login, startSmallServer } from './testing/small-sftp-server.ts'

const root = await mkdtemp(join(tmpdir(), 'xinglin-sftp-'))
after(() => rm(root, { recursive: true, force: true }))
const secrets = new Map<string, string>([['laboratory-password', login.password]])
const { interfaces, runtime } = await testKernel()
const options = {
  runtime,
  secretOf: async (name: string) => secrets.get(name) ?? '',
  limits: { connectMs: 5_000, actMs: 1_000 },
}
interfaces.offerSource(sftpSource(options))
interfaces.offerDestination(sftpDestination(options))
await interfaces.start({ sources: true, destinations: true })

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 30_000
  while (!(await holds().catch(() => false))) {
    if (performance.now() > giveUpAt) throw new Error('it did not come to be')
    await pause(20)
  }
}
const plain = async (folder: string) =>
  (await readdir(folder, { withFileTypes: true }))
    .filter((each) => each.isFile() && !each.name.startsWith('.'))
    .map(({ name }) => name)
    .sort()
const texts = async (folder: string) =>
  Promise.all((await plain(folder)).map((name) => readFile(join(folder, name), 'utf8')))

async function folders(name: string) {
  const place = join(root, name)
  for (const each of ['in', 'out']) await mkdir(join(place, each), { recursive: true })
  return { place, from: join(place, 'in'), to: join(place, 'out') }
}
const deploy = (id: string, source: object, destinations: readonly (readonly [string, object])[]) =>
  interfaces.deploy(tenant, {
    ...{ id, version: '1.0.0', title: { zh: '文件', en: 'Files' } },
    source: { kind: 'sftp', everyMs: 20, stillMs: 40, ...source },
    format: textFormat,
    destinations: destinations.map(([name, to]) => ({
      ...{ id: name, answerMs: 5_000 },
      to: { kind: 'sftp', name: '{controlId}', ...to },
    })),
  })
const large = 'x'.repeat(300_000)

const servers = [
  {
    ...{ name: 'a small server', skip: false as string | false },
    async start(place: string) {
      const { port, hostKey } = await startSmallServer(place)
      return {
        address: { host: '127.0.0.1', port, hostKey, user: login.user, password: 'laboratory-password' },
        at: (folder: string) => `/${folder}`,
      }
    },
  },
  {
    ...{ name: 'OpenSSH', skip: noOpenSsh },
    async start(place: string) {
      const { port, hostKey, user, privateKey } = await startOpenSsh(place)
      secrets.set('openssh-key', privateKey)
      return {
        address: { host: '127.0.0.1', port, hostKey, user, key: 'openssh-key' },
        at: (folder: string) => join(place, folder),
      }
    },
  },
]

for (const { name, skip, start } of servers)
  describe(name, { skip }, () => {
    test('files are fetched whole and in order, moved away there, and written whole, never replaced', async () => {
      const id = name.split(' ').at(-1)?.toLowerCase() ?? ''
      const { place, from, to } = await folders(id)
      const { address, at } = await start(place)
      for (const [file, text] of [
        ['a', 'one'],
        ['b', large],
        ['.c', 'three'],
      ] as const)
        await writeFile(join(from, file), text)
      await deploy(id, { ...address, folder: at('in') }, [['there', { ...address, folder: at('out') }]])
      await until(async () => (await plain(to)).length === 2)
      await until(async () => (await plain(join(from, 'done'))).length === 2)

      const names = await plain(to)
      deepEqual(
        names.map((file) => file[0]),
        ['a', 'b'],
      )
      deepEqual(await texts(to), ['one', large])
      deepEqual(await readdir(from), ['.c', 'done'])

      const again = sftpDestination(options).open({
        kind: 'sftp',
        name: '{controlId}',
        folder: at('out'),
        ...address,
      })
      const send = (text: string) =>
        again.send(
          { id: '1', controlId: names[0] ?? '', contentType: '', tries: 1, content: Buffer.from(text) },
          new AbortController().signal,
        )
      deepEqual([(await send('one')).kind, (await send('two')).kind], ['taken', 'refused'])
      deepEqual(await texts(to), ['one', large])
      await again.close()
    })
  })

test('a server that hangs holds up its own queue alone, and gets what waits when it answers', async () => {
  const { place, from, to } = await folders('hanging')
  const other = await folders('answering')
  const good = await startSmallServer(root)
  const bad = await startSmallServer(place)
  const address = (server: typeof good) => {
    const { port, hostKey } = server
    return { host: '127.0.0.1', port, hostKey, user: login.user, password: 'laboratory-password' }
  }
  bad.hang(true)
  await deploy('hanging', { ...address(good), folder: '/hanging/in' }, [
    ['good', { ...address(good), folder: '/answering/out' }],
    ['bad', { ...address(bad), folder: '/out' }],
  ])
  await writeFile(join(from, 'a'), 'one')

  await until(async () => (await texts(other.to)).length === 1)
  const stateOf = async () => (await interfaces.states(tenant)).find(({ id }) => id === 'hanging')
  await until(async () => (await stateOf())?.destinations[1]?.downSince !== undefined)
  bad.hang(false)
  await until(async () => (await texts(to)).length === 1)

  deepEqual(await texts(to), ['one'])
})

test('a server with another key than the pinned one gets neither a password nor a file', async () => {
  const { place, to } = await folders('other-key')
  const { port } = await startSmallServer(place)
  const destination = sftpDestination(options).open({
    ...{ kind: 'sftp', host: '127.0.0.1', port, user: login.user, password: 'laboratory-password' },
    ...{ hostKey: `SHA256:${'A'.repeat(43)}`, folder: '/out' },
  })
  const sending = destination.send(
    { id: '1', controlId: '1', contentType: '', tries: 0, content: Buffer.from('x') },
    new AbortController().signal,
  )
  await rejects(sending, { name: 'HostKeyError' })
  deepEqual(await plain(to), [])
})

test('an sftp endpoint without a host key, a secret or with a way up is refused', async () => {
  const good = {
    ...{ kind: 'sftp', host: 'h', user: 'u', password: 'p', folder: '/a' },
    hostKey: `SHA256:${'A'.repeat(43)}`,
  }
  const check = async (settings: object) => sftpSource(options).check({ ...good, ...settings })
  for (const wrong of [
    { hostKey: 'any' },
    { password: undefined },
    { key: 'k' },
    { folder: '/a/../b' },
    { port: 0 },
  ])
    await rejects(check(wrong), /of an endpoint of kind sftp must be/)
  equal(await check({}), undefined)
})
