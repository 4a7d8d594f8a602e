/** What a person decides of a pair without moving anything: two people, later, open again; and who looks at it. */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { conflict, notFound } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import { type AssignPair, type DecidePair, masterIndexPermissions as permissions } from '../contract.ts'
import { ordered } from '../index/pairs.ts'
import { removeLinks } from '../linking/link-task.ts'
import { choiceOf, idOf, memberOf, optionalTextOf } from '../routes/input.ts'
import { displayOf } from './merge.ts'

export const decidePair: Command<DecidePair, undefined> = {
  name: 'master-index.decide-pair',
  permission: permissions.decide,
  parse: (input) => {
    const note = optionalTextOf(input, 'note')
    const until = optionalTextOf(input, 'until')
    return {
      ...pairOf(input),
      decision: choiceOf(input, 'decision', ['different', 'later', 'open']),
      ...(note ? { note } : {}),
      ...(until && /^\d{4}-\d\d-\d\d$/.test(until) ? { until } : {}),
    }
  },
  subject: ({ one }) => ({ resourceType: 'Patient', resourceId: one, patient: one }),
  run: async (unit, { one, other, decision, note, until }, kernel) => {
    const state = await stateOf(unit, { one, other })
    if (state === 'same')
      throw conflict('this pair was merged; undo the merge first', { code: 'master-index.merged-pair' })
    if (state === 'linked') await removeLinks(unit, [one, other])
    const display = await displayOf(kernel, unit)
    await unit.transaction.query(sql`
      update master_index.pair
      set state = ${decision}, decided = ${unit.at}, decided_by = ${unit.actor}, decided_display = ${display},
        note = ${note ?? null}, until = ${decision === 'later' ? (until ?? null) : null}
      where tenant = ${unit.tenant} and one = ${one} and other = ${other}`)
    unit.state({
      kind: 'master-index.pair-decided',
      resourceType: 'Patient',
      resourceId: one,
      data: { other, decision },
    })
    return undefined
  },
}

export const assignPair: Command<AssignPair, undefined> = {
  name: 'master-index.assign-pair',
  permission: permissions.decide,
  parse: (input) => ({ ...pairOf(input), isMine: memberOf(input, 'isMine') === true }),
  subject: ({ one }) => ({ resourceType: 'Patient', resourceId: one, patient: one }),
  run: async (unit, { one, other, isMine }, kernel) => {
    await stateOf(unit, { one, other })
    const display = await displayOf(kernel, unit)
    await unit.transaction.query(sql`
      update master_index.pair
      set assignee = ${isMine ? unit.actor : null}, assignee_display = ${isMine ? display : null}
      where tenant = ${unit.tenant} and one = ${one} and other = ${other}`)
    return undefined
  },
}

function pairOf(input: unknown): { readonly one: string; readonly other: string } {
  return ordered(idOf(input, 'one'), idOf(input, 'other'))
}

async function stateOf(
  unit: Unit,
  { one, other }: { readonly one: string; readonly other: string },
): Promise<string> {
  const [pair] = await unit.transaction.query<{ state: string }>(sql<{ state: string }>`
    select state
    from master_index.pair
    where tenant = ${unit.tenant} and one = ${one} and other = ${other}
    for update`)
  if (!pair) throw notFound('these two records are no pair of the list', { code: 'master-index.no-pair' })
  return pair.state
}
