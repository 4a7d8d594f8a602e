/** Websocket channel (backport §websockets) with a real client: token, binding, handshake, events, heartbeat. */
import { deepEqual, equal } from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bundle, Parameters } from '@xinglin/fhir'
import { asha } from '@xinglin/testkit'
import { type Asked, aStay, aSubscription, openHospital, put } from './testing/hospital.ts'
import { numbersIn, typeOf } from './testing/receiver.ts'

const hospital = await openHospital({ listen: true })
await put(hospital, asha)

type Listener = {
  readonly told: readonly Bundle[]
  readonly socket: WebSocket
  readonly closed: Promise<string>
  until(count: number): Promise<readonly Bundle[]>
}

/** Opens a socket and sends its first message. */
async function listen(url: string, message: string): Promise<Listener> {
  const socket = new WebSocket(url)
  const told: Bundle[] = []
  socket.addEventListener('message', ({ data }) => told.push(JSON.parse(String(data))))
  const closed = new Promise<string>((settle) =>
    socket.addEventListener('close', ({ reason }) => settle(reason)),
  )
  await new Promise((settle, fail) => {
    socket.addEventListener('open', settle)
    socket.addEventListener('error', fail)
  })
  after(() => socket.close())
  socket.send(message)
  const until = async (count: number) => {
    const giveUpAt = performance.now() + 60_000
    while (told.length < count) {
      if (performance.now() > giveUpAt) throw new Error(`${told.length} of ${count} came`)
      await sleep(10)
    }
    return told
  }
  return { told, socket, closed, until }
}

/** The answer of `$get-ws-binding-token`, its address led to where this test listens. */
async function tokenFor(path: string) {
  const { body } = await hospital.ask('GET', path)
  const { parameter = [] } = body as Parameters
  const text = (name: string) => parameter.find((each) => each.name === name)
  const url = new URL(text('websocket-url')?.valueUrl ?? '')
  return {
    parameter,
    token: text('token')?.valueString ?? '',
    url: `${hospital.kernel.baseUrl.replace('http', 'ws')}${url.pathname}`,
  }
}

const newSubscription = async (asked: Omit<Asked, 'endpoint'> = {}) => {
  const id = await hospital.subscribe(aSubscription(asked))
  await hospital.untilStatus(id, 'active')
  return id
}

test('a token says how long it holds, for what, and where to connect', async () => {
  const id = await newSubscription()

  const { parameter } = await tokenFor(`Subscription/${id}/$get-ws-binding-token`)

  deepEqual(
    parameter.map(({ name, valueString, ...other }) =>
      name === 'token' ? [name, valueString?.length] : { name, valueString, ...other },
    ),
    [
      ['token', 43],
      { name: 'expiration', valueString: undefined, valueDateTime: '2026-03-02T08:05:00.000+08:00' },
      { name: 'subscription', valueString: id },
      {
        name: 'websocket-url',
        valueString: undefined,
        valueUrl: 'ws://hospital.test/fhir/R4/$subscriptions',
      },
    ],
  )
})

test('a bound socket gets a handshake, what was not sent before, and each event as it happens', async () => {
  const id = await newSubscription({ content: 'full-resource' })
  await put(hospital, aStay('before-binding', 'asha'))
  const { token, url } = await tokenFor(`Subscription/${id}/$get-ws-binding-token`)

  const listener = await listen(url, `bind-with-token: ${token}`)
  await listener.until(2)
  await put(hospital, aStay('while-bound', 'asha'))
  const told = await listener.until(3)

  deepEqual(told.map(typeOf), ['handshake', 'event-notification', 'event-notification'])
  deepEqual(numbersIn(told), [1, 2])
  deepEqual(
    told.slice(1).map(({ entry }) => entry?.[1]?.resource?.id),
    ['before-binding', 'while-bound'],
  )
})

test('one socket may listen to several subscriptions by one token, and heartbeats come on it', async () => {
  const ids = [await newSubscription({ heartbeat: 60 }), await newSubscription()]
  const { token, url } = await tokenFor(`Subscription/$get-ws-binding-token?id=${ids.join(',')}`)

  const listener = await listen(url, `bind-with-token ${token}`)
  await listener.until(2)
  hospital.kernel.runtime.advance(60_000)
  const told = await listener.until(3)

  deepEqual(told.map(typeOf), ['handshake', 'handshake', 'heartbeat'])
})

test('a token is used once; who shows none, an old or a wrong one is closed', async () => {
  const id = await newSubscription()
  const { token, url } = await tokenFor(`Subscription/${id}/$get-ws-binding-token`)
  await (await listen(url, `bind-with-token ${token}`)).until(1)
  const old = await tokenFor(`Subscription/${id}/$get-ws-binding-token`)
  hospital.kernel.runtime.advance(301_000)

  const listeners = await Promise.all(
    [token, old.token, 'x'.repeat(43)].map((each) => listen(url, `bind-with-token ${each}`)),
  )

  deepEqual(
    await Promise.all(listeners.map(({ closed }) => closed)),
    Array.from({ length: 3 }, () => 'send bind-with-token and a token that is not used yet'),
  )
})

test('when the subscription is deleted its socket is closed', async () => {
  const id = await newSubscription()
  const { token, url } = await tokenFor(`Subscription/${id}/$get-ws-binding-token`)
  const listener = await listen(url, `{"type":"bind-with-token","payload":{"token":"${token}"}}`)
  await listener.until(1)

  await hospital.ask('DELETE', `Subscription/${id}`)

  equal(await listener.closed, 'no subscription is bound to this socket any more')
})
