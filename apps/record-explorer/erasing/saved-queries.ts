/** Saved queries that ask for an erased patient by id or by a number of his. */
import { sql } from '@xinglin/database'
import type { Eraser } from '@xinglin/records'

export const queryEraser: Eraser = {
  name: 'record-explorer.saved-query',
  tables: ['record_explorer.saved_query'],
  async erase(transaction, { tenant, patients, numbers }) {
    const said = [
      ...numbers.flatMap((number) => [number, encodeURIComponent(number)]),
      ...patients.flatMap((id) => [`Patient/${id}`, `Patient%2F${id}`, `=${id}`]),
    ]
    const rows = await transaction.query(sql`
      delete from record_explorer.saved_query
      where tenant = ${tenant}
        and exists (
          select from unnest(${said}::text[]) as each (part)
          where position(each.part in query) > 0 or position(each.part in name) > 0)
      returning id`)
    return { rows: rows.length }
  },
}
