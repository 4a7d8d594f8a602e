/**
 * Nothing is lost between systems: messages go to three receivers while platform and PostgreSQL are killed, one receiver resets
 * connections, answers late, busy or not at all, and one is away at first. Each gets each message once, by its control id, and
 * those of a patient in their order.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createMllpClient, freePorts, type Platform, startPlatform } from '@xinglin/client'
import { frame } from '@xinglin/hl7v2/mllp'
import { laboratoryReport } from './traffic.ts'

const messages = 400
const patients = 20
const kills = 3
const patienceMs = 120_000
const drillLimitMs = 4 * 60_000

test('three receivers get each message once and in order by patient, through kills and every fault of a receiver', {
  timeout: drillLimitMs,
}, async () => {
  const [source = 0, late = 0] = await freePorts(2)
  const good = await aReceiver(0, 'AA')
  const bad = await aReceiver(0, 'faults')
  const folder = await interfacesIn({ source, good: good.port, bad: bad.port, late })
  const environment = { XINGLIN_LOG_LEVEL: 'error', XINGLIN_INTERFACES_DIR: folder }
  const platform = await startPlatform({ environment })
  after(() => platform.stop())

  const sending = send(source)
  for (let killed = 0; killed < kills; killed++) {
    await pause(300 + Math.random() * 1_500)
    if (killed % 2 === 0) await killPostgres(platform)
    await pause(Math.random() * 300)
    await platform.kill()
    await platform.start()
  }
  const away = await aReceiver(late, 'AA')
  await sending

  for (const receiver of [good, bad, away]) {
    const giveUpAt = performance.now() + patienceMs
    while (receiver.taken.size < messages && performance.now() < giveUpAt) await pause(50)
    assert.deepEqual(outOfOrder([...receiver.taken]), [])
    assert.equal(receiver.taken.size, messages)
  }
})

/** Sends every message until its AA, one after the other for each of four shares of the patients. */
async function send(port: number): Promise<void> {
  const shares = 4
  const share = async (mine: number) => {
    const client = createMllpClient({ host: '127.0.0.1', port })
    for (let index = 0; index < messages; index++) {
      if ((index % patients) % shares !== mine) continue
      while ((await client.send(laboratoryReport(index, patients))).code !== 'AA') await pause(100)
      await pause(20)
    }
    client.close()
  }
  await Promise.all(Array.from({ length: shares }, (_, mine) => share(mine)))
}

type Receiver = { readonly port: number; readonly taken: ReadonlySet<string> }

/** Takes a message when it answers AA; one that comes again is known by its control id, as a laboratory system does it. */
async function aReceiver(port: number, manner: 'AA' | 'faults'): Promise<Receiver> {
  const taken = new Set<string>()
  let asked = 0
  const answer = (socket: Socket, controlId: string, code: string) => {
    if (code === 'AA') taken.add(controlId)
    socket.write(frame(Buffer.from(`MSH|^~\\&|LIS|DRILL\rMSA|${code}|${controlId}\r`)))
  }
  const take = (socket: Socket, controlId: string) => {
    asked += 1
    const fault = manner === 'faults' ? asked % 60 : -1
    if (fault === 10) socket.resetAndDestroy()
    else if (fault === 20) setTimeout(() => answer(socket, controlId, 'AA'), 300)
    else if (fault === 30) answer(socket, controlId, 'AR')
    else if (fault === 40) {
      // It has taken it, and the answer is lost: the message comes again.
      taken.add(controlId)
      socket.destroy()
    } else if (fault !== 50) answer(socket, controlId, 'AA')
  }
  const server: Server = createServer((socket) => {
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('utf8')
      for (let end = text.indexOf('\u001c\r'); end >= 0; end = text.indexOf('\u001c\r')) {
        const controlId = text.slice(1, end).split('|')[9] ?? ''
        text = text.slice(end + 2)
        take(socket, controlId)
      }
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const address = server.address()
  assert(typeof address === 'object' && address)
  return { port: address.port, taken }
}

async function interfacesIn(ports: {
  readonly source: number
  readonly good: number
  readonly bad: number
  readonly late: number
}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-interfaces-'))
  after(() => rm(folder, { recursive: true, force: true }))
  await mkdir(folder, { recursive: true })
  const to = (port: number) => `{ kind: 'mllp', host: '127.0.0.1', port: ${port} }`
  await writeFile(
    join(folder, 'reports.ts'),
    `import { valueAt } from '@xinglin/hl7v2'
import { defineInterface, hl7v2Format } from '@xinglin/interfaces'

export default defineInterface({
  id: 'reports',
  version: '1.0.0',
  title: { zh: '检验报告', en: 'Laboratory reports' },
  source: { kind: 'mllp', port: ${ports.source} },
  format: hl7v2Format,
  key: (message) => valueAt(message, 'PID-3') ?? '',
  destinations: [
    { id: 'good', to: ${to(ports.good)}, parallel: 4 },
    { id: 'bad', to: ${to(ports.bad)}, parallel: 4, answerMs: 1_000 },
    { id: 'late', to: ${to(ports.late)}, parallel: 4 },
  ],
})
`,
  )
  return folder
}

/** Control ids that came before an earlier one of their patient. */
function outOfOrder(controlIds: readonly string[]): readonly string[] {
  const newest = new Map<number, number>()
  return controlIds.filter((controlId) => {
    const index = Number(controlId.slice(1))
    const before = newest.get(index % patients) ?? -1
    newest.set(index % patients, Math.max(before, index))
    return index < before
  })
}

async function killPostgres(platform: Platform): Promise<void> {
  const files = await readdir(platform.dataFolder, { recursive: true })
  const pidFile = files.find((file) => file.endsWith('postmaster.pid'))
  if (!pidFile) return
  const pid = Number((await readFile(join(platform.dataFolder, pidFile), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
}
