/** Many versions at once: current and superseded ones, deletions too, of one institution. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TenantId } from '@xinglin/events'
import { asha, leo, testKernel } from '@xinglin/testkit'

test('wanted versions are found whether current, superseded or deletions; others are left out', async () => {
  const { records, actor } = await testKernel()
  const author = { tenant: actor.tenant, actor: actor.reference }
  for (const gender of ['female', 'unknown'] as const)
    await records.commit(author, (unit) => unit.write([{ kind: 'update', resource: { ...asha, gender } }]))
  await records.commit(author, (unit) => unit.write([{ kind: 'update', resource: leo }]))
  await records.commit(author, (unit) => unit.write([{ kind: 'delete', type: 'Patient', id: 'leo' }]))
  const wanted = [
    ...[1, 2, 3].map((version) => ({ type: 'Patient' as const, id: 'asha', version })),
    ...[1, 2].map((version) => ({ type: 'Patient' as const, id: 'leo', version })),
    { type: 'Observation' as const, id: 'asha', version: 1 },
  ]

  const found = await records.readVersions(actor.tenant, wanted)
  const elsewhere = await records.readVersions(2 as TenantId, wanted)

  assert.deepEqual(found.map(({ id, version, interaction }) => `${id} ${version} ${interaction}`).sort(), [
    'asha 1 create',
    'asha 2 update',
    'leo 1 create',
    'leo 2 delete',
  ])
  assert.deepEqual(
    found
      .filter(({ id }) => id === 'asha')
      .map(({ version, json }) => [version, JSON.parse(json).gender])
      .sort(),
    [
      [1, 'female'],
      [2, 'unknown'],
    ],
  )
  assert.deepEqual(elsewhere, [])
  assert.deepEqual(await records.readVersions(actor.tenant, []), [])
})
