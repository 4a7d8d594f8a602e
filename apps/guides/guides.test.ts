/** What an administrator does with guides over HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { testKernel } from '@xinglin/testkit'
import { guides } from './app.ts'

const kernel = await testKernel({ apps: [guides] })

async function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { body, scopes = ['xinglin/guides.*'] }: { body?: object | Buffer; scopes?: readonly string[] } = {},
) {
  const isBytes = Buffer.isBuffer(body)
  const response = await kernel.web.http.inject({
    method,
    url: `/api/guides${path}`,
    headers: {
      ...(await kernel.authorisation(scopes)),
      ...(isBytes ? { 'content-type': 'application/gzip' } : {}),
    },
    ...(body ? { payload: body } : {}),
  })
  return { status: response.statusCode, body: response.body === '' ? undefined : response.json() }
}

const profile = 'http://example.org/p'
const definition = {
  resourceType: 'StructureDefinition',
  id: 'p',
  url: profile,
  name: 'P',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Basic',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Basic',
  derivation: 'constraint',
  snapshot: {
    element: [
      {
        id: 'Basic',
        path: 'Basic',
        definition: 'x',
        min: 0,
        max: '*',
        base: { path: 'Basic', min: 0, max: '*' },
      },
    ],
  },
}

/** POSIX ustar of files with short names. */
function packageOf(files: Readonly<Record<string, object>>): Buffer {
  const entries = Object.entries(files).flatMap(([name, value]) => {
    const content = Buffer.from(JSON.stringify(value))
    const header = Buffer.alloc(512)
    header.write(name, 0, 100)
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('        0', 148)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]))
}

const archive = packageOf({
  'package/package.json': { name: 'org.example', version: '1.0.0', fhirVersions: ['4.0.1'] },
  'package/StructureDefinition-p.json': definition,
})

test('a guide is added, listed and removed, and each act is in the audit trail', async () => {
  const added = await ask('POST', '/packages', { body: archive })
  const listed = await ask('GET', '/packages')
  const removed = await ask('DELETE', '/packages/org.example/1.0.0')
  const { entries } = await kernel.identity.auditTrail.list(kernel.actor, { limit: 50 })

  assert.deepEqual(added, {
    status: 201,
    body: {
      name: 'org.example',
      version: '1.0.0',
      fhirVersion: '4.0.1',
      addedAt: '2026-03-02T08:00:00.000+08:00',
      state: 'ready',
      definitions: 1,
      stored: 1,
      refused: [],
    },
  })
  assert.deepEqual(listed, { status: 200, body: { guides: [added.body] } })
  assert.equal(removed.status, 204)
  assert.deepEqual((await ask('GET', '/packages')).body, { guides: [] })
  assert.deepEqual(
    entries
      .filter(({ action }) => action === 'guides.package.write')
      .map(({ outcome, detail }) => [outcome, detail]),
    [
      ['allowed', 'remove org.example 1.0.0'],
      ['allowed', 'a package was sent'],
    ],
  )
})

test('a profile is required, listed and released', async () => {
  await ask('POST', '/packages', { body: archive })

  const required = await ask('POST', '/demands/required', { body: { profile } })
  const unknown = await ask('PUT', '/demands/unknown', { body: { unknown: 'refuse' } })
  const demands = await ask('GET', '/demands')
  const released = await ask('DELETE', `/demands/required?profile=${encodeURIComponent(profile)}`)

  assert.deepEqual(required, { status: 201, body: { type: 'Basic', profile } })
  assert.deepEqual([unknown.status, released.status], [204, 204])
  assert.deepEqual(demands.body, { required: [{ type: 'Basic', profile }], unknown: 'refuse' })
  assert.deepEqual((await ask('GET', '/demands')).body, { required: [], unknown: 'refuse' })
})

test('what is wrong is refused with its code', async () => {
  const codeOf = ({ status, body }: Awaited<ReturnType<typeof ask>>) => [
    status,
    body.issue[0].details.coding[0].code,
  ]

  assert.deepEqual(codeOf(await ask('POST', '/packages', { body: Buffer.from('no package') })), [
    400,
    'profiles.no-package',
  ])
  assert.deepEqual(codeOf(await ask('POST', '/packages', { body: { name: 'x' } })), [400, 'guides.no-body'])
  assert.deepEqual(codeOf(await ask('POST', '/demands/required', { body: {} })), [400, 'guides.field'])
  assert.deepEqual(
    codeOf(await ask('POST', '/demands/required', { body: { profile: 'http://example.org/x' } })),
    [422, 'profiles.unknown'],
  )
  assert.deepEqual(codeOf(await ask('DELETE', '/packages/nobody/1.0.0')), [404, 'profiles.unknown-guide'])
  assert.equal((await ask('GET', '/packages', { scopes: ['system/*.*'] })).status, 403)
  assert.equal(
    (await ask('POST', '/packages', { body: archive, scopes: ['xinglin/guides.package.read'] })).status,
    403,
  )
})
