/** Public FHIR clients talk to a whole platform as to any server: what they expect of http.html §3.1.0 is what they get. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import { fetchToken, startPlatform } from '@xinglin/client'
import type { Bundle } from '@xinglin/fhir'
import { Client, type FhirResource } from 'fhir-kit-client'

/** Its own declarations bring the browser's along, which then hold for the whole repository. */
type SmartClient = {
  create(resource: object): Promise<unknown>
  update(resource: object): Promise<unknown>
  patch(url: string, operations: readonly object[]): Promise<unknown>
  delete(url: string): Promise<unknown>
  request(url: string, options?: object): Promise<unknown>
}
const smart = createRequire(import.meta.url)('fhirclient') as (
  request: object,
  response: object,
) => { client(state: object): SmartClient }

const platform = await startPlatform({ environment: { XINGLIN_LOG_LEVEL: 'warn' } })
after(() => platform.stop())
const baseUrl = `${platform.baseUrl}/fhir/R4`
const token = (await fetchToken(platform.baseUrl, platform.client)).value

const patient = (family: string) => ({ resourceType: 'Patient' as const, name: [{ family }] })
const entries = (bundle: unknown) => (bundle as Bundle).entry ?? []
const withLinks = (bundle: FhirResource) => ({
  ...bundle,
  link: (bundle.link ?? []) as { relation: string; url: string }[],
})
const idOf = (resource: unknown) => String((resource as { id?: string }).id)
const versionOf = (resource: unknown) => (resource as { meta: { versionId: string } }).meta.versionId

test('fhir-kit-client does every interaction', async () => {
  const client = new Client({ baseUrl, bearerToken: token })

  const capabilities = await client.capabilityStatement()
  const made = await client.create({ resourceType: 'Patient', body: patient('Kit') })
  const id = idOf(made)
  const updated = await client.update({
    resourceType: 'Patient',
    id,
    body: { ...patient('Kit'), id, active: true },
  })
  const patched = await client.patch({
    resourceType: 'Patient',
    id,
    jsonPatch: [{ op: 'add', path: '/gender', value: 'female' }],
  })
  const read = await client.read({ resourceType: 'Patient', id })
  const first = await client.vread({ resourceType: 'Patient', id, version: '1' })
  await client.create({ resourceType: 'Patient', body: patient('Kit') })
  const page = await client.search({
    resourceType: 'Patient',
    searchParams: { family: 'Kit', _count: 1, _sort: '_id' },
  })
  const next = await client.nextPage({ bundle: withLinks(page) })
  const history = await client.history({ resourceType: 'Patient', id })
  const validated = await client.operation({
    name: 'validate',
    resourceType: 'Patient',
    method: 'POST',
    input: patient('Kit'),
  })
  const everything = await client.operation({
    name: 'everything',
    resourceType: 'Patient',
    id,
    method: 'GET',
  })
  await client.delete({ resourceType: 'Patient', id })
  const gone = await client.read({ resourceType: 'Patient', id }).then(
    () => 200,
    (error: { response: { status: number } }) => error.response.status,
  )

  assert.equal(capabilities.resourceType, 'CapabilityStatement')
  assert.deepEqual([made, updated, patched, first].map(versionOf), ['1', '2', '3', '1'])
  assert.deepEqual(read, patched)
  assert.deepEqual(
    [entries(page).length, entries(next).length, entries(history).length, entries(everything).length],
    [1, 1, 3, 1],
  )
  assert.deepEqual([validated.resourceType, gone], ['OperationOutcome', 410])
})

test('fhir-kit-client sends a transaction and searches in a compartment', async () => {
  const client = new Client({ baseUrl, bearerToken: token })
  const fullUrl = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a'
  const body = {
    resourceType: 'Bundle' as const,
    type: 'transaction',
    entry: [
      { fullUrl, resource: patient('Transacted'), request: { method: 'POST', url: 'Patient' } },
      {
        resource: { resourceType: 'Condition', subject: { reference: fullUrl } },
        request: { method: 'POST', url: 'Condition' },
      },
    ],
  }

  const answer = await client.transaction({ body })
  const found = await client.search({ resourceType: 'Patient', searchParams: { family: 'Transacted' } })
  const id = idOf(entries(found)[0]?.resource)
  const conditions = await client.compartmentSearch({
    resourceType: 'Condition',
    compartment: { resourceType: 'Patient', id },
  })
  const resolved = await client.resolve({ reference: `Patient/${id}` })

  assert.deepEqual(
    entries(answer).map(({ response }) => response?.status),
    ['201', '201'],
  )
  assert.deepEqual([entries(conditions).length, idOf(resolved)], [1, id])
})

test('fhirclient (SMART) creates, reads, updates, patches, deletes, follows pages and resolves references', async () => {
  const client = smart({ headers: {}, url: '/', socket: {} }, {}).client({
    serverUrl: baseUrl,
    tokenResponse: { access_token: token, token_type: 'Bearer' },
  })

  const made = await client.create({ ...patient('Smart') })
  const id = idOf(made)
  const updated = await client.update({ ...patient('Smart'), id, active: true })
  const patched = await client.patch(`Patient/${id}`, [{ op: 'replace', path: '/active', value: false }])
  for (const text of ['a', 'b', 'c'])
    await client.create({
      resourceType: 'Observation',
      status: 'final',
      code: { text },
      subject: { reference: `Patient/${id}` },
    })
  const pages = await client.request(`Observation?subject=Patient/${id}&_count=1`, {
    pageLimit: 0,
    flat: true,
    resolveReferences: 'subject',
  })
  const read = await client.request(`Patient/${id}`)
  await client.delete(`Patient/${id}`)
  const gone = await client.request(`Patient/${id}`).then(
    () => 'still there',
    (error: Error) => error.message,
  )

  assert.deepEqual([made, updated, patched].map(versionOf), ['1', '2', '3'])
  assert.deepEqual(read, patched)
  assert.deepEqual(
    (pages as { subject: { id: string } }[]).map(({ subject }) => subject.id),
    [id, id, id],
  )
  assert.match(gone, /410|Gone|deleted/)
})
