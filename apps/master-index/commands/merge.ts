/** Merging by a person, and undoing it: each one transaction with what it moved and the pair's state. */
import type { Command, Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { Unit } from '@xinglin/records'
import {
  type MergedPatients,
  type MergePatients,
  masterIndexPermissions as permissions,
  type UndoMerge,
} from '../contract.ts'
import { ordered } from '../index/pairs.ts'
import { mergePatients } from '../merging/merge-patients.ts'
import { undoMerge } from '../merging/undo-merge.ts'
import { idOf, listOf, textOf } from '../routes/input.ts'

/** More is taken apart by hand. */
const mostAlsoMoved = 500

export const mergePatientsCommand: Command<MergePatients, MergedPatients> = {
  name: 'master-index.merge-patients',
  permission: permissions.merge,
  parse: (input) => ({
    survivor: idOf(input, 'survivor'),
    merged: idOf(input, 'merged'),
    reason: textOf(input, 'reason'),
  }),
  subject: ({ survivor }) => ({ resourceType: 'Patient', resourceId: survivor, patient: survivor }),
  run: async (unit, { survivor, merged, reason }, kernel) => {
    const actorDisplay = await displayOf(kernel, unit)
    const done = await mergePatients(kernel, unit, { survivor, merged, reason, actorDisplay })
    const { one, other } = ordered(survivor, merged)
    await unit.transaction.query(sql`
      update master_index.pair
      set state = 'same', decided = ${unit.at}, decided_by = ${unit.actor}, decided_display = ${actorDisplay},
        note = ${reason}, until = null, merge = ${done.merge}
      where tenant = ${unit.tenant} and one = ${one} and other = ${other}`)
    return done
  },
}

export const undoMergeCommand: Command<UndoMerge, { readonly conflicts: number }> = {
  name: 'master-index.undo-merge',
  permission: permissions.merge,
  parse: (input) => ({
    merge: idOf(input, 'merge'),
    reason: textOf(input, 'reason'),
    alsoMove: listOf(input, 'alsoMove', { isOne: isReference, most: mostAlsoMoved }),
  }),
  run: async (unit, input, kernel) => {
    const actorDisplay = await displayOf(kernel, unit)
    const { merge, items } = await undoMerge(kernel, unit, { ...input, actorDisplay })
    const { one, other } = ordered(merge.survivor, merge.merged)
    await unit.transaction.query(sql`
      update master_index.pair
      set state = 'different', decided = ${unit.at}, decided_by = ${unit.actor}, decided_display = ${actorDisplay},
        note = ${input.reason}, merge = null
      where tenant = ${unit.tenant} and one = ${one} and other = ${other}`)
    return { conflicts: items.filter(({ kind }) => kind === 'conflict').length }
  },
}

const isReference = (text: string): text is string => /^[A-Z]\w+\/[A-Za-z0-9\-.]{1,64}$/.test(text)

/** Who acts, as people read it; the reference where he has no name. */
export async function displayOf(
  { identity }: Pick<Kernel, 'identity'>,
  { actor }: Pick<Unit, 'actor'>,
): Promise<string> {
  return (await identity.actorOf(actor))?.display ?? actor
}
