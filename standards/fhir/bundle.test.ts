/** FHIR R4 §3.1.0.11.2: the order of a transaction and the rewriting of references in it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Encounter } from 'fhir/r4'
import { conditionalReferences, rewriteReferences, transactionOrder } from './bundle.ts'

test('a transaction deletes, creates, updates, then reads, whatever the order in the bundle', () => {
  const entries = (['GET', 'PUT', 'POST', 'DELETE', 'POST'] as const).map((method) => ({
    request: { method, url: 'Patient' },
  }))

  assert.deepEqual(transactionOrder(entries), [3, 2, 4, 1, 0])
})

test('references, uris and links of the narrative are rewritten; identifiers and the rest of the text are not', () => {
  const resource = {
    text: { div: '<div>urn:uuid:1 <a href="urn:uuid:1">x</a></div>' },
    identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:uuid:1' }],
    subject: { reference: 'urn:uuid:1' },
    performer: [{ reference: 'Practitioner?identifier=7' }, { reference: 'Practitioner/9' }],
    extension: [{ url: 'http://x', valueUri: 'urn:uuid:1' }],
  }
  const known: Record<string, string> = {
    'urn:uuid:1': 'Patient/1',
    'Practitioner?identifier=7': 'Practitioner/7',
  }

  const rewritten = rewriteReferences(resource, (uri) => known[uri])

  assert.deepEqual(rewritten, {
    text: { div: '<div>urn:uuid:1 <a href="Patient/1">x</a></div>' },
    identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:uuid:1' }],
    subject: { reference: 'Patient/1' },
    performer: [{ reference: 'Practitioner/7' }, { reference: 'Practitioner/9' }],
    extension: [{ url: 'http://x', valueUri: 'Patient/1' }],
  })
  assert.equal(rewritten.identifier, resource.identifier)
})

function visit(subject: string, ...practitioners: readonly string[]): Encounter {
  const participant = practitioners.map((reference) => ({ individual: { reference } }))
  return {
    resourceType: 'Encounter',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: subject },
    participant,
  }
}

test('conditional references are listed once, in the order in which they appear', () => {
  const entry = [
    { resource: visit('Patient/1', 'Practitioner?identifier=b') },
    { resource: visit('Patient/1', 'Practitioner?identifier=a', 'Practitioner?identifier=b') },
  ]

  assert.deepEqual(conditionalReferences({ entry }), [
    'Practitioner?identifier=b',
    'Practitioner?identifier=a',
  ])
})
