/** Reads that come together are answered each with its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TenantId } from '@xinglin/events'
import { testKernel, testTenant } from '@xinglin/testkit'
import type { RowFilter } from './records.ts'

test('three hundred reads at once, of what is there, was deleted and never was, each get their own answer', async () => {
  const { records } = await testKernel()
  const author = { tenant: testTenant, actor: 'Practitioner/test' }
  const ids = Array.from({ length: 100 }, (_, number) => `o${number}`)
  await records.commit(author, (unit) =>
    unit.write(
      ids.map((id) => ({
        kind: 'create',
        id,
        resource: { resourceType: 'Basic', id, code: { text: `number ${id}` } },
      })),
    ),
  )
  await records.commit(author, (unit) => unit.write([{ kind: 'delete', type: 'Basic', id: 'o7' }]))
  const asked = [...ids, ...ids.map((id) => `${id}-absent`), ...ids]

  const versions = await Promise.all(asked.map((id) => records.read(testTenant, 'Basic', id)))
  const foreign = await records.read(2 as TenantId, 'Basic', 'o1')

  const expected = asked.map((id) => {
    if (id.endsWith('absent')) return undefined
    return id === 'o7' ? 'deleted' : `number ${id}`
  })
  assert.deepEqual(
    versions.map((version) =>
      version?.interaction === 'delete' ? 'deleted' : version && JSON.parse(version.json).code.text,
    ),
    expected,
  )
  assert.equal(foreign, undefined)
})

test('those who see by one filter share reads, and each is shown what that filter shows of what he asked', async () => {
  const { records } = await testKernel()
  const author = { tenant: testTenant, actor: 'Practitioner/test' }
  const secret = { system: 'urn:test', code: 'secret' }
  await records.commit(author, (unit) =>
    unit.write(
      Array.from({ length: 60 }, (_, number) => ({
        kind: 'update' as const,
        resource: {
          resourceType: 'Basic' as const,
          id: `o${number}`,
          code: { text: `number ${number}` },
          ...(number % 3 === 0 ? { meta: { security: [secret] } } : {}),
        },
      })),
    ),
  )
  const filter: RowFilter = { kind: 'not', filter: { kind: 'labelled', labels: [secret] } }
  const seen = records.seenBy({ mayWalk: () => true, within: () => filter })
  const asked = Array.from({ length: 120 }, (_, turn) => turn % 60)
  const read = () => Promise.all(asked.map((number) => seen.read(testTenant, 'Basic', `o${number}`)))

  const shown = (await read()).map((version) => version && JSON.parse(version.json).code.text)
  const again = (await read()).map((version) => version && JSON.parse(version.json).code.text)

  const expected = asked.map((number) => (number % 3 === 0 ? undefined : `number ${number}`))
  assert.deepEqual(shown, expected)
  assert.deepEqual(again, expected)
  const other = records.seenBy({ mayWalk: () => true, within: () => ({ kind: 'nothing' }) })
  assert.equal(await other.read(testTenant, 'Basic', 'o1'), undefined)
})
