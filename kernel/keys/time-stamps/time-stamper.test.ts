/** Time stamps of a real authority (`openssl ts` behind HTTP), and every way in which one does not hold. */
import { deepEqual, equal, rejects, throws } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { OutcomeError } from '@xinglin/fhir'
import { makeAuthority } from '../testing/authority.ts'
import { createTimeStamper } from './time-stamper.ts'

const document = Buffer.from('出院小结，最终版')
const ca = makeAuthority()
const foreign = makeAuthority('Foreign authority')
after(() => [ca, foreign].forEach((each) => void each.remove()))
const stamping = { extensions: ['extendedKeyUsage=critical,timeStamping'] }
const tsa = ca.certify('tsa', stamping)
const web = ca.certify('web', { extensions: ['extendedKeyUsage=serverAuth'] })
const tsaPath = (name: string) => join(ca.folder, name)
writeFileSync(tsaPath('serial'), '01\n')
writeFileSync(
  tsaPath('tsa.cnf'),
  `[tsa]
default_tsa = now
[now]
serial = ${tsaPath('serial')}
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
`,
)

/** Answers of the authority, which a test may change on their way. */
let change = (answer: Buffer) => answer
const server = createServer((request, response) => void answerTo(request, response))
async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  writeFileSync(tsaPath('query'), Buffer.concat(chunks))
  response.setHeader('content-type', 'application/timestamp-reply')
  response.end(change(reply()))
}
server.listen(0, '127.0.0.1')
await once(server, 'listening')
after(() => server.close())
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
const stamper = createTimeStamper({ url, authorities: [readFileSync(ca.authority, 'utf8')] })

test('a document is stamped, verified later, and its token is one that openssl verifies', async () => {
  const stamp = await stamper.stamp(document)

  equal(stamp.authority, 'CN=tsa')
  deepEqual(stamper.verify(document, stamp.token), stamp)
  writeFileSync(tsaPath('document'), document)
  writeFileSync(tsaPath('token'), Buffer.from(stamp.token, 'base64'))
  const verified = execFileSync(
    'openssl',
    [
      'ts',
      '-verify',
      '-data',
      tsaPath('document'),
      '-in',
      tsaPath('token'),
      '-token_in',
      '-CAfile',
      ca.authority,
    ],
    { stdio: 'pipe' },
  )
  equal(verified.toString().trim(), 'Verification: OK')
})

test('another document, a changed byte or an authority that is not trusted does not hold', async () => {
  const { token } = await stamper.stamp(document)
  const bytes = Buffer.from(token, 'base64')
  throws(() => stamper.verify(Buffer.from('another'), token), code('keys.time-stamp'))
  const strangers = createTimeStamper({ url, authorities: [readFileSync(foreign.authority, 'utf8')] })
  throws(() => strangers.verify(document, token), code('keys.time-stamp'))

  const held = [...bytes.keys()].filter((at) => {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    try {
      return stamper.verify(document, changed.toString('base64')).token !== ''
    } catch (error) {
      if (error instanceof OutcomeError) return false
      throw error
    }
  })
  // Identifiers beside what is signed: versions, and names of algorithms that are said twice.
  const share = held.length / bytes.length
  equal(share < 0.15, true, `${held.length} of ${bytes.length} bytes may be changed unseen`)
})

test('an answer to another request is refused, as is a refusal and rubbish', async () => {
  const earlier = await captured()
  const cases: readonly (readonly [Buffer, string])[] = [
    [earlier, 'keys.time-stamp'],
    [Buffer.from('30053003020102', 'hex'), 'keys.time-stamp-refused'],
    [Buffer.from('<html>'), 'keys.time-stamp-refused'],
    [Buffer.alloc(0), 'keys.time-stamp-refused'],
    [Buffer.alloc(70_000), 'keys.time-stamp-unavailable'],
  ]
  for (const [answer, expected] of cases) {
    change = () => answer
    await rejects(stamper.stamp(document), code(expected))
  }
  change = (answer) => answer
})

test('a service that does not answer is told as such', async () => {
  const gone = createTimeStamper({ url: 'http://127.0.0.1:9/', authorities: [] })
  await rejects(gone.stamp(document), code('keys.time-stamp-unavailable'))
})

test('openssl itself refuses to stamp by a certificate that is for something else', () => {
  throws(() => reply(web))
})

async function captured(): Promise<Buffer> {
  let answer = Buffer.alloc(0)
  change = (given) => {
    answer = Buffer.from(given)
    return given
  }
  await stamper.stamp(document)
  return answer
}

function reply(by = tsa): Buffer {
  const args = [
    '-queryfile',
    tsaPath('query'),
    '-config',
    tsaPath('tsa.cnf'),
    '-signer',
    by.certificate,
    '-inkey',
    by.key,
  ]
  return execFileSync('openssl', ['ts', '-reply', ...args], { stdio: 'pipe' })
}

function code(expected: string) {
  return (error: unknown) =>
    error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
}
