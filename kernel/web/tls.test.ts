/** HTTPS of the web server: the cookie is secure, the header of RFC 6797 stands, and websockets go over the same port. */
import { deepEqual, equal } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { after, test } from 'node:test'
import { createEventLog } from '@xinglin/events'
import { createIdentity } from '@xinglin/identity'
import { openCertificates } from '@xinglin/keys'
import { makeAuthority } from '@xinglin/keys/testing'
import { createRecords } from '@xinglin/records'
import { testDatabase, testRuntime } from '@xinglin/testkit'
import WebSocket from 'ws'
import { createWeb } from './web.ts'

test('over HTTPS the session cookie is Secure, browsers are told to stay, and a live socket opens', async () => {
  const authority = makeAuthority()
  after(() => authority.remove())
  const runtime = testRuntime()
  const database = await testDatabase()
  const events = createEventLog({ database, runtime })
  const records = createRecords({ database, events, runtime })
  const identity = createIdentity({
    ...{ database, records, events, runtime, settings: { secondFactor: 'optional' } },
  })
  after(() => identity.stop())
  await identity.ensureAdministrator({ password: 'Apricot-Grove-2026' })
  const certificates = await openCertificates(authority.certify('hospital'), { log: runtime.log })
  after(() => certificates.stop())
  const tls = certificates.door({ demandsClient: false })
  const web = await createWeb({ identity, events, runtime, bind: '127.0.0.1', port: 0, tls })
  after(() => web.close())
  const { port } = await web.listen()
  const ca = readFileSync(authority.authority)

  const signedIn = await ask({ port, ca }, { login: 'admin', password: 'Apricot-Grove-2026' })

  equal(signedIn.statusCode, 200)
  equal(signedIn.headers['strict-transport-security'], 'max-age=31536000')
  const cookie = String(signedIn.headers['set-cookie'])
  deepEqual(
    ['Secure', 'HttpOnly', 'SameSite=Strict'].filter((word) => !cookie.includes(word)),
    [],
  )
  const socket = new WebSocket(`wss://127.0.0.1:${port}/api/live`, {
    ca,
    headers: { cookie: cookie.split(';')[0], origin: `https://127.0.0.1:${port}` },
  })
  await new Promise<void>((settle, fail) => socket.on('open', settle).on('error', fail))
  socket.terminate()
})

function ask(at: { port: number; ca: Buffer }, body: object) {
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>()
  const headers = { 'content-type': 'application/json' }
  request(
    { ...at, host: '127.0.0.1', path: '/api/session', method: 'POST', headers, agent: false },
    (answer) => resolve(answer.resume()),
  )
    .on('error', reject)
    .end(JSON.stringify(body))
  return promise
}
