/** What the finder and the lists of lately opened charts hold of an erased patient. */
import { sql } from '@xinglin/database'
import type { Eraser } from '@xinglin/records'

export const finderEraser: Eraser = {
  name: 'chart.finder',
  tables: ['chart.finder_patient', 'chart.finder_term', 'chart.recent'],
  async erase(transaction, { tenant, patients }) {
    let rows = 0
    for (const table of ['finder_term', 'finder_patient', 'recent'] as const)
      rows += (
        await transaction.query(sql`
          delete from ${sql.id('chart', table)}
          where tenant = ${tenant} and patient = any (${patients}::text[])
          returning patient`)
      ).length
    return { rows }
  },
}
