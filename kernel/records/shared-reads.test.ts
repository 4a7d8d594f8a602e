/** Reads that come together are answered each with its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TenantId } from '@xinglin/events'
import { testKernel, testTenant } from '@xinglin/testkit'

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
