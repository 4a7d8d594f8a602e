/** MLLP over TLS (IHE ITI TF-2 §3.19) with a client certificate demanded. */
import { deepEqual, equal } from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { connect } from 'node:tls'
import { createFrameReader, frame } from '@xinglin/hl7v2/mllp'
import { openCertificates } from '@xinglin/keys'
import { makeAuthority } from '@xinglin/keys/testing'
import { testKernel, testTenant } from '@xinglin/testkit'
import { aMessage } from './fixtures/messages.ts'
import { startHl7Listener } from './hl7-listener.ts'

test('a sender with a certificate is answered AA over TLS; one without is not answered at all', async () => {
  const authority = makeAuthority()
  after(() => authority.remove())
  const kernel = await testKernel()
  const certificates = await openCertificates(
    { ...authority.certify('hospital'), clientAuthorities: authority.authority },
    { log: kernel.runtime.log },
  )
  after(() => certificates.stop())
  const tls = certificates.door({ demandsClient: true })
  const listener = await startHl7Listener(kernel, { bind: '127.0.0.1', port: 0, tenant: testTenant, tls })
  after(() => listener.stop())
  const trusted = { host: '127.0.0.1', port: listener.port, ca: readFileSync(authority.authority) }
  const { certificate, key } = authority.certify('his')
  const message = frame(
    Buffer.from(aMessage('ADT^A04^ADT_A01', ['EVN|A04|20260302', 'PID|1||7^^^QLYX^MR||张^三'])),
  )

  const sender = connect({ ...trusted, cert: readFileSync(certificate), key: readFileSync(key) })
  await once(sender, 'secureConnect')
  sender.write(message)
  const [chunk] = (await once(sender, 'data')) as [Buffer]
  const answers = createFrameReader()
    .push(chunk, 0)
    .flatMap((event) => (event.kind === 'frame' ? [Buffer.from(event.content).toString('utf8')] : []))
  sender.end()
  await once(sender, 'close')
  deepEqual(
    answers.map((answer) => /\rMSA\|(\w\w)/.exec(answer)?.[1]),
    ['AA'],
  )

  const stranger = connect(trusted)
  const refused = new Promise<string | undefined>((settle) =>
    stranger.on('error', (error: NodeJS.ErrnoException) => settle(error.code)),
  )
  const received: Buffer[] = []
  stranger.on('data', (bytes: Buffer) => received.push(bytes))
  stranger.write(message)
  equal(await refused, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')
  equal(received.length, 0)
  equal((await kernel.traffic.list({ tenant: testTenant, limit: 10 })).length, 1)
})
