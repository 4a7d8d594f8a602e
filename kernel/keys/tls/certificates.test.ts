/** TLS from files: what is offered, who is let in, and new certificates without a restart. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type ConnectionOptions, connect, createServer, type Server } from 'node:tls'
import { OutcomeError } from '@xinglin/fhir'
import { testRuntime } from '@xinglin/testkit'
import { makeAuthority } from '../testing/authority.ts'
import { type Certificates, openCertificates } from './certificates.ts'

const { log, lines } = testRuntime()
const ours = makeAuthority()
const foreign = makeAuthority('Foreign authority')
after(() => [ours, foreign].forEach((each) => void each.remove()))
const first = ours.certify('hospital')
const second = ours.certify('renewed')
const files = {
  certificate: join(ours.folder, 'now.pem'),
  key: join(ours.folder, 'now.key'),
  clientAuthorities: ours.authority,
}
use(first)
const certificates = await openCertificates(files, { log, lookMs: 50 })
after(() => certificates.stop())
const open = await serverOf(certificates, false)
const mutual = await serverOf(certificates, true)

test('a client that trusts the authority is answered by TLS 1.3, and by TLS 1.2 with forward secrecy', async () => {
  deepEqual(await spoken(open, {}), ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'])
  deepEqual(await spoken(open, { maxVersion: 'TLSv1.2' }), ['TLSv1.2', 'ECDHE-ECDSA-AES256-GCM-SHA384'])
})

for (const [what, options] of [
  ['TLS 1.1', ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0']],
  ['a suite without authenticated encryption', ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA']],
  ['a suite without forward secrecy', ['-tls1_2', '-cipher', 'AES128-GCM-SHA256']],
] as const)
  test(`openssl is refused with ${what}, and answered with what it offers by itself`, async () => {
    deepEqual([await sClient(open, options), await sClient(open, [])], ['refused', 'connected'])
  })

test('a door with mutual TLS lets in clients of its authority alone', async () => {
  const client = pems(ours.certify('client'))
  const stranger = pems(foreign.certify('stranger'))

  deepEqual(
    [
      await isAnswered(mutual, client),
      await isAnswered(mutual, stranger),
      await isAnswered(mutual, {}),
      await isAnswered(open, {}),
    ],
    [true, false, false, true],
  )
})

test('a renewed certificate is taken while connections stand; an unfit one changes nothing', async () => {
  const standing = await connection(open, {})
  equal(subjectOf(standing), 'hospital')
  use(second)
  await until(() => lines.some(({ message }) => message === 'certificates reloaded'))

  const renewed = await connection(open, {})
  equal(subjectOf(renewed), 'renewed')
  standing.write('still here')
  const [echo] = (await once(standing, 'data')) as [Buffer]
  equal(echo.toString(), 'still here')

  writeFileSync(files.certificate, 'no certificate')
  await certificates.reload()
  equal(lines.at(-1)?.message, 'certificates not reloaded')
  equal(subjectOf(await connection(open, {})), 'renewed')
  use(first)
  await certificates.reload()
  equal(subjectOf(await connection(open, {})), 'hospital')
})

test('a start with a missing file, a foreign key or an expired certificate is refused', async () => {
  const expired = ours.certify('expired', { days: -1 })
  const unfit = [
    { ...first, certificate: join(ours.folder, 'missing.pem') },
    { ...first, key: second.key },
    expired,
  ]
  for (const each of unfit)
    await rejects(
      openCertificates(each, { log }),
      (error) =>
        error instanceof OutcomeError &&
        error.outcome.issue[0]?.details?.coding?.[0]?.code === 'keys.certificate',
    )
})

function use({ certificate, key }: { certificate: string; key: string }): void {
  copyFileSync(key, files.key)
  copyFileSync(certificate, files.certificate)
}

function pems({ certificate, key }: { certificate: string; key: string }): ConnectionOptions {
  return { cert: readFileSync(certificate), key: readFileSync(key) }
}

async function serverOf(from: Certificates, demandsClient: boolean): Promise<Server> {
  const door = from.door({ demandsClient })
  const server = createServer(door.options, (socket) => void socket.on('error', () => {}).pipe(socket))
  door.follow(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function connection(server: Server, options: ConnectionOptions) {
  const ca = readFileSync(ours.authority)
  const socket = connect({ host: '127.0.0.1', port: portOf(server), ca, ...options })
  after(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

async function spoken(server: Server, options: ConnectionOptions): Promise<readonly [string | null, string]> {
  const socket = await connection(server, options)
  return [socket.getProtocol(), socket.getCipher().name]
}

/** In TLS 1.3 a client hears of a refusal after its own side of the handshake: only an answer shows that it is in. */
async function isAnswered(server: Server, options: ConnectionOptions): Promise<boolean> {
  const socket = await connection(server, options)
  socket.write('hello')
  return Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)]).catch(
    () => false,
  )
}

function subjectOf(socket: Awaited<ReturnType<typeof connection>>): string {
  return String(socket.getPeerCertificate().subject.CN)
}

function sClient(server: Server, options: readonly string[]): Promise<'connected' | 'refused'> {
  const args = ['s_client', '-connect', `127.0.0.1:${portOf(server)}`, '-CAfile', ours.authority, ...options]
  return new Promise((settle) => {
    const child = execFile('openssl', [...args, '-verify_return_error'], (error) =>
      settle(error ? 'refused' : 'connected'),
    )
    child.stdin?.end()
  })
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((wake) => setTimeout(wake, 10))
}
