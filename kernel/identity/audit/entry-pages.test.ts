/** Pages of the trail: the two questions over months, and what an answer costs while the trail grows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Database, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { AuditFilter } from '../identity.ts'
import { listEntries } from './entry-pages.ts'
import { testTrail } from './proof/test-trail.ts'

const { database, runtime } = await testTrail()
const tenant = 1 as TenantId
const months = 14
const audit = { flush: async () => undefined }
await database.query(sql`
  select identity.add_audit_month(month::date)
  from generate_series(${runtime.now()}::timestamptz - make_interval(months => ${months}), ${runtime.now()}::timestamptz,
    interval '1 month') as month`)

/** Entries of others, evenly over the months. */
async function others(count: number) {
  await database.query(sql`
    insert into identity.audit (at, tenant, actor, actor_display, address, action, resource_type, patient, outcome)
    select ${runtime.now()}::timestamptz - make_interval(mins => (n * ${months * 43_000}::bigint / ${count})::integer), ${tenant},
      'user/' || n % 97, 'Somebody', '10.0.0.' || n % 50, 'read', 'Observation', 'other-' || n % 211, 'allowed'
    from generate_series(1, ${count}::integer) as n`)
  await database.query(sql`analyze identity.audit`)
}

/** Of the record `asha` one opening a month, alone or in a list; each odd one refused to `user/li`. */
for (let month = 0; month < months; month++)
  await database.query(sql`
    insert into identity.audit (at, tenant, actor, actor_display, address, purpose, action, patient, patients, detail, outcome)
    values (${runtime.now()}::timestamptz - make_interval(days => ${month * 30 + 1}), ${tenant},
      ${month % 2 ? 'user/li' : 'user/wang'}, 'Li', ${month % 2 ? '10.1.0.7' : '10.2.0.7'}, ${month % 4 === 1 ? 'BTG' : null}, 'read',
      ${month % 3 ? 'asha' : null}, ${month % 3 ? null : ['asha', 'leo']}::text[], ${String(month)},
      ${month % 2 ? 'refused' : 'allowed'})`)

const found = async (filter: AuditFilter & { limit?: number }) => {
  const seen: (string | undefined)[] = []
  let before: string | undefined
  do {
    const page = await listEntries(
      { database, audit, runtime },
      { tenant },
      { limit: 100, ...filter, before },
    )
    seen.push(...page.entries.map(({ detail }) => detail))
    before = page.next
  } while (before)
  return seen.join(' ')
}

await others(4_000)

test('who opened this record, and what did this person open, over more than a year, page after page', async () => {
  const all = '0 1 2 3 4 5 6 7 8 9 10 11 12 13'
  assert.deepEqual(
    {
      record: await found({ patient: 'asha' }),
      byThree: await found({ patient: 'asha', limit: 3 }),
      listed: await found({ patient: 'leo' }),
      person: await found({ actor: 'user/li' }),
      personAndRecord: await found({ actor: 'user/li', patient: 'leo' }),
      purpose: await found({ patient: 'asha', purpose: 'BTG' }),
      treatment: await found({ actor: 'user/li', purpose: 'TREAT' }),
      address: await found({ patient: 'asha', address: '10.1.*' }),
      refused: await found({ outcome: 'refused' }),
      byAddressAlone: await found({ address: '10.2.0.7' }),
    },
    {
      record: all,
      byThree: all,
      listed: '0 3 6 9 12',
      person: '1 3 5 7 9 11 13',
      personAndRecord: '3 9',
      purpose: '1 5 9 13',
      treatment: '3 7 11',
      address: '1 3 5 7 9 11 13',
      refused: '1 3 5 7 9 11 13',
      byAddressAlone: '0 2 4 6 8 10 12',
    },
  )
})

/** Blocks of 8 KB that one page of an answer reads. */
async function blocksOf(filter: AuditFilter): Promise<number> {
  let blocks = 0
  const explained: Pick<Database, 'query'> = {
    async query<Row>(statement: Sql<Row>) {
      const [plan] = await database.query(
        sql<{ 'QUERY PLAN': Plan }>`explain (analyze, buffers, format json) ${statement}`,
      )
      const root = plan?.['QUERY PLAN'][0].Plan
      blocks += (root?.['Shared Hit Blocks'] ?? 0) + (root?.['Shared Read Blocks'] ?? 0)
      return database.query(statement)
    },
  }
  await listEntries(
    { database: { ...database, ...explained }, audit, runtime },
    { tenant },
    { ...filter, limit: 50 },
  )
  return blocks
}
type Plan = readonly [{ readonly Plan: Readonly<Record<'Shared Hit Blocks' | 'Shared Read Blocks', number>> }]

test('an answer costs what it holds: twenty times as many entries of others do not make it dearer', async (context) => {
  const questions = {
    record: { patient: 'asha' },
    person: { actor: 'user/li' },
    refusals: { outcome: 'refused' },
    personByAddress: { actor: 'user/li', address: '10.1.*' },
    newest: {},
  } as const
  const costs = async () =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(questions).map(async ([name, filter]) => [name, await blocksOf(filter)]),
      ),
    )
  const small = await costs()
  await others(80_000)
  const large = await costs()
  context.diagnostic(JSON.stringify({ small, large }))
  // Trees of indexes grow by a level; all of 84,000 entries would be some 1,500 blocks.
  for (const name of Object.keys(questions))
    assert.ok(large[name] <= small[name] * 3 + 50, `${name}: ${large[name]}`)
})

test('what no index tells of is looked for among so many entries a page, and the page says how far', async () => {
  const page = await listEntries({ database, audit, runtime }, { tenant }, { address: '10.9.9.9', limit: 10 })
  assert.deepEqual(
    [page.entries.length, page.next !== undefined, page.lookedBackTo !== undefined],
    [0, true, true],
  )
  assert.equal(await found({ address: '10.2.0.7' }), '0 2 4 6 8 10 12')
})
