/** `/api/live`: what is appended reaches the screens that may see it, and nobody else. */

import { deepEqual, equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { testKernel } from '@xinglin/testkit'
import { WebSocket } from 'ws'

const kernel = await testKernel({ listen: true })
const client = await kernel.authorisation()
const url = `${kernel.baseUrl.replace('http', 'ws')}/api/live`
const author = { tenant: kernel.actor.tenant, actor: kernel.actor.reference }

test('a screen that follows one patient gets that patient and none of the content', {
  timeout: 10_000,
}, async () => {
  const screen = await open(client)
  await screen.subscribe({ patient: 'asha' })

  await kernel.records.commit(author, async (unit) => {
    unit.state({ kind: 'laboratory.result-arrived', patient: 'leo', data: { value: 5.1 } })
    unit.state({ kind: 'laboratory.result-arrived', patient: 'asha', data: { value: 5.1 } })
  })

  const [entry] = (await screen.next()).entries ?? []
  const { position, id, at, ...rest } = entry ?? {}
  ok(position && id && at)
  deepEqual(rest, { kind: 'laboratory.result-arrived', patient: 'asha' })
  screen.socket.close()
})

test('kinds are chosen by name or by prefix', async () => {
  const screen = await open(client)
  await screen.subscribe({ kinds: ['ward.*', 'laboratory.result-arrived'] })

  await kernel.records.commit(author, async (unit) => {
    unit.state(
      { kind: 'pharmacy.dispensed' },
      { kind: 'ward.bed-freed' },
      { kind: 'laboratory.result-arrived' },
    )
  })

  deepEqual(
    (await screen.next()).entries?.map((entry) => entry.kind),
    ['ward.bed-freed', 'laboratory.result-arrived'],
  )
  screen.socket.close()
})

test('a client without the right to read is refused, and the refusal is in the audit trail', async () => {
  const screen = await open(await kernel.authorisation(['system/Practitioner.r']))
  screen.socket.send(JSON.stringify({ subscribe: { patient: 'asha' } }))

  const [code] = await once(screen.socket, 'close')

  equal(code, 1008)
})

for (const [what, headers, status] of [
  ['without credentials', {}, 401],
  ['with a token that nobody gave', { authorization: 'Bearer nobody' }, 401],
  ['from a foreign page', { ...client, origin: 'https://elsewhere.example' }, 403],
] as const)
  test(`a socket ${what} is refused before the upgrade`, async () => {
    const socket = new WebSocket(url, { headers })
    const [, response] = await once(socket, 'unexpected-response')

    equal(response.statusCode, status)
    socket.on('error', () => undefined)
    socket.terminate()
  })

test('a page of our own origin is let in', async () => {
  const screen = await open({ ...client, origin: kernel.baseUrl })

  await screen.subscribe({})

  screen.socket.close()
})

test('a person whose roles change must open his screens anew', async () => {
  const { identity, actor } = kernel
  const { id, oneTimePassword } = await identity.people.create(actor, {
    ...{ login: 'lin.mei', display: 'Lin', roles: ['nurse'] },
  })
  const { token, actor: first } = await identity.accounts.signIn({
    login: 'lin.mei',
    password: oneTimePassword,
  })
  await identity.accounts.changePassword(first, { current: oneTimePassword, next: 'Willow-58-hill' })
  const screen = await open({ cookie: `xinglin_session=${token}` })
  const other = await open(client)

  await identity.people.setRoles(actor, { id, roles: ['clinician'], reason: 'promoted' })

  const [code] = await once(screen.socket, 'close')
  deepEqual([code, other.socket.readyState], [4403, WebSocket.OPEN])
  other.socket.close()
})

for (const message of [
  'no JSON',
  '{"subscribe":1}',
  '{"subscribe":{"patient":7}}',
  '{"subscribe":{"kinds":"all"}}',
])
  test(`a message that is no subscription closes the socket: ${message}`, async () => {
    const { socket } = await open(client)
    socket.send(message)

    const [code] = await once(socket, 'close')

    equal(code, 1008)
  })

type Message = {
  readonly entries?: readonly { kind?: string; position?: string; id?: string; at?: string }[]
}

async function open(headers: Readonly<Record<string, string>>) {
  const socket = new WebSocket(url, { headers })
  const messages: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  socket.on('message', (data) => {
    const message: Message = JSON.parse(String(data))
    const give = waiting.shift()
    if (give) give(message)
    else messages.push(message)
  })
  await once(socket, 'open')
  const next = async () => messages.shift() ?? (await new Promise<Message>((give) => waiting.push(give)))
  return {
    socket,
    next,
    async subscribe(subscription: object) {
      socket.send(JSON.stringify({ subscribe: subscription }))
      deepEqual(await next(), { subscribed: subscription })
    },
  }
}
