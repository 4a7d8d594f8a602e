/** A receiver of notifications as others run them: a real HTTP server that keeps what it gets and answers as it is told. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bundle, Parameters } from '@xinglin/fhir'
import { jsonOfXml } from '@xinglin/fhir/xml'

export type Received = {
  readonly headers: IncomingHttpHeaders
  readonly bundle: Bundle
  readonly path: string
  readonly text: string
}

export type Receiver = {
  /** `http://127.0.0.1:<port>/hook`. */
  readonly endpoint: string
  readonly received: readonly Received[]
  /** Status of the next answers; a function may look at what came. */
  answer: (received: Received) => number | Promise<number>
  /** Settles when so many of a type have come; fails after a minute. */
  until(type: string, count: number): Promise<readonly Received[]>
  close(): Promise<void>
}

const patienceMs = 60_000

/** A receiver on a free port; closed after the tests of this file. */
export async function openReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = []
  const receiver = { answer: (_: Received): number | Promise<number> => 200 }
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const isXml = request.headers['content-type']?.includes('xml') ?? false
    const bundle = JSON.parse(isXml ? jsonOfXml(text) : text) as Bundle
    const one = { headers: request.headers, path: request.url ?? '', text, bundle }
    const status = await receiver.answer(one)
    received.push(one)
    response.statusCode = status
    response.end()
  }
  const server = createServer((request, response) => void take(request, response))
  await new Promise<void>((settle) => server.listen(port, '127.0.0.1', settle))
  const close = () =>
    new Promise<void>((settle) => {
      server.close(() => settle())
      server.closeAllConnections()
    })
  after(close)
  return Object.assign(receiver, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    close,
    async until(type: string, count: number) {
      const giveUpAt = performance.now() + patienceMs
      for (;;) {
        const ofType = received.filter(({ bundle }) => typeOf(bundle) === type)
        if (ofType.length >= count) return ofType
        if (performance.now() > giveUpAt)
          throw new Error(`${ofType.length} of ${count} ${type} came; in all ${received.length}`)
        await sleep(10)
      }
    },
  })
}

/** The status that every notification begins with. */
export function statusIn(bundle: Bundle): Parameters {
  return bundle.entry?.[0]?.resource as Parameters
}

/** Type of a notification: handshake, heartbeat, event-notification. */
export function typeOf(bundle: Bundle): string | undefined {
  return statusIn(bundle).parameter?.find(({ name }) => name === 'type')?.valueCode
}

/** Numbers of the events of notifications, in the order in which they came. */
export function numbersIn(bundles: readonly Bundle[]): readonly number[] {
  return bundles.flatMap((bundle) =>
    (statusIn(bundle).parameter ?? [])
      .filter(({ name }) => name === 'notification-event')
      .map(({ part = [] }) => Number(part.find(({ name }) => name === 'event-number')?.valueString)),
  )
}

/** A notification without the ids that are made anew each time. */
export function plain({ id: _own, ...bundle }: Bundle): unknown {
  const [first, ...others] = bundle.entry ?? []
  const { id: _status, ...status } = statusIn(bundle)
  return { ...bundle, entry: [{ ...first, fullUrl: 'urn:uuid', resource: status }, ...others] }
}
