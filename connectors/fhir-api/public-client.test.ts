/** A public FHIR client (fhir-kit-client) talks to the door over HTTP as to any server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel } from '@xinglin/testkit'
import { Client } from 'fhir-kit-client'
import { fhirPath, registerFhirApi } from './fhir-api.ts'

const kernel = await testKernel({ listen: true, register: (each) => registerFhirApi(each) })
const { authorization } = await kernel.authorisation()
const client = new Client({ baseUrl: `${kernel.baseUrl}${fhirPath}`, customHeaders: { authorization } })

test('it reads the capabilities, then creates, reads, updates, searches, pages, and deletes', async () => {
  const capabilities = await client.capabilityStatement()
  const made = await client.create({
    resourceType: 'Patient',
    body: { resourceType: 'Patient', name: [{ family: '张' }] },
  })
  const id = String(made.id)
  const read = await client.read({ resourceType: 'Patient', id })
  const updated = await client.update({
    resourceType: 'Patient',
    id,
    body: { ...read, resourceType: 'Patient', active: true },
  })
  await client.create({
    resourceType: 'Patient',
    body: { resourceType: 'Patient', name: [{ family: '张' }] },
  })
  const page = await client.search({ resourceType: 'Patient', searchParams: { name: '张', _count: 1 } })
  const next = await client.nextPage({ bundle: page as Parameters<typeof client.nextPage>[0]['bundle'] })
  const history = await client.resourceHistory({ resourceType: 'Patient', id })
  await client.delete({ resourceType: 'Patient', id })

  const count = (bundle: unknown) => (bundle as { entry?: readonly unknown[] }).entry?.length
  assert.equal(capabilities.resourceType, 'CapabilityStatement')
  assert.deepEqual(read, made)
  assert.equal((updated.meta as { versionId: string }).versionId, '2')
  assert.deepEqual([count(page), count(next), count(history)], [1, 1, 2])
  await assert.rejects(
    client.read({ resourceType: 'Patient', id }),
    (error: { response: { status: number } }) => error.response.status === 410,
  )
})

test('it sends a transaction and finds what it made', async () => {
  const body = {
    resourceType: 'Bundle' as const,
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a',
        resource: { resourceType: 'Patient', identifier: [{ value: 'kit' }] },
        request: { method: 'POST', url: 'Patient' },
      },
      {
        resource: {
          resourceType: 'Condition',
          subject: { reference: 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a' },
        },
        request: { method: 'POST', url: 'Condition' },
      },
    ],
  }

  const answer = await client.transaction({ body })
  const found = await client.search({
    resourceType: 'Condition',
    searchParams: { 'patient.identifier': 'kit' },
  })

  const entries = (bundle: unknown) => (bundle as { entry: readonly unknown[] }).entry
  assert.equal(entries(answer).length, 2)
  assert.equal(entries(found).length, 1)
})
