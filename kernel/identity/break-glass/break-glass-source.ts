/** Broken glass as a source of access: it lifts what other sources refuse, but no consent that speaks of such looks itself. */
import type { AccessSource, RowFilter } from '../access/access.ts'
import { notRefused } from '../consent/consent-source.ts'
import { emergencyLookOf } from '../consent/look.ts'

/** Sources whose refusals it lifts. Walls between institutions are none of them. */
const lifted = ['consent', 'label', 'policy', 'relation']

/** People alone break glass; the rows are looked at in each statement, so that its end acts at once. */
export const breakGlassSource: AccessSource = {
  name: 'break-glass',
  stanceOf({ actor, at }) {
    if (actor.kind !== 'user') return undefined
    const broken: RowFilter = {
      kind: 'related',
      table: ['consent', 'break_glass'],
      holders: [actor.reference],
      at,
    }
    const rows: RowFilter = { kind: 'and', filters: [broken, notRefused(emergencyLookOf(actor, at))] }
    return { lifts: { sources: lifted, rows } }
  },
}
