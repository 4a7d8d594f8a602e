/** Stopping: what is under way is finished, what never ends is cut off in time. */

import { equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testKernel } from '@xinglin/testkit'
import { createWeb } from './web.ts'

const { identity, events, runtime, authorisation } = await testKernel()
const client = await authorisation()

async function listening(handle: () => Promise<unknown>) {
  const web = await createWeb({ identity, events, runtime, bind: '127.0.0.1', port: 0 })
  const entered = Promise.withResolvers<void>()
  web.http.get('/api/slow', () => {
    entered.resolve()
    return handle()
  })
  const { port } = await web.listen()
  return { web, port, entered: entered.promise, url: `http://127.0.0.1:${port}/api/slow` }
}

test('a request under way is answered before the server has closed', async () => {
  const { web, url, entered } = await listening(async () => {
    await sleep(300)
    return { done: true }
  })
  const asked = fetch(url)
  await entered

  await web.close()

  equal((await asked).status, 200)
})

test('a request that never ends is cut off after 4 s', async () => {
  const { web, url, entered } = await listening(() => new Promise(() => undefined))
  const asked = fetch(url).catch((error: Error) => error.name)
  await entered
  const startedMs = performance.now()

  await web.close()

  ok(performance.now() - startedMs < 6_000)
  equal(await asked, 'TypeError')
})

test('a websocket whose peer does not answer is cut off', async () => {
  const { web, port } = await listening(async () => undefined)
  const socket = connect({ host: '127.0.0.1', port })
  socket.write(
    `GET /api/live HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nauthorization: ${client.authorization}\r\n\r\n`,
  )
  await once(socket, 'data')
  const startedMs = performance.now()

  await web.close()

  ok(performance.now() - startedMs < 3_000)
  socket.destroy()
})
