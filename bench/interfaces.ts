/**
 * Messages between systems: HL7 v2 over MLLP through one interface with a map and three destinations, one of them down. What
 * is measured is the whole way: stored, mapped, queued three times, acknowledged; and both others have all of it.
 */
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createMllpClient, freePorts, type Platform } from '@xinglin/client'
import { type Measurement, measure } from './measure.ts'

const connections = 4
const onTheirWay = 16
const sendingSeconds = 15
const patients = 200
/** A backlog that is not drained by then has failed. */
const drainLimitMs = 60_000

export async function benchInterfaces(platform: Platform): Promise<readonly Measurement[]> {
  const [source = 0, down = 0] = await freePorts(2)
  const receivers = [await startReceiver(), await startReceiver()]
  await deploy(platform, { source, ports: [...receivers.map(({ port }) => port), down] })
  const clients = Array.from({ length: connections }, () =>
    createMllpClient({ host: '127.0.0.1', port: source }),
  )
  const options = {
    senders: connections * onTheirWay,
    seconds: sendingSeconds,
    note: `${connections} connections, ${onTheirWay} on their way each, one map, 3 destinations, one of them down`,
  }
  const startedMs = performance.now()
  const taken = await measure('HL7 v2 through an interface, acknowledged', options, async (sender, index) => {
    const answer = await clients[sender % connections]?.send(Buffer.from(admission(index)))
    return answer?.code === 'AA'
  })
  const delivered = await drained(receivers, taken.operations, startedMs)
  for (const client of clients) client.close()
  for (const { stop } of receivers) stop()
  return [taken, delivered]
}

/** Until both receivers that are there have everything: messages a second of each, the time of the drain included. */
async function drained(
  receivers: readonly Receiver[],
  messages: number,
  startedMs: number,
): Promise<Measurement> {
  const endsMs = performance.now() + drainLimitMs
  while (receivers.some(({ taken }) => taken() < messages) && performance.now() < endsMs) await pause(5)
  const seconds = (performance.now() - startedMs) / 1_000
  const least = Math.min(...receivers.map(({ taken }) => taken()))
  return {
    name: 'HL7 v2 through an interface, delivered to each of two',
    ...{ operations: least, seconds, perSecond: least / seconds },
    failures: messages - least,
    p50Ms: 0,
    p95Ms: 0,
    note: 'until the last message has arrived',
  }
}

type Receiver = { readonly port: number; taken(): number; stop(): void }

/** Answers AA as fast as it can. */
async function startReceiver(): Promise<Receiver> {
  let count = 0
  const server = createServer((socket) => {
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      let answers = ''
      for (let end = text.indexOf('\u001c\r'); end >= 0; end = text.indexOf('\u001c\r')) {
        const controlId = text.slice(1, 400).split('|', 10)[9] ?? ''
        text = text.slice(end + 2)
        count += 1
        answers += `\u000bMSH|^~\\&|LIS|BENCH\rMSA|AA|${controlId}\r\u001c\r`
      }
      if (answers !== '') socket.write(answers)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the receiver has no port')
  return { port: address.port, taken: () => count, stop: () => void server.close() }
}

async function deploy(
  { dataFolder }: Platform,
  { source, ports }: { readonly source: number; readonly ports: readonly number[] },
): Promise<void> {
  const folder = join(dataFolder, 'interfaces')
  await mkdir(folder, { recursive: true })
  const destinations = ports
    .map(
      (port, nth) =>
        `{ id: 'to-${nth}', to: { kind: 'mllp', host: '127.0.0.1', port: ${port} }, parallel: 8 },`,
    )
    .join('\n    ')
  await writeFile(
    join(folder, 'bench.ts'),
    `import { printMessage, parseMessage, valueAt } from '@xinglin/hl7v2'
import { defineInterface, hl7v2Format } from '@xinglin/interfaces'

export default defineInterface({
  id: 'bench',
  version: '1.0.0',
  title: { zh: '测量', en: 'Bench' },
  source: { kind: 'mllp', port: ${source} },
  format: hl7v2Format,
  key: (message) => valueAt(message, 'PID-3') ?? '',
  map: (message) => parseMessage(printMessage(message).replace('|XINGLIN|', '|LIS|'), { set: message.set }),
  destinations: [
    ${destinations}
  ],
})
`,
  )
  const endsMs = performance.now() + 10_000
  while (performance.now() < endsMs) {
    const isOpen = await canConnect(source)
    if (isOpen) return
    await pause(50)
  }
  throw new Error('the interface was not opened')
}

async function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

let run = 0
function admission(index: number): string {
  if (index === 0) run += 1
  return [
    `MSH|^~\\&|HIS|BENCH|XINGLIN|BENCH|20261101080000+0800||ADT^A08^ADT_A01|I${run}-${index}|P|2.5.1||||||UNICODE UTF-8`,
    'EVN|A08|20261101080000+0800',
    `PID|1||P${index % patients}^^^BENCH&2.999.86.9.1&ISO^MR||李^测${index % 90}||19700101|F|||天河路1号^^广州^^510000`,
    `PV1|1|I|W1^101^1^BENCH||||||||||||||||V${index % patients}^^^BENCH&2.999.86.9.2&ISO^VN`,
    '',
  ].join('\r')
}
