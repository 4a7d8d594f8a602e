/** Interfaces over MLLP: sockets on both sides, answers by table 0008, receivers that fail in each way. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { valueAt } from '@xinglin/hl7v2'
import { frame } from '@xinglin/hl7v2/mllp'
import { type AnyInterface, hl7v2Format } from '@xinglin/interfaces'
import { testTenant as tenant, testKernel } from '@xinglin/testkit'
import { aMessage } from '../fixtures/messages.ts'
import { aSender, told } from '../fixtures/sender.ts'
import { mllpDestination } from './mllp-destination.ts'
import { mllpSource } from './mllp-source.ts'

const { interfaces, runtime, traffic } = await testKernel()
interfaces.offerSource(mllpSource(runtime))
interfaces.offerDestination(mllpDestination)
await interfaces.start({ sources: true, destinations: true })

type Manner = (message: string, socket: Socket) => void
const acknowledge = (code: string, more = ''): Manner => {
  return (message, socket) => {
    const controlId = message.split('|')[9] ?? ''
    socket.write(
      frame(Buffer.from(`MSH|^~\\&|LIS|QLYX|||||ACK|1|P|2.5.1\rMSA|${code}|${controlId}\r${more}`)),
    )
  }
}

/** A receiving system; `manners` are what it does with each message, the last one from then on. */
async function aReceiver(...manners: readonly Manner[]) {
  const received: string[] = []
  const server = createServer((socket) => {
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('utf8')
      for (let end = text.indexOf('\u001c\r'); end >= 0; end = text.indexOf('\u001c\r')) {
        const message = text.slice(1, end)
        text = text.slice(end + 2)
        received.push(message)
        manners[Math.min(received.length, manners.length) - 1]?.(message, socket)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const address = server.address()
  assert(typeof address === 'object' && address)
  return { received, port: address.port }
}

async function anInterface(id: string, port: number, rest: Partial<AnyInterface> = {}) {
  await interfaces.deploy(tenant, {
    ...{ id, version: '1.0.0', title: { zh: '转发', en: 'Forward' } },
    source: { kind: 'mllp', port: 0 },
    format: hl7v2Format,
    key: (message) => valueAt(message, 'PID-3') ?? '',
    destinations: [{ id: 'lis', to: { kind: 'mllp', host: '127.0.0.1', port }, answerMs: 300 }],
    ...rest,
  })
  const [state] = (await interfaces.states(tenant)).filter((each) => each.id === id)
  const sender = await aSender(Number(state?.source.address?.split(':')[1]))
  after(() => sender.close())
  return sender
}

const admission = (number: number, controlId: string) =>
  aMessage('ADT^A01^ADT_A01', ['EVN|A01|20260302', `PID|1||${number}^^^QLYX^MR||张^三`], { controlId })

async function settled(id: string, count: number): Promise<readonly string[]> {
  const giveUpAt = performance.now() + 10_000
  for (;;) {
    const all = (await interfaces.deliveries({ tenant, interface: id, limit: 100 })).toReversed()
    if (all.length === count && all.every(({ state }) => state !== 'waiting'))
      return all.map(({ state, code, reason }) => [state, code, reason].filter(Boolean).join(' '))
    if (performance.now() > giveUpAt) throw new Error(`not settled: ${all.map(({ state }) => state).join()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('a message passes byte for byte, is answered AA and stands in the journal', async () => {
  const receiver = await aReceiver(acknowledge('AA'))
  const sender = await anInterface('pass', receiver.port)
  const text = `${admission(1, 'P1')}ZZZ|\\.br\\|~|\r`

  const answer = await sender.ask(text)

  assert.deepEqual([told(answer), valueAt(answer, 'MSA-2')], ['AA', 'P1'])
  assert.deepEqual(await settled('pass', 1), ['sent'])
  assert.deepEqual(receiver.received, [text])
  const [message] = await traffic.list({ tenant, door: 'interface', limit: 1 })
  assert.deepEqual([message?.subject, message?.outcome], ['ADT^A01', 'accepted'])
})

test('AE lays a message aside with the words of ERR; AR is asked again; what follows of other patients goes on', async () => {
  const receiver = await aReceiver(
    acknowledge('AE', 'ERR||PID^1^3|101|E||||no such patient\r'),
    acknowledge('AR'),
    acknowledge('AA'),
  )
  const sender = await anInterface('answers', receiver.port)

  for (const number of [1, 2, 3]) await sender.ask(admission(number, `A${number}`))

  assert.deepEqual(await settled('answers', 3), ['refused hl7.ae no such patient', 'sent', 'sent'])
  assert.deepEqual(
    receiver.received.map((message) => message.split('|')[9]),
    ['A1', 'A2', 'A3', 'A2'],
  )
})

test('a receiver that answers nothing, something else, another message or garbage gets the same message again, the next gets its own', async () => {
  const receiver = await aReceiver(
    () => undefined,
    (_, socket) => socket.resetAndDestroy(),
    (_, socket) => socket.write(frame(Buffer.from('MSH|^~\\&|LIS\rMSA|AA|another\r'))),
    (_, socket) => socket.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
    acknowledge('AA'),
  )
  const sender = await anInterface('faults', receiver.port)
  await sender.ask(admission(1, 'F1'))
  await sender.ask(admission(1, 'F2'))

  // A receiver that fails rests its queue for 1, 2, 4 … seconds; the drill waits for it, this test looks at the first.
  const giveUpAt = performance.now() + 10_000
  while (receiver.received.length < 3 && performance.now() < giveUpAt)
    await new Promise((resolve) => setTimeout(resolve, 10))

  assert.deepEqual(new Set(receiver.received.map((message) => message.split('|')[9])), new Set(['F1']))
  const [state] = (await interfaces.states(tenant)).filter(({ id }) => id === 'faults')
  assert.deepEqual(
    [state?.destinations[0]?.waiting, state?.destinations[0]?.downSince !== undefined],
    [2, true],
  )
})

test('what is no message is answered AE with its place, and nothing is queued', async () => {
  const receiver = await aReceiver(acknowledge('AA'))
  const sender = await anInterface('garbage', receiver.port)

  const answer = await sender.ask(admission(1, 'G1').replace('PID|', 'P!D|'))

  assert.equal(told(answer).slice(0, 2), 'AE')
  assert.deepEqual(await interfaces.deliveries({ tenant, interface: 'garbage', limit: 10 }), [])
})

test('settings of endpoints are refused by name', async () => {
  const to = (settings: Record<string, unknown>) => () => mllpDestination.check({ kind: 'mllp', ...settings })
  assert.throws(to({ port: 2575 }), /host of an mllp endpoint must be the name/)
  assert.throws(to({ host: 'lis', port: 0 }), /port of an mllp endpoint must be a port/)
  assert.throws(to({ host: 'lis', port: 1, speed: 9 }), /speed of an mllp endpoint must be nothing/)
})
