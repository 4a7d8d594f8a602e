/**
 * The record as its users see it: what is stored, answered, refused, and told to the log.
 * Longer than other files because each sentence of the contract is shown on one record.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { EventLog, LogEntry, Position } from '@xinglin/events'
import { OutcomeError } from '@xinglin/fhir'
import { aPatient, aResult, asha, leo } from '@xinglin/testkit'
import { emptyRecord, qilu, store, union } from './fixtures.ts'
import { parseVersion } from './records.ts'

const monday = '2026-03-02T08:00:00.000+08:00'

/** What refuses a change: its failure and its own code. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof OutcomeError, String(error))
  return `${error.failure} ${error.outcome.issue[0]?.details?.coding?.[0]?.code ?? error.outcome.issue[0]?.code}`
}

test('a created resource is answered and read back with its id, version and time', async () => {
  const { records } = await emptyRecord()

  const [created] = await records.commit(qilu, (unit) =>
    unit.write([{ kind: 'create', resource: aResult({ for: asha }) }]),
  )

  const id = '00000000-0000-4000-8000-000000000001'
  assert.deepEqual(created, {
    type: 'Observation',
    id,
    version: 1,
    updated: monday,
    interaction: 'create',
    json: JSON.stringify({
      resourceType: 'Observation',
      id,
      meta: { versionId: '1', lastUpdated: monday },
      ...withoutType(aResult({ for: asha })),
    }),
  })
  assert.deepEqual(await records.read(qilu.tenant, 'Observation', id), created)
  assert.deepEqual(await records.readVersion(qilu.tenant, 'Observation', id, 1), created)
  assert.equal(await records.read(qilu.tenant, 'Observation', 'nobody'), undefined)
})

test("the sender's own meta stays, its version and time do not", async () => {
  const { records } = await emptyRecord()

  await store(
    records,
    aPatient({ id: 'ann', meta: { versionId: '7', lastUpdated: '2001-01-01T00:00:00Z', source: 'urn:his' } }),
  )

  const version = await records.read(qilu.tenant, 'Patient', 'ann')
  assert.deepEqual(version && parseVersion(version, 'Patient').meta, {
    versionId: '1',
    lastUpdated: monday,
    source: 'urn:his',
  })
})

test('every version is kept, and the history tells them newest first, by pages', async () => {
  const { records, runtime } = await emptyRecord()
  await store(records, asha)
  runtime.advance(1000)
  await records.commit(qilu, (unit) => unit.write([{ kind: 'update', resource: { ...asha, active: false } }]))
  runtime.advance(1000)
  await records.commit(qilu, (unit) => unit.write([{ kind: 'delete', type: 'Patient', id: 'asha' }]))
  runtime.advance(1000)
  await records.commit(qilu, (unit) => unit.write([{ kind: 'update', resource: asha }]))
  await store(records, leo)

  const of = async (options: { type?: 'Patient'; id?: string; since?: typeof since }, count = 3) => {
    const told: string[] = []
    for (let before: string | undefined; ; ) {
      const { versions, next } = await records.history(qilu.tenant, { ...options, count, before })
      told.push(...versions.map(({ id, version, interaction }) => `${id} ${version} ${interaction}`))
      if (next === undefined) return told
      before = next
    }
  }
  const since = runtime.advance(-1000)
  const ashas = ['asha 4 update', 'asha 3 delete', 'asha 2 update', 'asha 1 create']

  assert.deepEqual(await of({ type: 'Patient', id: 'asha' }), ashas)
  assert.deepEqual(new Set(await of({ type: 'Patient' }, 2)), new Set(['leo 1 create', ...ashas]))
  assert.deepEqual(await of({}, 1), await of({ type: 'Patient' }, 10))
  assert.deepEqual(await of({ type: 'Patient', id: 'asha', since }), ['asha 4 update', 'asha 3 delete'])
  const second = await records.readVersion(qilu.tenant, 'Patient', 'asha', 2)
  assert.equal(second && parseVersion(second, 'Patient').active, false)
})

test('an update that changes nothing makes no version, a reordered one neither', async () => {
  const { records, events } = await emptyRecord()
  await store(records, asha)
  const before = await events.head()
  const reordered = Object.fromEntries(Object.entries(asha).reverse()) as typeof asha

  const [same, again] = await records.commit(qilu, async (unit) => [
    ...(await unit.write([{ kind: 'update', resource: asha }])),
    ...(await unit.write([{ kind: 'update', resource: reordered, ifVersion: 1 }])),
  ])

  assert.equal(same?.version, 1)
  assert.deepEqual(again, same)
  assert.equal(await events.head(), before)
})

test('a deleted resource reads as deleted, deletes again without error, and comes back by an update', async () => {
  const { records } = await emptyRecord()
  await store(records, asha)

  const [deleted] = await records.commit(qilu, (unit) =>
    unit.write([{ kind: 'delete', type: 'Patient', id: 'asha' }]),
  )
  const [twice] = await records.commit(qilu, (unit) =>
    unit.write([{ kind: 'delete', type: 'Patient', id: 'asha' }]),
  )

  const gone = { type: 'Patient', id: 'asha', version: 2, updated: monday, interaction: 'delete', json: '' }
  assert.deepEqual(deleted, gone)
  assert.deepEqual(twice, gone)
  const read = await records.read(qilu.tenant, 'Patient', 'asha')
  assert.deepEqual(read, gone)
  assert.throws(() => read && parseVersion(read, 'Patient'), /was deleted in version 2/)
  assert.deepEqual((await records.search(qilu.tenant, 'Patient', [['identifier', 'A1001']])).matches, [])
  const [back] = await records.commit(qilu, (unit) => unit.write([{ kind: 'update', resource: asha }]))
  assert.equal(back?.version, 3)
  assert.equal((await records.search(qilu.tenant, 'Patient', [['identifier', 'A1001']])).matches.length, 1)
})

test('what cannot be stored is refused with its reason, and nothing of the call remains', async () => {
  const { records, events } = await emptyRecord()
  await store(records, asha)
  const before = await events.head()
  const write = (...changes: Parameters<Parameters<Parameters<typeof records.commit>[1]>[0]['write']>[0]) =>
    refusal(
      records.commit(qilu, (unit) =>
        unit.write([{ kind: 'create', resource: aPatient(), id: 'beside' }, ...changes]),
      ),
    )

  assert.equal(await write({ kind: 'create', resource: asha, id: 'asha' }), 'conflict records.exists')
  assert.equal(await write({ kind: 'update', resource: asha, ifVersion: 2 }), 'stale records.stale')
  assert.equal(await write({ kind: 'update', resource: leo, ifVersion: 1 }), 'stale records.stale')
  assert.equal(
    await write({ kind: 'delete', type: 'Patient', id: 'asha', ifVersion: 9 }),
    'stale records.stale',
  )
  assert.equal(await write({ kind: 'delete', type: 'Patient', id: 'leo' }), 'notFound records.not-found')
  assert.equal(await write({ kind: 'update', resource: aPatient() }), 'invalid records.bad-id')
  assert.equal(await records.read(qilu.tenant, 'Patient', 'beside'), undefined)
  assert.equal(await events.head(), before)
})

test('an invalid resource is refused with every issue of every resource of the call', async () => {
  const { records } = await emptyRecord()
  const wrong = { ...asha, gender: 'lady', birthDate: 'yesterday' } as unknown as typeof asha

  const attempt = records.commit(qilu, (unit) =>
    unit.write([
      { kind: 'create', resource: wrong },
      { kind: 'create', resource: { ...leo, birthDate: '2026-13-01' } },
    ]),
  )

  await assert.rejects(attempt, (error: OutcomeError) => {
    assert.deepEqual(
      error.outcome.issue.map(({ expression }) => expression?.[0]),
      ['Patient.gender', 'Patient.birthDate', 'Patient.birthDate'],
    )
    return error.failure === 'invalid'
  })
})

test('changes of one call to one resource follow one another', async () => {
  const { records } = await emptyRecord()

  const versions = await records.commit(qilu, (unit) =>
    unit.write([
      { kind: 'update', resource: asha },
      { kind: 'update', resource: { ...asha, active: false } },
      { kind: 'delete', type: 'Patient', id: 'asha' },
    ]),
  )

  assert.deepEqual(
    versions.map(({ version, interaction }) => `${version} ${interaction}`),
    ['1 create', '2 update', '3 delete'],
  )
  const { versions: told } = await records.history(qilu.tenant, { type: 'Patient', id: 'asha', count: 9 })
  assert.deepEqual(
    told.map(({ version }) => version),
    [3, 2, 1],
  )
})

test('the log tells each change with its patient, in order, and what the command stated', async () => {
  const { records, events } = await emptyRecord()

  await records.commit(qilu, async (unit) => {
    await unit.write([
      { kind: 'create', resource: asha, id: 'asha' },
      { kind: 'create', resource: aResult({ for: asha }), id: 'potassium' },
    ])
    unit.state({ kind: 'laboratory.result-arrived', patient: 'asha' })
    await unit.write([{ kind: 'delete', type: 'Observation', id: 'potassium' }])
  })

  const entries = await readable(events, 4)
  assert.deepEqual(
    entries.map(({ position: _, id: __, ...entry }) => entry),
    [
      { kind: 'record.created', resourceType: 'Patient', resourceId: 'asha', version: 1 },
      { kind: 'record.created', resourceType: 'Observation', resourceId: 'potassium', version: 1 },
      { kind: 'laboratory.result-arrived' },
      { kind: 'record.deleted', resourceType: 'Observation', resourceId: 'potassium', version: 2 },
    ].map((entry) => ({ ...entry, at: monday, tenant: 1, actor: 'user/asha', patient: 'asha' })),
  )
})

test('a command that fails leaves no version, no value and no entry', async () => {
  const { records, events } = await emptyRecord()

  const failing = records.commit(qilu, async (unit) => {
    await unit.write([{ kind: 'create', resource: asha, id: 'asha' }])
    throw new Error('the bed is occupied')
  })

  await assert.rejects(failing, /occupied/)
  assert.equal(await records.read(qilu.tenant, 'Patient', 'asha'), undefined)
  assert.deepEqual((await records.search(qilu.tenant, 'Patient', [['name', 'verma']])).matches, [])
  assert.equal(await events.head(), '')
})

test('a command sees what it has written', async () => {
  const { records } = await emptyRecord()

  const seen = await records.commit(qilu, async (unit) => {
    await unit.write([{ kind: 'create', resource: asha, id: 'asha' }])
    const found = await unit.search('Patient', [['family', 'verma']])
    return [await unit.read('Patient', 'asha'), ...found.matches]
  })

  assert.deepEqual(
    seen.map((version) => version?.id),
    ['asha', 'asha'],
  )
})

test('a create costs begin, one statement and commit, 300 of them no more', async () => {
  const { records, statements } = await emptyRecord()
  await store(records, asha)
  // The displays of such a result are in the dictionary from the first on.
  await store(records, aResult({ for: asha }))
  const create = async (count: number) => {
    statements.length = 0
    await records.commit(qilu, (unit) =>
      unit.write(Array.from({ length: count }, () => ({ kind: 'create', resource: aResult({ for: asha }) }))),
    )
    return [...statements]
  }
  const expected = [
    'records.string_value records.date_value records.quantity_value records.current events.entry',
  ]

  assert.deepEqual(await create(1), expected)
  assert.deepEqual(await create(300), expected)
})

test('no call of one institution sees, changes or counts what is of another', async () => {
  const { records } = await emptyRecord()
  await store(records, asha, { ...aResult({ for: asha }), id: 'potassium' })
  await records.commit(qilu, (unit) => unit.write([{ kind: 'update', resource: { ...asha, active: false } }]))
  const other = union.tenant

  assert.equal(await records.read(other, 'Patient', 'asha'), undefined)
  assert.equal(await records.readVersion(other, 'Patient', 'asha', 1), undefined)
  assert.deepEqual(await records.history(other, { count: 10 }), { versions: [] })
  assert.deepEqual(await records.history(other, { type: 'Patient', id: 'asha', count: 10 }), { versions: [] })
  assert.deepEqual(await records.counts(other), {})
  for (const query of [
    [],
    [['_id', 'asha']],
    [['identifier', 'A1001']],
    [['name', 'verma']],
    [['birthdate', 'ge1900']],
    [['_lastUpdated', 'ge2000']],
    [['identifier:missing', 'false']],
    [['_has:Observation:patient:code', '2823-3']],
  ] as const) {
    const { matches, total } = await records.search(other, 'Patient', [...query, ['_total', 'accurate']])
    assert.deepEqual({ matches, total }, { matches: [], total: 0 }, JSON.stringify(query))
  }
  const chained = await records.search(other, 'Observation', [['patient.name', 'verma']])
  assert.deepEqual(chained.matches, [])
  assert.equal(
    await refusal(
      records.commit(union, (unit) => unit.write([{ kind: 'delete', type: 'Patient', id: 'asha' }])),
    ),
    'notFound records.not-found',
  )
  const [own] = await records.commit(union, (unit) =>
    unit.write([{ kind: 'create', resource: leo, id: 'asha' }]),
  )
  assert.equal(own?.version, 1)
  const [referring] = await records.commit(union, (unit) =>
    unit.write([{ kind: 'create', resource: aResult({ for: asha }), id: 'theirs' }]),
  )
  assert.equal(referring?.version, 1)
  const brought = await records.search(other, 'Observation', [['_include', 'Observation:patient']])
  assert.deepEqual(
    brought.included.map((version) => parseVersion(version, 'Patient').name?.[0]?.family),
    ['Martin'],
  )
  const bringing = await records.search(qilu.tenant, 'Patient', [['_revinclude', 'Observation:patient']])
  assert.deepEqual(
    bringing.included.map(({ id }) => id),
    ['potassium'],
  )
})

test('counts are exact while they are small', async () => {
  const { records } = await emptyRecord()
  await store(records, asha, leo, { ...aResult({ for: asha }), id: 'potassium' })
  await records.commit(qilu, (unit) => unit.write([{ kind: 'delete', type: 'Patient', id: 'leo' }]))

  assert.deepEqual(await records.counts(qilu.tenant), { Observation: 1, Patient: 1 })
})

function withoutType<T extends { resourceType: string }>({ resourceType: _, ...rest }: T) {
  return rest
}

/** The log shows an entry when all older transactions of the server have ended, those of other tests too. */
async function readable(events: EventLog, count: number): Promise<readonly LogEntry[]> {
  for (let tries = 0; ; tries++) {
    const entries = await events.read({ after: '' as Position, limit: 10 })
    if (entries.length >= count || tries === 250) return entries
    await pause(20)
  }
}
