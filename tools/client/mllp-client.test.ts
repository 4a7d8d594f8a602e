/** The sender keeps a message until it is answered, whatever becomes of the connection. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createMllpClient } from './mllp-client.ts'

const answer = '\u000bMSH|^~\\&|\rMSA|AA|1\r\u001c\r'

/** A listener that answers each message, and does `then` to the connection. */
async function aListener(then: (socket: Socket) => void) {
  const received: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      received.push(bytes.toString('utf8'))
      socket.write(answer, () => then(socket))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const address = server.address()
  assert(typeof address === 'object' && address)
  const client = createMllpClient({ host: '127.0.0.1', port: address.port })
  after(() => client.close())
  return { client, received }
}

test('a connection that ends between two messages is opened again for the next', async () => {
  const { client, received } = await aListener((socket) => socket.destroy())

  const first = await client.send(Buffer.from('one'))
  await pause(50)
  const second = await client.send(Buffer.from('two'))

  assert.deepEqual([first.code, second.code], ['AA', 'AA'])
  assert.deepEqual(received, ['\u000bone\u001c\r', '\u000btwo\u001c\r'])
})

test('a connection that is reset between two messages is opened again for the next', async () => {
  const { client } = await aListener((socket) => socket.resetAndDestroy())

  const first = await client.send(Buffer.from('one'))
  await pause(50)
  const second = await client.send(Buffer.from('two'))

  assert.deepEqual([first.code, second.code], ['AA', 'AA'])
})

test('messages that are on their way together are answered in their order, however the answers arrive', async () => {
  const frames: string[] = []
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      frames.push(...bytes.toString('utf8').split('\u001c\r').slice(0, -1))
      if (frames.length < 3) return
      const codes = ['AA', 'AE', 'AR'].map((code) => `\u000bMSH|^~\\&|\rMSA|${code}|1\r\u001c\r`).join('')
      socket.write(codes.slice(0, 30), () => socket.write(codes.slice(30)))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const address = server.address()
  assert(typeof address === 'object' && address)
  const client = createMllpClient({ host: '127.0.0.1', port: address.port })
  after(() => client.close())

  const answers = await Promise.all(['one', 'two', 'three'].map((text) => client.send(Buffer.from(text))))

  assert.deepEqual(
    answers.map(({ code }) => code),
    ['AA', 'AE', 'AR'],
  )
  assert.deepEqual(frames, ['\u000bone', '\u000btwo', '\u000bthree'])
})
