/** What is read from the journal: the list, the rates of the doors, and a message that is processed again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OutcomeError } from '@xinglin/fhir'
import { aJournal, anArrival, otherTenant, tenant } from './testing.ts'
import type { MessageId } from './traffic.ts'

test('the list is read newest first, by page and by filter, in one institution', async () => {
  const { traffic } = await aJournal()
  const ids: MessageId[] = []
  for (const controlId of ['C1', 'C2', 'C3', 'C4']) {
    ids.push((await traffic.receive(anArrival({ controlId }))).id)
  }
  await traffic.receive(anArrival({ tenant: otherTenant }))
  const [first, second, third, fourth] = ids as [MessageId, MessageId, MessageId, MessageId]
  await traffic.settle(first, { outcome: 'refused', code: 'hl7.charset', reason: 'MSH-18 100% wrong' })
  await traffic.settle(second, { outcome: 'accepted', made: [] })
  const listed = async (filters: Partial<Parameters<typeof traffic.list>[0]>) =>
    (await traffic.list({ tenant, limit: 10, ...filters })).map((message) => message.id)

  assert.deepEqual(await listed({}), [fourth, third, second, first])
  assert.deepEqual(await listed({ limit: 2 }), [fourth, third])
  assert.deepEqual(await listed({ limit: 2, before: third }), [second, first])
  assert.deepEqual(await listed({ outcome: 'refused' }), [first])
  assert.deepEqual(await listed({ outcome: 'received' }), [fourth, third])
  assert.deepEqual(await listed({ text: 'c3' }), [third])
  assert.deepEqual(await listed({ text: '100%' }), [first])
  assert.deepEqual(await listed({ text: '%' }), [first])
  assert.deepEqual(await listed({ sender: 'RIS|QLYX' }), [])
  assert.deepEqual(await listed({ door: 'dicom' }), [])
})

test('rates tell each door apart and forget what is older', async () => {
  const { traffic, runtime } = await aJournal()
  await traffic.receive(anArrival({ controlId: 'old' }))
  runtime.advance(3_600_000)
  for (const [index, latencyMs] of [10, 20, 30].entries()) {
    const { id } = await traffic.receive(anArrival({ controlId: `C${index}` }))
    runtime.advance(latencyMs)
    await traffic.settle(
      id,
      index === 2 ? { outcome: 'refused', code: 'x', reason: 'y' } : { outcome: 'accepted', made: [] },
    )
  }

  assert.deepEqual(await traffic.rates(tenant, 15), [
    {
      door: 'hl7v2',
      received: 3,
      accepted: 2,
      refused: 1,
      latencyP50Ms: 20,
      latencyP95Ms: 29,
      lastAt: '2026-03-02T09:00:00.030+08:00',
    },
    { door: 'fhir', received: 0, accepted: 0, refused: 0 },
    { door: 'dicom', received: 0, accepted: 0, refused: 0 },
    { door: 'interface', received: 0, accepted: 0, refused: 0 },
  ])
})

test('a refused message is processed again by its door; an accepted one is not', async () => {
  const { traffic } = await aJournal()
  const { id } = await traffic.receive(anArrival())
  await traffic.settle(id, { outcome: 'refused', code: 'hl7.x', reason: 'y' })
  const seen: string[] = []
  traffic.onResend('hl7v2', async (message, raw) => {
    seen.push(`${message.subject} ${Buffer.from(raw).toString()}`)
    await traffic.settle(message.id, { outcome: 'accepted', made: ['Patient/a/_history/1'] })
  })

  const message = await traffic.resend(tenant, id)

  assert.deepEqual(seen, ['ORU^R01 MSH|^~\\&|LIS'])
  assert.deepEqual(
    [message.outcome, message.code, message.made],
    ['accepted', undefined, ['Patient/a/_history/1']],
  )
  const failsWith = (code: string) => (cause: OutcomeError) =>
    cause.outcome.issue[0]?.details?.coding?.[0]?.code === code
  await assert.rejects(traffic.resend(tenant, id), failsWith('traffic.already-accepted'))
  await assert.rejects(traffic.resend(otherTenant, id), failsWith('traffic.unknown-message'))
  await assert.rejects(traffic.resend(tenant, 'x' as MessageId), failsWith('traffic.unknown-message'))
})
