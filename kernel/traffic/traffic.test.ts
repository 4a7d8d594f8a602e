/** The journal of the doors: what is stored, what is resent, what became of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Sql, sql } from '@xinglin/database'
import { aJournal, anArrival, bytes, otherTenant, stated, tenant } from './testing.ts'

test('a message is kept byte for byte, then settled with what it made', async () => {
  const { runtime, traffic, events } = await aJournal()
  const raw = Buffer.from([0x4d, 0x53, 0x48, 0x00, 0xff, 0xfe])

  const { id, known } = await traffic.receive(anArrival({ raw }))
  runtime.advance(12)
  await traffic.settle(id, {
    outcome: 'accepted',
    made: ['Patient/a/_history/1', 'Observation/b/_history/1'],
    provenance: 'Provenance/p',
  })

  assert.equal(known, undefined)
  const stored = await traffic.read(tenant, id)
  assert.deepEqual(stored?.message, {
    id,
    tenant,
    door: 'hl7v2',
    sender: 'LIS|QLYX',
    subject: 'ORU^R01',
    controlId: 'C1',
    charset: 'UNICODE UTF-8',
    receivedAt: '2026-03-02T08:00:00.000+08:00',
    settledAt: '2026-03-02T08:00:00.012+08:00',
    latencyMs: 12,
    outcome: 'accepted',
    made: ['Patient/a/_history/1', 'Observation/b/_history/1'],
    provenance: 'Provenance/p',
    sizeBytes: 6,
    times: 1,
  })
  assert.deepEqual(Buffer.from(stored?.raw ?? []), raw)
  assert.deepEqual(await stated(events, { atLeast: 1 }), [
    {
      kind: 'traffic.accepted',
      data: { message: id, door: 'hl7v2', sender: 'LIS|QLYX', subject: 'ORU^R01' },
      actor: 'system/traffic',
    },
  ])
})

test('a resent message is known and answers what became of it', async () => {
  const { traffic } = await aJournal()
  const first = await traffic.receive(anArrival())
  const beforeSettled = await traffic.receive(anArrival())
  await traffic.settle(first.id, { outcome: 'accepted', made: ['Patient/a/_history/1'] })

  const after = await traffic.receive(anArrival())

  assert.equal(beforeSettled.known?.outcome, 'received')
  assert.equal(after.id, first.id)
  assert.deepEqual(
    { outcome: after.known?.outcome, made: after.known?.made, times: after.known?.times },
    { outcome: 'accepted', made: ['Patient/a/_history/1'], times: 3 },
  )
})

test('the same control id is another message from another sender, with other content and in another institution', async () => {
  const { traffic } = await aJournal()

  const receipts = await Promise.all([
    traffic.receive(anArrival()),
    traffic.receive(anArrival({ sender: 'RIS|QLYX' })),
    traffic.receive(anArrival({ raw: bytes('MSH|^~\\&|LIS|other') })),
    traffic.receive(anArrival({ tenant: otherTenant })),
  ])

  assert.equal(new Set(receipts.map((receipt) => receipt.id)).size, 4)
  assert.deepEqual(
    receipts.map((receipt) => receipt.known),
    [undefined, undefined, undefined, undefined],
  )
})

test('a sender that writes the time anew when it resends is recognised by the digest that its door gives', async () => {
  const { traffic } = await aJournal()
  const digest = Buffer.alloc(32, 7)

  const first = await traffic.receive(anArrival({ raw: bytes('at 08:00'), digest }))
  const second = await traffic.receive(anArrival({ raw: bytes('at 08:01'), digest }))

  assert.equal(second.known?.id, first.id)
})

test('the same message given ten times at once is stored once', async () => {
  const { traffic } = await aJournal()

  const receipts = await Promise.all(Array.from({ length: 10 }, () => traffic.receive(anArrival())))

  assert.equal(new Set(receipts.map((receipt) => receipt.id)).size, 1)
  assert.equal(receipts.filter((receipt) => !receipt.known).length, 1)
  assert.equal((await traffic.list({ tenant, limit: 10 }))[0]?.times, 10)
})

test('sixty messages that wait together cost one insert', async () => {
  let inserts = 0
  const { traffic } = await aJournal((database) => ({
    ...database,
    query: <Row>(statement: Sql<Row>) => {
      if (statement.text.includes('insert into traffic.message')) inserts++
      return database.query(statement)
    },
  }))

  await Promise.all(
    Array.from({ length: 60 }, (_, index) => traffic.receive(anArrival({ controlId: `C${index}` }))),
  )

  assert.equal(inserts, 1)
})

test('settling rolls back with the transaction that made the records', async () => {
  const { database, traffic, events } = await aJournal()
  const { id } = await traffic.receive(anArrival())

  await assert.rejects(
    database.transaction(async (transaction) => {
      await traffic.settle(id, { outcome: 'accepted', made: ['Patient/a/_history/1'] }, transaction)
      throw new Error('the record was refused')
    }),
  )

  assert.equal((await traffic.read(tenant, id))?.message.outcome, 'received')
  assert.deepEqual(await stated(events, { atLeast: 0 }), [])
})

test('within a records unit the log entry travels with the unit', async () => {
  const { database, traffic, events } = await aJournal()
  const { id } = await traffic.receive(anArrival())
  const statements: unknown[] = []

  await database.transaction((transaction) =>
    traffic.settle(
      id,
      { outcome: 'refused', code: 'hl7.required', reason: 'PID-3 is empty', at: 'PID-3' },
      { transaction, state: (...given) => void statements.push(...given) },
    ),
  )

  assert.deepEqual(statements, [
    { kind: 'traffic.refused', data: { message: id, door: 'hl7v2', sender: 'LIS|QLYX', subject: 'ORU^R01' } },
  ])
  assert.deepEqual(await stated(events, { atLeast: 0 }), [])
  const message = (await traffic.read(tenant, id))?.message
  assert.deepEqual([message?.code, message?.reason, message?.at], ['hl7.required', 'PID-3 is empty', 'PID-3'])
})

test('a door that holds a transaction records arrival and settlement in one statement', async () => {
  const { database, traffic } = await aJournal()
  const arrival = anArrival({ door: 'fhir', sender: 'client/his', subject: 'POST Observation' })

  const [first, second] = await database.transaction(async (transaction) => [
    await traffic.record(transaction, arrival, { outcome: 'accepted', made: ['Observation/o/_history/1'] }),
    await traffic.record(transaction, arrival, {
      outcome: 'refused',
      code: 'fhir.invalid',
      reason: 'no status',
    }),
  ])

  const messages = await traffic.list({ tenant, door: 'fhir', limit: 10 })
  assert.deepEqual(
    messages.map(({ id, outcome }) => ({ id, outcome })),
    [
      { id: second, outcome: 'refused' },
      { id: first, outcome: 'accepted' },
    ],
  )
})

test('an arrival that PostgreSQL refuses does not take those with it that waited beside it', async () => {
  const { traffic, database } = await aJournal()
  const wrong = anArrival({ controlId: 'C\u0000' })

  const [refused, stored] = await Promise.allSettled([traffic.receive(wrong), traffic.receive(anArrival())])

  assert.deepEqual([refused.status, stored.status], ['rejected', 'fulfilled'])
  assert.equal((await database.query(sql`select from traffic.message`)).length, 1)
})

test('a large document is compressed at rest and comes back byte for byte', async () => {
  const { traffic, database } = await aJournal()
  const raw = bytes(`MSH|^~\\&|LIS\r${'OBX|1|ED|||^AP^^Base64^AAAA\r'.repeat(10_000)}`)

  const { id } = await traffic.receive(anArrival({ raw }))

  const rows = await database.query<{ bytes: number }>(
    sql`select octet_length(raw) as bytes from traffic.message`,
  )
  assert.ok((rows[0]?.bytes ?? 0) < raw.byteLength / 100)
  const stored = await traffic.read(tenant, id)
  assert.equal(stored?.message.sizeBytes, raw.byteLength)
  assert.deepEqual(Buffer.from(stored?.raw ?? []), raw)
})
