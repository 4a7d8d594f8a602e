/** What an export reads: everything of a type as it stood at one instant, whatever others write in between. */
import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Instant, Resource } from '@xinglin/fhir'
import { testKernel, testTenant } from '@xinglin/testkit'
import type { Change, SnapshotQuery } from './records.ts'

const { records, runtime } = await testKernel()
const author = { tenant: testTenant, actor: 'system/test' }
const write = (...changes: Change[]) => records.commit(author, (unit) => unit.write(changes))
const put = (resource: object) => write({ kind: 'update', resource: resource as Resource & { id: string } })
const remove = (id: string) => write({ kind: 'delete', type: 'Patient', id })
const patient = (id: string, family: string) => ({ resourceType: 'Patient', id, name: [{ family }] })

async function all(asked: Omit<SnapshotQuery, 'count' | 'type'>, count = 2): Promise<readonly string[]> {
  const shown: string[] = []
  let after: string | undefined
  do {
    const page = await records.snapshot(testTenant, {
      ...{ type: 'Patient', count, ...asked },
      ...(after === undefined ? {} : { after }),
    })
    shown.push(...page.versions.map(({ id, version, interaction }) => `${id} ${version} ${interaction}`))
    after = page.next
  } while (after !== undefined)
  return shown
}

test('an export shows what stood at its instant, not what was written since', async () => {
  for (const id of ['a', 'b', 'c', 'd', 'e']) await put(patient(id, 'Zhang'))
  await remove('e')
  const at = runtime.now()
  runtime.advance(1000)
  await put(patient('a', 'Li'))
  await remove('b')
  await put(patient('new', 'Wang'))
  runtime.advance(1000)
  await put(patient('e', 'Back'))

  const shown = await all({ at })
  const now = await all({ at: runtime.now() })

  deepEqual(shown, ['a 1 create', 'b 1 create', 'c 1 create', 'd 1 create'])
  deepEqual(now, ['a 2 update', 'c 1 create', 'd 1 create', 'e 3 update', 'new 1 create'])
})

test('with an earlier instant only what changed since then, deletions first', async () => {
  const since = runtime.advance(1000)
  await put(patient('c', 'Zhao'))
  for (const id of ['d', 'e', 'new']) await remove(id)
  await put(patient('f', 'Sun'))
  const at = runtime.advance(1)
  runtime.advance(1000)
  await remove('f')
  await put(patient('e', 'Again'))

  const shown = await all({ at, since })

  deepEqual(shown, ['d 2 delete', 'new 2 delete', 'c 2 update', 'f 1 create'])
})

test('of one chart or of all charts', async () => {
  await write({
    kind: 'create',
    id: 'w',
    resource: { resourceType: 'Group', type: 'person', actual: true } as Resource,
  })
  const at = runtime.advance(1) as Instant

  const chart = await all({ at, patients: ['a', 'nobody'] })
  const groups = await records.snapshot(testTenant, { type: 'Group', at, count: 10, isOfPatients: true })

  deepEqual([chart, groups.versions], [['a 2 update'], []])
})
