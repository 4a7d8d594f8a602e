/** FHIR R4 search.html §3.1.1.5.5 contained resources: found by themselves, answered as they are or by their containers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError, type Resource, type ResourceType } from '@xinglin/fhir'
import { aPatient, asha } from '@xinglin/testkit'
import { emptyRecord, qilu, store, union } from '../fixtures.ts'

const codes = 'urn:codes'
const coded = (code: string) => ({ coding: [{ system: codes, code }] })
const mixture = (id: string, code: string, status: 'active' | 'inactive' = 'active') =>
  ({ resourceType: 'Medication', id, code: coded(code), status }) as const

/** An order of a mixture that is made for it. */
const order = (id: string, ...contained: readonly Resource[]) =>
  ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    contained,
    medicationReference: { reference: `#${contained[0]?.id}` },
    supportingInformation: contained.map((each) => ({ reference: `#${each.id}` })),
    subject: { reference: 'Patient/asha' },
  }) as Resource & { id: string }

async function pharmacy() {
  const { records } = await emptyRecord()
  await store(
    records,
    asha,
    mixture('stock', 'abc'),
    order('r1', mixture('m1', 'abc'), mixture('m2', 'xyz', 'inactive')),
    order('r2', mixture('m1', 'abc', 'inactive'), aPatient({ id: 'p1', name: [{ family: 'Verma' }] })),
    order('r3', mixture('m1', 'abc'), mixture('m2', 'abc')),
  )
  const search = (type: ResourceType, query: string, tenant = qilu.tenant) =>
    records.search(tenant, type, [...new URLSearchParams(query)])
  const ask = async (type: ResourceType, query: string) => {
    const { matches, total } = await search(type, query)
    const names = matches.map((each) =>
      each.container ? `${each.container.type}/${each.container.id}#${each.id}` : `${each.type}/${each.id}`,
    )
    return total === undefined ? names : [total, ...names]
  }
  return { records, search, ask }
}

test('§3.1.1.5.5 contained resources are left out unless they are asked for', async () => {
  const { ask } = await pharmacy()

  assert.deepEqual(await ask('Medication', 'code=abc'), ['Medication/stock'])
  assert.deepEqual(await ask('Medication', 'code=abc&_contained=false'), ['Medication/stock'])
})

test('§3.1.1.5.5 _contained=true answers the containers, or with _containedType=contained what matches itself', async () => {
  const { ask, search } = await pharmacy()

  assert.deepEqual(await ask('Medication', 'code=abc&_contained=true&_total=accurate'), [
    3,
    'MedicationRequest/r3',
    'MedicationRequest/r2',
    'MedicationRequest/r1',
  ])
  assert.deepEqual(
    await ask('Medication', `code=${codes}|abc&_contained=true&_containedType=contained&_total=accurate`),
    [
      4,
      'MedicationRequest/r3#m1',
      'MedicationRequest/r3#m2',
      'MedicationRequest/r2#m1',
      'MedicationRequest/r1#m1',
    ],
  )
  const [first] = (await search('Medication', 'code=xyz&_contained=true&_containedType=contained')).matches
  assert.deepEqual(JSON.parse(first?.json ?? ''), mixture('m2', 'xyz', 'inactive'))
})

test('§3.1.1.5.5 all parameters hold for one and the same contained resource', async () => {
  const { ask } = await pharmacy()
  const contained = (query: string) => ask('Medication', `${query}&_contained=true&_containedType=contained`)

  assert.deepEqual(await contained('code=xyz&status=active'), [])
  assert.deepEqual(await contained('code=abc&status=inactive'), ['MedicationRequest/r2#m1'])
  assert.deepEqual(await contained('status:not=active'), [
    'MedicationRequest/r2#m1',
    'MedicationRequest/r1#m2',
  ])
  assert.deepEqual(await contained('code=urn:other|abc'), [])
  assert.deepEqual(await ask('Patient', 'name=ver&_contained=true&_containedType=contained'), [
    'MedicationRequest/r2#p1',
  ])
})

test('§3.1.1.5.5 _contained=both answers what stands by itself first, page by page', async () => {
  const { records, ask } = await pharmacy()
  const found: string[][] = []
  let next: string | undefined = 'code=abc&_contained=both&_containedType=contained&_count=2&_total=accurate'
  const totals = new Set<number | undefined>()
  while (next !== undefined) {
    const page: Awaited<ReturnType<typeof records.search>> = await records.search(qilu.tenant, 'Medication', [
      ...new URLSearchParams(next),
    ])
    found.push(page.matches.map(({ id, container }) => (container ? `${container.id}#${id}` : id)))
    totals.add(page.total)
    next = page.next
  }

  assert.deepEqual(found, [['stock', 'r3#m1'], ['r3#m2', 'r2#m1'], ['r1#m1']])
  assert.deepEqual([...totals], [5])
  assert.deepEqual(await ask('Medication', 'code=abc&_contained=both&_summary=count'), [4])
  assert.deepEqual(await ask('Medication', 'code=abc&_contained=both&_count=1'), ['Medication/stock'])
})

test('contained resources follow their container: changed, deleted, hidden, of another institution', async () => {
  const { records, search, ask } = await pharmacy()
  const contained = () => ask('Medication', 'code=abc&_contained=true&_containedType=contained')
  await records.commit(qilu, (unit) =>
    unit.write([
      { kind: 'update', resource: order('r3', mixture('m9', 'xyz')) },
      { kind: 'delete', type: 'MedicationRequest', id: 'r2' },
    ]),
  )

  assert.deepEqual(await contained(), ['MedicationRequest/r1#m1'])
  assert.deepEqual((await search('Medication', 'code=abc&_contained=true', union.tenant)).matches, [])
  const query = [...new URLSearchParams('code=abc&_contained=true')] as const
  const rights = { mayWalk: (type: ResourceType) => type !== 'MedicationRequest' }
  assert.deepEqual((await records.search(qilu.tenant, 'Medication', query, rights)).matches, [])
  const filtered = { mayWalk: () => true, within: () => ({ kind: 'no-patient' }) as const }
  assert.deepEqual((await records.search(qilu.tenant, 'Medication', query, filtered)).matches, [])
})

test('what is not asked of contained resources is refused by name', async () => {
  const { search } = await pharmacy()
  const refused = async (query: string) => {
    const error: unknown = await search('Medication', query).catch((thrown) => thrown)
    assert.ok(error instanceof OutcomeError, query)
    const [issue] = error.outcome.issue
    return [issue?.details?.coding?.[0]?.code, issue?.expression?.[0]]
  }

  assert.deepEqual(await refused('_contained=perhaps'), ['records.bad-parameter', '_contained'])
  assert.deepEqual(await refused('_containedType=box'), ['records.bad-parameter', '_containedType'])
  for (const [name, query] of [
    ['_sort', '_sort=code'],
    ['_include', '_include=*'],
    ['_revinclude', '_revinclude=*'],
    ['manufacturer', 'manufacturer.name=x'],
  ] as const)
    assert.deepEqual(await refused(`_contained=both&${query}`), ['records.not-of-contained', name])
  assert.deepEqual(await refused('_contained=true&_page=~there'), ['records.bad-page', undefined])
})
