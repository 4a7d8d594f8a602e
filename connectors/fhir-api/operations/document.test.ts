/** R4 composition-operation-document and documents.html §3.3.1: the document Bundle. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isValidResource } from '@xinglin/fhir/validate'
import { baseUrl, said, testDoor } from '../testing/door.ts'

const { ask } = await testDoor()
const put = async (resource: { resourceType: string; id: string; [element: string]: unknown }) => {
  const { status, text } = await ask('PUT', `${resource.resourceType}/${resource.id}`, { body: resource })
  assert.equal(status, 201, text)
}
const reference = (to: string) => ({ reference: to })
const letter = (id: string, words: object) =>
  put({
    resourceType: 'Composition',
    id,
    status: 'final',
    type: { text: 'Discharge letter' },
    subject: reference('Patient/p1'),
    date: '2026-03-01',
    author: [reference('Practitioner/gp')],
    title: 'Discharge letter',
    ...words,
  })
await put({ resourceType: 'Patient', id: 'p1' })
await put({ resourceType: 'Practitioner', id: 'gp' })
await put({
  resourceType: 'Observation',
  id: 'k',
  status: 'final',
  code: { text: 'potassium' },
  subject: reference('Patient/p1'),
})
await letter('whole', {
  section: [
    { title: 'Laboratory', entry: [reference('Observation/k'), reference('http://elsewhere/Media/1')] },
  ],
})
await letter('torn', { section: [{ title: 'Imaging', entry: [reference('ImagingStudy/none')] }] })

type Document = {
  readonly type: string
  readonly timestamp: string
  readonly identifier: { readonly system: string; readonly value: string }
  readonly entry: readonly {
    readonly fullUrl: string
    readonly resource: { readonly resourceType: string }
  }[]
}

test('the Composition comes first, then what it refers to, under an identifier of its own', async () => {
  const first = await ask('GET', 'Composition/whole/$document')
  const second = await ask('POST', 'Composition/whole/$document?persist=false')

  const document = first.body as Document
  assert.deepEqual(
    [first.status, document.type, document.timestamp],
    [200, 'document', '2026-03-02T08:00:00.000+08:00'],
  )
  assert.deepEqual(
    document.entry.map(({ fullUrl }) => fullUrl),
    ['Composition/whole', 'Patient/p1', 'Practitioner/gp', 'Observation/k'].map(
      (name) => `${baseUrl}/${name}`,
    ),
  )
  assert.ok(isValidResource(first.body))
  assert.notEqual(document.identifier.value, (second.body as Document).identifier.value)
})

test('a document that would lack a part is refused, and so is one that should be stored', async () => {
  const refusals = [
    await ask('GET', 'Composition/torn/$document'),
    await ask('GET', 'Composition/whole/$document?persist=true'),
    await ask('GET', 'Composition/none/$document'),
  ].map(said)

  assert.deepEqual(refusals, [
    [
      409,
      'conflict',
      'fhir-api.document-incomplete',
      'Composition',
      'the Composition refers to ImagingStudy/none, which is not in the record; mend the reference',
    ],
    [
      422,
      'not-supported',
      'fhir-api.document-persist',
      'persist',
      'documents are not stored here; leave persist out and send what you want to keep',
    ],
    [404, 'not-found', 'fhir-api.not-found', undefined, 'there is no such Composition'],
  ])
})
