/** Chosen fields are encrypted where they are stored, and everything else of the record goes on as before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { createEventLog } from '@xinglin/events'
import { OutcomeError, type Resource } from '@xinglin/fhir'
import { openKeys, type SuiteName } from '@xinglin/keys'
import {
  aPatient,
  sealFields,
  testDatabase,
  testMasterKey,
  testRuntime,
  testSealedFields,
  textsHeldIn,
} from '@xinglin/testkit'
import { qilu, store, union } from '../fixtures.ts'
import { createRecords, type Records } from '../records.ts'

const numberSystem = testSealedFields.systems[0] ?? ''
const secrets = [
  '11010519491231002X',
  '13912345678',
  'Jingshi',
  'quancheng',
  '济南市历下区',
  '王小明',
  '13700001111',
]
const li = aPatient({
  id: 'li',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">13912345678</div>' },
  identifier: [
    { system: 'urn:oid:1.2.3', value: 'A1' },
    { system: numberSystem, value: '11010519491231002X', assigner: { display: '公安局' } },
  ],
  name: [{ text: '李雷', family: '李', given: ['雷'] }],
  telecom: [{ system: 'phone', value: '13912345678', use: 'mobile' }],
  address: [
    {
      text: '济南市历下区经十路 1 号 "东" \\ 2',
      line: ['Jingshi 1', 'quancheng'],
      city: '济南',
      extension: [{ url: 'http://test/latitude', valueDecimal: 36.67 }],
    },
  ],
  contact: [{ name: { text: '王小明' }, telecom: [{ system: 'phone', value: '13700001111' }] }],
})
/** In an institution that seals nothing. */
const elsewhere = aPatient({ id: 'li', telecom: [{ system: 'phone', value: '13600002222' }] })
const order: Resource & { id: string } = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: 'Patient/li', identifier: { system: numberSystem, value: '11010519491231002X' } },
}
const held: Resource & { id: string } = {
  resourceType: 'Basic',
  id: 'b1',
  code: { text: 'letter' },
  subject: { reference: '#c1' },
  contained: [aPatient({ id: 'c1', telecom: [{ system: 'phone', value: '13700001111' }] })],
}

async function aRecord(suite: SuiteName = 'international') {
  const database = await testDatabase()
  const runtime = testRuntime()
  const keys = await openKeys({ database, runtime, suite, master: testMasterKey })
  const events = createEventLog({ database, runtime })
  return { database, runtime, keys, events, records: createRecords({ database, runtime, events, keys }) }
}

async function find(records: Records, type: 'Patient' | 'Observation', query: string): Promise<string> {
  try {
    const { matches } = await records.search(qilu.tenant, type, [...new URLSearchParams(query)])
    return matches.map(({ id }) => id).join()
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    return String(error.outcome.issue[0]?.details?.coding?.[0]?.code)
  }
}

const searches: readonly (readonly ['Patient' | 'Observation', string, string])[] = [
  ['Patient', 'identifier=A1', 'li'],
  ['Patient', `identifier=${numberSystem}|11010519491231002X`, 'li'],
  ['Patient', 'identifier=11010519491231002X', 'li'],
  ['Patient', 'identifier=11010519491231002', ''],
  ['Patient', `identifier=${numberSystem}|`, 'li'],
  ['Patient', 'phone=13912345678', 'li'],
  ['Patient', 'telecom=13912345678', 'li'],
  ['Patient', 'telecom:missing=true', ''],
  ['Patient', 'email=13912345678', ''],
  ['Patient', 'address:exact=Jingshi 1', 'li'],
  ['Patient', 'address:exact=Jingshi', ''],
  ['Patient', 'address=Jing', 'records.sealed-search'],
  ['Patient', 'address-city:contains=南', 'records.sealed-search'],
  ['Patient', '_sort=phone', 'records.sealed-search'],
  ['Patient', '_content=Jingshi', 'records.sealed-search'],
  ['Patient', 'name=lilei', 'li'],
  ['Patient', '_filter=phone eq 13912345678', 'li'],
  ['Patient', '_filter=address co Jing', 'records.sealed-search'],
  ['Patient', '_has:Observation:patient:code=8867-4', 'li'],
  ['Patient', '_contained=true&phone=13700001111', 'b1'],
  ['Observation', `subject:identifier=${numberSystem}|11010519491231002X`, 'o1'],
  ['Observation', 'patient.phone=13912345678', 'o1'],
  ['Observation', 'patient.address=Jing', 'records.sealed-search'],
  ['Observation', '_content=sealed', ''],
]

for (const suite of ['international', 'guomi'] as const)
  test(`${suite}: nothing of a sealed value stands in the database, and it is read and found as before`, async () => {
    const { database, records } = await aRecord(suite)
    await sealFields({ database, records }, qilu)

    const written = await store(records, li, order, held)

    const again = createRecords({
      database,
      runtime: testRuntime(),
      events: createEventLog({ database, runtime: testRuntime() }),
    })
    assert.deepEqual(await textsHeldIn(database, secrets), [])
    assert.deepEqual((await records.read(1 as never, 'Patient', 'li'))?.json, written[0]?.json)
    assert.deepEqual(
      await Promise.all(
        searches.map(async ([type, query]) => [type, query, await find(records, type, query)]),
      ),
      searches,
    )
    assert.deepEqual(
      (
        await records.commit(qilu, (unit) =>
          unit.find([{ type: 'Patient', identifier: { system: numberSystem, value: '11010519491231002X' } }]),
        )
      ).map(({ id }) => id),
      ['li'],
    )
    await assert.rejects(again.read(1 as never, 'Patient', 'li'), code('records.sealed-not-opened'))
  })

test('what was stored before is sealed with all its versions, searched meanwhile, and opened again where that is chosen', async () => {
  const { database, records } = await aRecord()
  const first = await store(records, li, order, held)
  const changed = await records.commit(qilu, (unit) =>
    unit.write([{ kind: 'update', resource: { ...li, gender: 'female' } as Resource & { id: string } }]),
  )
  await records.commit(union, (unit) => unit.write([{ kind: 'create', resource: elsewhere, id: 'li' }]))
  const before = await records.history(qilu.tenant, { count: 100 })

  await records.sealing.choose(qilu, { ...testSealedFields, reason: 'upgrade' })
  const during = await find(records, 'Patient', 'phone=13912345678')
  await assert.rejects(
    records.sealing.choose(qilu, { systems: [], elements: [], reason: '' }),
    code('records.sealing-goes-on'),
  )
  for (;;) {
    await database.query(
      sql`update records.sealing set since = since - interval '1 minute' where state <> 'done'`,
    )
    if ((await records.sealing.step()).isDone) break
  }

  assert.equal(during, 'li')
  assert.deepEqual(await records.history(qilu.tenant, { count: 100 }), before)
  assert.equal((await records.readVersion(qilu.tenant, 'Patient', 'li', 1))?.json, first[0]?.json)
  assert.equal((await records.read(qilu.tenant, 'Patient', 'li'))?.json, changed[0]?.json)
  assert.equal((await textsHeldIn(database, ['13600002222'])).length, 2)
  assert.deepEqual(await textsHeldIn(database, secrets), [])
  const [status] = await records.sealing.statuses(qilu.tenant)
  assert.deepEqual(
    [status?.version, status?.isOn, status?.phase, status?.share, status?.reason],
    [1, true, 'done', 1, 'upgrade'],
  )

  await sealFields({ database, records }, qilu, { systems: [], elements: [] })
  assert.deepEqual(await records.history(qilu.tenant, { count: 100 }), before)
  assert.equal(await find(records, 'Patient', 'address=Jing'), 'li')
  const [open] = await database.query(sql<{ sealed: number }>`
    select count(*)::integer as sealed from records.current where content like '%sealed$%'`)
  assert.deepEqual(open, { sealed: 0 })
})

test('what cannot be sealed is refused by name', async () => {
  const { records } = await aRecord()
  for (const chosen of [
    { systems: [], elements: ['Patient.name'] },
    { systems: ['not a uri'], elements: [] },
  ])
    await assert.rejects(
      records.sealing.choose(qilu, { ...chosen, reason: '' }),
      code('records.sealed-fields'),
    )
  await assert.rejects(
    store(records, { ...li, telecom: { sealed$: 'x1.AAAA' } } as never),
    (error) => error instanceof OutcomeError && error.failure === 'invalid',
  )
})

function code(expected: string) {
  return (error: unknown) =>
    error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
}
