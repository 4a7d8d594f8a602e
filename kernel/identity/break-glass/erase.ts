/** What was written when somebody broke the glass of an erased patient; that it was done, by whom and when, stays. */
import { sql } from '@xinglin/database'
import type { Eraser } from '@xinglin/records'

export const glassEraser: Eraser = {
  name: 'consent.break_glass',
  tables: ['consent.break_glass'],
  async erase(transaction, { tenant, patients, isKept }) {
    // Of a record that is kept the law keeps who opened it and why.
    if (isKept) return { rows: 0 }
    const rows = await transaction.query(sql`
      update consent.break_glass
      set reason = '', note = case when note is null then null else '' end
      where tenant = ${tenant} and patient = any (${patients}::text[]) and (reason <> '' or note <> '')
      returning id`)
    return { rows: rows.length }
  },
}
