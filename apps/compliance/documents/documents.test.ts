/** Final documents signed by the platform, stamped by an authority, and found out when their bytes change. */
import { deepEqual, equal } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from '@xinglin/database'
import type { Position } from '@xinglin/events'
import type { Composition, Provenance } from '@xinglin/fhir'
import { makeAuthority } from '@xinglin/keys/testing'
import { asha, testKernel, testTenant } from '@xinglin/testkit'
import { compliance } from '../app.ts'
import { onDocument, signDocument, timeStamperOf } from './sign-document.ts'
import { sealOf } from './signature.ts'

const ca = makeAuthority()
after(() => ca.remove())
const tsa = ca.certify('tsa', { extensions: ['extendedKeyUsage=critical,timeStamping'] })
const at = (name: string) => join(ca.folder, name)
writeFileSync(at('serial'), '01\n')
writeFileSync(
  at('tsa.cnf'),
  `[tsa]\ndefault_tsa = now\n[now]\nserial = ${at('serial')}\ndefault_policy = 1.2.3.4.1\ndigests = sha256\nsigner_digest = sha256\ness_cert_id_alg = sha256\n`,
)
const service = createServer((request, response) => void stamp(request, response))
async function stamp(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  writeFileSync(at('query'), Buffer.concat(chunks))
  const args = [
    '-queryfile',
    at('query'),
    '-config',
    at('tsa.cnf'),
    '-signer',
    tsa.certificate,
    '-inkey',
    tsa.key,
  ]
  response.end(execFileSync('openssl', ['ts', '-reply', ...args], { stdio: 'pipe' }))
}
service.listen(0, '127.0.0.1')
await once(service, 'listening')
after(() => service.close())

const plain = await testKernel({ apps: [compliance] })
const settings = {
  XINGLIN_SIGN_DOCUMENTS: 'on',
  XINGLIN_TIME_STAMP_URL: `http://127.0.0.1:${(service.address() as AddressInfo).port}/`,
  XINGLIN_TIME_STAMP_AUTHORITIES: ca.authority,
}
const kernel = { ...plain, settings }
const headers = await plain.authorisation()
const records = plain.identity.recordsFor(plain.actor)
const asked = { tenant: testTenant, type: 'Composition', id: 'summary' } as const
const summary = (status: Composition['status']): Composition => ({
  ...{ resourceType: 'Composition', id: 'summary', status, title: '出院小结', date: '2026-03-02' },
  type: { text: '出院小结' },
  subject: { reference: `Patient/${asha.id}` },
  author: [{ display: '王医生' }],
})
await records.commit((unit) =>
  unit.write([{ kind: 'create', id: 'summary', resource: summary('preliminary') }]),
)
await records.commit((unit) => unit.write([{ kind: 'update', resource: summary('final') }]))
const signatures = async () =>
  (await records.search('Provenance', [['target', 'Composition/summary']])).matches.length
const state = async (version: number) =>
  (
    await plain.web.http.inject({ url: `/api/compliance/documents/Composition/summary/${version}`, headers })
  ).json()

test('a draft is not signed, a final document is, once', async () => {
  await signDocument(kernel, { ...asked, version: 1 })
  equal(await signatures(), 0)

  await signDocument(kernel, { ...asked, version: 2 })
  await signDocument(kernel, { ...asked, version: 2 })

  equal(await signatures(), 1)
  deepEqual(await state(1), { isSigned: false })
  deepEqual(await state(2), { isSigned: true, isValid: true, key: 's1', algorithm: 'ECDSA-P256-SHA256' })
})

test('the signature bears a time stamp of the authority that is trusted', async () => {
  const { matches } = await records.search('Provenance', [['target', 'Composition/summary']])
  const provenance = JSON.parse(matches[0]?.json ?? 'null') as Provenance
  const { value, timeStamp = '' } = sealOf(provenance)
  const stamper = await timeStamperOf(kernel)

  equal(stamper?.verify(Buffer.from(value, 'base64'), timeStamp).authority, 'CN=tsa')
  deepEqual(provenance.target, [{ reference: 'Composition/summary/_history/2' }])
})

test('changed bytes in the database are found out', async () => {
  await plain.database.query(sql`
    update records.current
    set content = replace(content, '王医生', '李医生')
    where type = 'Composition' and id = 'summary'`)

  equal((await state(2)).isValid, false)
})

test('the log asks for a signature only where the installation signs', async () => {
  const react = async (given: typeof kernel | typeof plain) => {
    const entry = { at: plain.runtime.now(), tenant: testTenant, actor: 'user/1', position: '' as Position }
    const entries = ['Composition', 'Observation'].map((resourceType, index) => ({
      ...entry,
      ...{ kind: 'record.updated', id: String(index), resourceType, resourceId: 'summary', version: 2 },
    }))
    await plain.database.transaction((transaction) => onDocument.react(entries, transaction, given))
    return (await plain.jobs.states()).map(({ task, waiting }) => `${task} ${waiting}`)
  }
  await plain.jobs.stop()

  deepEqual(await react(plain), [])
  deepEqual(await react(kernel), ['compliance.sign-document 1'])
})
