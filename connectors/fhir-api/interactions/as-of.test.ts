/** One patient's record as it stood (`_asOf`, decision 11): read, search, $everything, their refusals and what the audit says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { type Answered, said, testDoor } from '../testing/door.ts'

const { ask, kernel } = await testDoor()

type Resource = { readonly resourceType: string; readonly id: string; readonly [element: string]: unknown }

/** Writes at a new instant and answers that instant, encoded. */
async function put(...resources: readonly Resource[]): Promise<string> {
  const at = kernel.runtime.advance(60_000)
  for (const resource of resources) {
    const { status, text } = await ask('PUT', `${resource.resourceType}/${resource.id}`, { body: resource })
    assert.ok(status === 200 || status === 201, text)
  }
  return encodeURIComponent(at)
}

async function remove(path: string): Promise<string> {
  const at = kernel.runtime.advance(60_000)
  assert.equal((await ask('DELETE', path)).status, 204)
  return encodeURIComponent(at)
}

const result = (id: string, patient: string, value: number): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: '2026-03-01',
  valueQuantity: { value, unit: 'mmol/L' },
})

type Bundle = {
  readonly total?: number
  readonly link: readonly { readonly relation: string; readonly url: string }[]
  readonly entry?: readonly { readonly resource: Resource & { readonly meta: { versionId: string } } }[]
}

/** `Type/id/version` of all entries. */
function names({ status, body, text }: Answered): readonly string[] {
  assert.equal(status, 200, text)
  return ((body as Bundle).entry ?? []).map(
    ({ resource }) => `${resource.resourceType}/${resource.id}/${resource.meta.versionId}`,
  )
}

const admitted = await put(
  { resourceType: 'Patient', id: 'asha', name: [{ text: '阿莎' }] },
  { resourceType: 'Patient', id: 'leo' },
)
const measured = await put(result('potassium', 'asha', 6.1))
const corrected = await put(result('potassium', 'asha', 4.1))
const moved = await put(result('potassium', 'leo', 4.1))
const deleted = await remove('Observation/potassium')
const again = await put(result('potassium', 'asha', 5))

test('a read as of an instant gives the version that was current then', async () => {
  const versionAt = async (asOf: string) => {
    const answer = await ask('GET', `Observation/potassium?_asOf=${asOf}`)
    return [answer.status, answer.headers.etag]
  }
  assert.deepEqual(await Promise.all([admitted, measured, corrected, moved, deleted, again].map(versionAt)), [
    [404, undefined],
    [200, 'W/"1"'],
    [200, 'W/"2"'],
    [200, 'W/"3"'],
    [410, undefined],
    [200, 'W/"5"'],
  ])
  assert.deepEqual(said(await ask('GET', `Observation/potassium?_asOf=${admitted}`)), [
    404,
    'not-found',
    'fhir-api.not-found',
    undefined,
    'there was no such Observation at that instant',
  ])
})

test('a search as of an instant finds what stood in the chart then, by the values of then', async () => {
  const found = async (query: string) => names(await ask('GET', `Observation?${query}`))
  const high = 'patient=Patient/asha&value-quantity=gt6'
  assert.deepEqual(await found(`${high}&_asOf=${measured}`), ['Observation/potassium/1'])
  assert.deepEqual(await found(`${high}&_asOf=${corrected}`), [])
  assert.deepEqual(await found(`patient=asha&_asOf=${corrected}`), ['Observation/potassium/2'])
  assert.deepEqual(await found(`patient=asha&_asOf=${moved}`), [])
  assert.deepEqual(await found(`patient=leo&_asOf=${moved}`), ['Observation/potassium/3'])
  assert.deepEqual(await found(`patient=leo&_asOf=${deleted}`), [])
  assert.deepEqual(await found(`patient=asha&_asOf=${again}`), ['Observation/potassium/5'])
  assert.deepEqual(await found(`patient=asha&_asOf=2026-03-02`), ['Observation/potassium/5'])
  assert.deepEqual(await found(`patient=asha&_asOf=2026-03-01`), [])
})

test('pages and links of a past search keep its instant', async () => {
  const at = await put(result('sodium', 'asha', 140), result('chloride', 'asha', 101))
  await remove('Observation/sodium')
  const first = await ask('GET', `Observation?patient=asha&_sort=_id&_count=2&_total=accurate&_asOf=${at}`)
  assert.deepEqual(names(first), ['Observation/chloride/1', 'Observation/potassium/5'])
  const { total, link } = first.body as Bundle
  assert.equal(total, 3)
  const next = link.find(({ relation }) => relation === 'next')?.url ?? ''
  assert.ok(link.every(({ url }) => url.includes('_asOf=')))
  assert.deepEqual(names(await ask('GET', next.split('/R4/')[1] ?? '')), ['Observation/sodium/1'])
})

test('$everything as of an instant is the chart of then', async () => {
  const chart = async (asOf: string) => names(await ask('GET', `Patient/asha/$everything?_asOf=${asOf}`))
  assert.deepEqual(await chart(admitted), ['Patient/asha/1'])
  assert.deepEqual(await chart(measured), ['Patient/asha/1', 'Observation/potassium/1'])
  assert.deepEqual(await chart(moved), ['Patient/asha/1'])
  assert.deepEqual(said(await ask('GET', 'Patient/asha/$everything?_asOf=2026-03-01')).slice(0, 3), [
    404,
    'not-found',
    'fhir-api.not-found',
  ])
})

test('$lastn and a lenient search answer of the past too', async () => {
  assert.deepEqual(names(await ask('GET', `Observation/$lastn?patient=asha&code=2823-3&_asOf=${measured}`)), [
    'Observation/potassium/1',
  ])
  const lenient = { headers: { prefer: 'handling=lenient' } }
  assert.deepEqual(names(await ask('GET', `Observation?patient=asha&_asOf=${measured}`, lenient)), [
    'Observation/potassium/1',
  ])
})

test('a batch reads the past, a transaction works on the present alone', async () => {
  const send = (type: string) =>
    ask('POST', '', {
      body: {
        resourceType: 'Bundle',
        type,
        entry: [{ request: { method: 'GET', url: `Observation/potassium?_asOf=${measured}` } }],
      },
    })
  assert.deepEqual(names(await send('batch')), ['Observation/potassium/1'])
  assert.deepEqual(said(await send('transaction')).slice(0, 4), [
    400,
    'invalid',
    'records.as-of',
    'Bundle.entry[0]',
  ])
})

test('the past of more than one patient, a malformed or future instant are refused by name', async () => {
  const refused = async (path: string) => said(await ask('GET', path)).slice(0, 4)
  const asOf = [400, 'invalid', 'records.as-of', '_asOf']
  const patient = [400, 'invalid', 'records.as-of-patient', '_asOf']
  assert.deepEqual(await refused(`Observation?_asOf=${measured}`), patient)
  assert.deepEqual(await refused(`Observation?code=2823-3&_asOf=${measured}`), patient)
  assert.deepEqual(await refused(`Observation?patient=asha,leo&_asOf=${measured}`), patient)
  assert.deepEqual(await refused(`Organization?name=x&_asOf=${measured}`), patient)
  assert.deepEqual(await refused(`Patient?name=x&_asOf=${measured}`), patient)
  assert.deepEqual(await refused('Observation?patient=asha&_asOf=yesterday'), asOf)
  assert.deepEqual(await refused('Observation?patient=asha&_asOf=2027'), asOf)
  assert.deepEqual(await refused('Observation/potassium?_asOf=2027'), asOf)
  assert.deepEqual(await refused('Observation?patient=asha&_asOf=2026&_asOf=2025'), asOf)
  assert.deepEqual(await refused('Observation/potassium?_asOf=2026&_asOf=2025'), asOf)
  assert.deepEqual(await refused(`Observation?patient=asha&code:text=k&_asOf=${measured}`), [
    422,
    'not-supported',
    'records.as-of-unsupported',
    '_asOf',
  ])
})

test('the audit entry of a look at the past says as of when', async () => {
  await kernel.identity.stop()
  const rows = await kernel.database.query(sql<{ action: string; type: string; detail: string }>`
    select distinct action, resource_type as type, detail
    from identity.audit
    where detail like ${`%as of ${decodeURIComponent(measured)}`}
    order by detail`)
  assert.deepEqual(
    rows.map(({ action, type, detail }) => `${action} ${type}: ${detail.replace(/ · as of.*|as of.*/, '')}`),
    [
      'read Observation: ',
      'read Patient: compartment · 2 shown',
      'search Observation: patient,_asOf · 1 found',
      'search Observation: patient,code,_asOf,_sort,_count · 1 found',
      'search Observation: patient,value-quantity,_asOf · 1 found',
    ],
  )
})
