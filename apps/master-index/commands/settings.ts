/** Changing thresholds and rules is a version of its own; the pairs that are open are judged anew by the scan that follows. */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { invalid } from '@xinglin/fhir'
import { type EvidenceRule, evidenceRules } from '@xinglin/matching'
import { masterIndexPermissions as permissions, type SaveSettings } from '../contract.ts'
import { listOf, memberOf, optionalTextOf, shareOf, textOf } from '../routes/input.ts'
import { askForScan } from '../scan/scan-task.ts'
import { displayOf } from './merge.ts'

export const saveSettings: Command<SaveSettings, { readonly version: number }> = {
  name: 'master-index.save-settings',
  permission: permissions.writeSettings,
  parse: (input) => ({ ...proposedSettings(input), note: textOf(input, 'note') }),
  run: async (unit, { upper, lower, evidence, isAutomatic, training, note }, kernel) => {
    const display = await displayOf(kernel, unit)
    const [saved] = await unit.transaction.query<{ version: number }>(sql<{ version: number }>`
      insert into master_index.settings (
        tenant, version, upper, lower, evidence, automatic, training, saved, saved_by, saved_display, note
      )
      select ${unit.tenant}, coalesce(max(version), 0) + 1, ${upper}, ${lower}, ${evidence}::text[], ${isAutomatic},
        ${training ?? null}, ${unit.at}, ${unit.actor}, ${display}, ${note}
      from master_index.settings
      where tenant = ${unit.tenant}
      returning version`)
    const version = saved?.version ?? 1
    await askForScan(kernel, unit, display)
    unit.state({ kind: 'master-index.settings-saved', data: { version } })
    return { version }
  },
}

/** What a body proposes; throws where the thresholds contradict one another. */
export function proposedSettings(input: unknown): Omit<SaveSettings, 'note'> {
  const [upper, lower] = [shareOf(input, 'upper'), shareOf(input, 'lower')]
  if (lower > upper)
    throw invalid('the lower threshold lies above the upper one', {
      code: 'master-index.thresholds',
      at: 'lower',
    })
  const training = optionalTextOf(input, 'training')
  return {
    ...{ upper, lower, isAutomatic: memberOf(input, 'isAutomatic') === true },
    evidence: listOf(input, 'evidence', { isOne: isEvidence, most: evidenceRules.length }),
    ...(training ? { training } : {}),
  }
}

const isEvidence = (text: string): text is EvidenceRule => (evidenceRules as readonly string[]).includes(text)
