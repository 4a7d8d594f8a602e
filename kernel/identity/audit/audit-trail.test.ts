/** The audit trail: append-only, filtered, page after page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { refusalOf, testIdentity } from '../test-identity.ts'

test('nobody changes, deletes or empties the trail, not even the owner of the table', async () => {
  const { database } = await testIdentity()
  const attempts = [
    sql`update identity.audit set outcome = 'failed'`,
    sql`delete from identity.audit`,
    sql`truncate identity.audit`,
  ]
  for (const attempt of attempts)
    await assert.rejects(
      () => database.query(attempt),
      (error: Error) => String(error.cause).includes('append-only'),
    )
})

test('pages follow each other without a gap or a repetition, also within one instant', async () => {
  const { identity, administrator } = await testIdentity()
  for (let access = 0; access < 25; access++)
    await identity.audit(administrator, { action: 'read', outcome: 'allowed', detail: `access ${access}` })
  const seen: (string | undefined)[] = []
  let before: string | undefined
  do {
    const page = await identity.auditTrail.list(administrator, { action: 'read', before, limit: 7 })
    seen.push(...page.entries.map(({ detail }) => detail))
    before = page.next
  } while (before)
  assert.deepEqual(
    seen,
    Array.from({ length: 25 }, (_, index) => `access ${24 - index}`),
  )
})

test('the trail is filtered by who, what, whose, when and outcome', async () => {
  const { identity, administrator, runtime } = await testIdentity()
  const lis = identity.systemActor('lis', administrator.tenant)
  const note = (actor: typeof lis, detail: string, entry: object) =>
    identity.audit(actor, { action: 'read', outcome: 'allowed', detail, ...entry })
  await note(administrator, 'a', { resourceType: 'Patient', patient: 'leo' })
  const later = runtime.advance(1_000)
  await note(lis, 'b', { resourceType: 'Observation', patient: 'leo', outcome: 'refused' })
  await note(lis, 'c', { action: 'administration.audit.read', patient: 'asha' })
  const found = async (filter: object) => {
    const { entries } = await identity.auditTrail.list(administrator, { ...filter, limit: 50 })
    return entries.flatMap(({ detail }) => (detail?.length === 1 ? [detail] : [])).join('')
  }
  assert.deepEqual(
    {
      who: await found({ actor: 'system/lis' }),
      what: await found({ action: 'administration' }),
      type: await found({ resourceType: 'Patient' }),
      whose: await found({ patient: 'leo' }),
      from: await found({ from: later }),
      until: await found({ until: later }),
      outcome: await found({ outcome: 'refused' }),
      together: await found({ actor: 'system/lis', patient: 'leo', from: later }),
    },
    { who: 'cb', what: 'c', type: 'a', whose: 'ba', from: 'cb', until: 'a', outcome: 'b', together: 'b' },
  )
  assert.equal(
    await refusalOf(() => identity.auditTrail.list(administrator, { before: "1'", limit: 1 })),
    'invalid identity.audit-page',
  )
})

test('an export gives everything that fits, newest first, and is itself one entry', async () => {
  const { identity, administrator } = await testIdentity()
  for (let access = 0; access < 2_300; access++)
    await identity.audit(administrator, { action: 'search', outcome: 'allowed', detail: String(access) })
  const details: (string | undefined)[] = []
  for await (const page of await identity.auditTrail.pages(administrator, { action: 'search' }))
    details.push(...page.map(({ detail }) => detail))
  assert.deepEqual(
    details,
    Array.from({ length: 2_300 }, (_, index) => String(2_299 - index)),
  )
  const { entries } = await identity.auditTrail.list(administrator, { action: 'administration', limit: 9 })
  assert.equal(entries[0]?.detail, 'export: list by action')
})

test('one institution never sees the trail of another', async () => {
  const { identity, administrator, database } = await testIdentity()
  await database.query(sql`insert into identity.tenant (id, name) values (2, 'Second')`)
  const second = identity.systemActor('start', 2 as typeof administrator.tenant)
  await identity.audit(second, { action: 'read', outcome: 'allowed', patient: 'leo' })
  const own = await identity.auditTrail.list(administrator, { patient: 'leo', limit: 9 })
  const theirs = await identity.auditTrail.list(second, { patient: 'leo', limit: 9 })
  assert.deepEqual([own.entries.length, theirs.entries.length], [0, 1])
})

test('an id that PostgreSQL cannot hold does not hold up the entries behind it', async () => {
  const { identity, administrator } = await testIdentity()
  await identity.audit(administrator, { action: 'read', outcome: 'allowed', resourceId: 'a\0b\uD800' })
  await identity.audit(administrator, { action: 'read', outcome: 'allowed', resourceId: 'x'.repeat(10_000) })
  const { entries } = await identity.auditTrail.list(administrator, { action: 'read', limit: 9 })
  assert.deepEqual(
    entries.map(({ resourceId }) => resourceId),
    ['x'.repeat(600), 'a\uFFFDb\uFFFD'],
  )
})
