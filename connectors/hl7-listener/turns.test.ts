/** Transactions on their way together act in the order in which their messages came. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Patient } from '@xinglin/fhir'
import type { Draft, Known } from './knowledge.ts'
import { createTurns } from './turns.ts'

/** A message that has looked at patients and changes some of them. */
function aDraft({ seen = [], changes = [] }: { seen?: readonly string[]; changes?: readonly string[] }) {
  const patient = (id: string): Known<'Patient'> => ({ resourceType: 'Patient', id }) satisfies Patient
  return {
    seen: new Set(seen.map((id) => `Patient?_id=${id}`)),
    changes: new Map(changes.map((id) => [`Patient/${id}`, { resource: patient(id), ifVersion: 1 }])),
  } as unknown as Draft
}

test('a message of another patient goes beside an earlier transaction; one of the same patient, and those after it, wait', async () => {
  const turns = createTurns()
  const earlier = turns.open(1)
  const later = turns.open(3)
  const wang = { seen: ['wang'], changes: ['wang'] }

  const first = await earlier.enter([aDraft(wang)])
  const free = await later.enter([aDraft({ seen: ['zhao'], changes: ['zhao'] }), aDraft(wang), aDraft({})])
  earlier.end()
  await later.earlierEnded()
  const then = await later.enter([aDraft(wang), aDraft({})])

  assert.deepEqual([first, free, then], [1, 1, 2])
})

test('a later transaction does not decide before an earlier one has said what all its messages change', async () => {
  const turns = createTurns()
  const earlier = turns.open(2)
  const later = turns.open(1)
  const decided: number[] = []

  const deciding = later.enter([aDraft({ seen: ['zhao'] })]).then((free) => decided.push(free))
  await earlier.enter([aDraft({ changes: ['wang'] })])
  await new Promise(setImmediate)
  const before = [...decided]
  await earlier.enter([aDraft({ changes: ['wang'] }), aDraft({ changes: ['zhao'] })])
  await deciding

  assert.deepEqual([before, decided], [[], [0]])
})

test('what ended without a word holds nobody up', async () => {
  const turns = createTurns()
  const earlier = turns.open(1)
  const later = turns.open(1)

  const deciding = later.enter([aDraft({ seen: ['wang'] })])
  earlier.end()

  assert.equal(await deciding, 1)
})
