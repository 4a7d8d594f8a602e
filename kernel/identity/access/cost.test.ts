/** What a decision costs in statements: a look that nothing narrows asks the database what it asked before, and no more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '@xinglin/database'
import { createEventLog } from '@xinglin/events'
import type { Resource } from '@xinglin/fhir'
import { createRecords } from '@xinglin/records'
import { createIdentity } from '../identity.ts'
import { signedInPerson, testIdentity } from '../test-identity.ts'

const of = await testIdentity()
const { actor } = await signedInPerson(of, { login: 'li', roles: ['clinician'] })

let statements = 0
const counting: Database = {
  ...of.database,
  query(statement) {
    statements += 1
    return of.database.query(statement)
  },
  reading(work) {
    return of.database.reading((from) =>
      work({
        query(statement) {
          statements += 1
          return from.query(statement)
        },
      }),
    )
  },
}
const events = createEventLog({ database: counting, runtime: of.runtime })
const records = createRecords({ database: counting, events, runtime: of.runtime })
const identity = createIdentity({ database: counting, records, events, runtime: of.runtime })

const asha = { resourceType: 'Patient', id: 'asha', name: [{ family: 'asha' }] } as Resource
await of.records.commit({ tenant: actor.tenant, actor: 'system/test' }, (unit) =>
  unit.write([{ kind: 'update', resource: asha }]),
)

async function statementsOf(act: () => Promise<unknown>): Promise<number> {
  await act()
  const turns: number[] = []
  for (let turn = 0; turn < 5; turn += 1) {
    const before = statements
    await act()
    turns.push(statements - before)
  }
  // The audit trail is written meanwhile, now and then in the middle of an act: the least is the act's own.
  return Math.min(...turns)
}

test('without policies, labels and consents a read is one statement, and a search what it is without anybody asking', async () => {
  const li = identity.recordsFor(actor)
  assert.equal(await statementsOf(() => li.read('Patient', 'asha')), 1)
  const plain = await statementsOf(() => records.search(actor.tenant, 'Patient', [['name', 'asha']]))
  assert.equal(await statementsOf(() => li.search('Patient', [['name', 'asha']])), plain)
})

test('a policy of own patients costs a read no further statement, nor a search', async () => {
  await identity.policies.save(of.administrator, {
    reason: 'tested',
    policy: {
      ...{ id: 'own', title: { zh: '本人', en: 'Own' }, role: 'clinician', types: ['*'], interactions: 'rs' },
      ...{ patients: 'own-patients', afterDays: 0, purposes: [], hidden: [], isActive: true },
    },
  })
  const li = identity.recordsFor({ ...actor, practitioner: 'li' })
  await of.records.commit({ tenant: actor.tenant, actor: 'system/test' }, (unit) =>
    unit.write([
      {
        kind: 'update',
        resource: { ...asha, generalPractitioner: [{ reference: 'Practitioner/li' }] } as Resource,
      },
    ]),
  )
  assert.equal(await statementsOf(() => li.read('Patient', 'asha')), 1)
  const plain = await statementsOf(() => records.search(actor.tenant, 'Patient', [['name', 'asha']]))
  assert.equal(await statementsOf(() => li.search('Patient', [['name', 'asha']])), plain)
  await identity.stop()
})
