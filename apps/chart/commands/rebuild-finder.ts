/** Empties the finder and fills it again from the record (law 4), in one transaction: readers see the old one until then. */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { chartPermissions } from '../contract.ts'
import { fillFinderFrom } from '../finder/fill-finder.ts'

export const rebuildFinder: Command<undefined, { readonly patients: number }> = {
  name: 'chart.rebuild-finder',
  permission: chartPermissions.maintain,
  parse: () => undefined,
  run: async (unit, _input, kernel) => {
    // The reaction that follows the log waits until the new rows stand.
    await unit.transaction.query(
      sql`lock table chart.finder_patient, chart.finder_term in share row exclusive mode`,
    )
    await unit.transaction.query(sql`delete from chart.finder_term where tenant = ${unit.tenant}`)
    await unit.transaction.query(sql`delete from chart.finder_patient where tenant = ${unit.tenant}`)
    return { patients: await fillFinderFrom(unit.transaction, kernel, unit.tenant) }
  },
}
