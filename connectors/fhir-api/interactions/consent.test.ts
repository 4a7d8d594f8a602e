/** A patient's refusal at the FHIR door: nothing of the record gets through by any way of asking, and the consent is named. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { said, testDoor } from '../testing/door.ts'

const { ask } = await testDoor()
/** Stands in everything of the patient who refuses. */
const secret = 'Quillfeather'
const refusing = { reference: 'Patient/refusing' }
const agreeing = { reference: 'Patient/agreeing' }

const put = async (resource: { resourceType: string; id: string; [element: string]: unknown }) => {
  const { status, text } = await ask('PUT', `${resource.resourceType}/${resource.id}`, { body: resource })
  assert.ok(status === 201 || status === 200, text)
}
const result = (id: string, subject: object, text: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text },
  subject,
  effectiveDateTime: '2026-01-02',
})

await put({ resourceType: 'Patient', id: 'refusing', name: [{ family: secret }], gender: 'female' })
await put({ resourceType: 'Patient', id: 'agreeing', name: [{ family: 'Open' }], gender: 'female' })
await put(result('hidden', refusing, secret))
await put(result('shown', agreeing, 'potassium'))
await put({
  resourceType: 'Encounter',
  id: 'hidden-stay',
  status: 'finished',
  class: { code: 'IMP' },
  subject: refusing,
  reasonCode: [{ text: secret }],
})
await put({
  resourceType: 'List',
  id: 'both',
  status: 'current',
  mode: 'working',
  entry: [{ item: { reference: 'Observation/hidden' } }, { item: { reference: 'Observation/shown' } }],
})
await put({
  resourceType: 'Consent',
  id: 'no-one',
  status: 'active',
  scope: { coding: [{ code: 'patient-privacy' }] },
  category: [{ text: 'privacy' }],
  patient: refusing,
  policyRule: { coding: [{ code: 'OPTOUT' }] },
})

const ways: readonly string[] = [
  'Patient?family=Quill',
  'Patient?gender=female&_sort=family',
  'Patient?_id=refusing',
  'Patient?_has:Observation:patient:code=2823-3',
  'Patient?_revinclude=Observation:subject',
  'Patient?_filter=family%20co%20%22Quill%22',
  'Observation?patient=refusing',
  'Observation?subject:Patient.family=Quillfeather',
  'Observation?code=2823-3&_include=Observation:subject&_sort=-date',
  'Observation?_id=hidden,shown&_elements=code',
  'Observation?_list=both',
  'Encounter?_include=Encounter:subject',
  'List?_id=both&_include=List:item',
  'Patient/refusing/Observation',
  'Patient/refusing/$everything',
  'Patient/refusing/_history',
  'Patient/refusing/_history/1',
  'Observation/hidden/_history',
  'Observation/_history',
  '_history',
  'Observation/$lastn?patient=refusing&max=1',
  'Observation?patient=refusing&_asOf=2030',
  'Patient/refusing?_summary=text',
  `$graphql?query=${encodeURIComponent('{ Patient(id: "refusing") { name { family } } }')}`,
  `$graphql?query=${encodeURIComponent('{ ObservationList(code: "2823-3") { code { text } } }')}`,
]

test('a read of what a patient refuses is refused and names the consent, which itself can be read', async () => {
  for (const path of ['Patient/refusing', 'Observation/hidden', 'Encounter/hidden-stay']) {
    const answer = await ask('GET', path)
    assert.equal(answer.status, 403, `${path}: ${answer.text}`)
    assert.match(String(said(answer).at(-1)), /Consent\/no-one/)
  }
  assert.equal((await ask('GET', 'Consent/no-one')).status, 200)
  assert.equal((await ask('GET', 'Patient/agreeing')).status, 200)
})

test('no way of asking shows, counts or orders by what is refused', async () => {
  for (const path of ways) {
    const { text } = await ask('GET', path)
    assert.equal(
      text.replaceAll('Quillfeather&', '').replaceAll('family=Quillfeather', '').includes(secret),
      false,
      `${path}: ${text}`,
    )
  }
  const count = async (path: string) => {
    const { body } = await ask('GET', `${path}${path.includes('?') ? '&' : '?'}_summary=count`)
    return (body as { total?: number }).total
  }
  assert.deepEqual(
    [
      await count('Patient?gender=female'),
      await count('Patient?family=Quillfeather'),
      await count('Observation'),
      await count('Observation?patient=refusing'),
      await count('Encounter'),
    ],
    [1, 0, 1, 0, 0],
  )
})

test('what is refused is neither changed nor deleted unseen, by bundles neither', async () => {
  const written = [
    await ask('PUT', 'Observation/hidden', { body: result('hidden', refusing, 'overwritten') }),
    await ask('DELETE', 'Observation/hidden'),
    await ask('PATCH', 'Observation/hidden', {
      body: [{ op: 'replace', path: '/status', value: 'amended' }],
      headers: { 'content-type': 'application/json-patch+json' },
    }),
  ]
  assert.deepEqual(
    written.map(({ status }) => status >= 400),
    [true, true, true],
  )
  const bundle = {
    resourceType: 'Bundle',
    type: 'batch',
    entry: ['Patient/refusing', 'Observation?patient=refusing'].map((url) => ({
      request: { method: 'GET', url },
    })),
  }
  const { text } = await ask('POST', '', { body: bundle })
  assert.equal(text.includes(secret), false, text)
})

test('a withdrawal acts with its commit', async () => {
  const { body } = await ask('GET', 'Consent/no-one')
  await put({ ...(body as { resourceType: string; id: string }), status: 'inactive' })
  const { status, text } = await ask('GET', 'Observation/hidden')
  assert.equal(status, 200, text)
  assert.ok(text.includes(secret))
})
