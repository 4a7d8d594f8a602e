/** What the index holds of an erased patient: features, pairs with what was judged of them, and the reasons of merges. */
import { sql } from '@xinglin/database'
import type { Eraser } from '@xinglin/records'
import { removePeople } from './people.ts'

export const indexEraser: Eraser = {
  name: 'master-index.person',
  tables: [
    'master_index.person',
    'master_index.block_key',
    'master_index.pair',
    'master_index.merge',
    'master_index.moved',
  ],
  async erase(transaction, { tenant, patients }) {
    await removePeople(transaction, tenant, patients)
    const pairs = await transaction.query(sql`
      delete from master_index.pair
      where tenant = ${tenant} and (one = any (${patients}::text[]) or other = any (${patients}::text[]))
      returning one`)
    const merges = await transaction.query(sql<{ id: string }>`
      delete from master_index.merge
      where tenant = ${tenant} and (survivor = any (${patients}::text[]) or merged = any (${patients}::text[]))
      returning id`)
    await transaction.query(sql`
      delete from master_index.moved
      where tenant = ${tenant} and merge = any (${merges.map(({ id }) => id)}::text[])`)
    return { rows: pairs.length + merges.length }
  },
}
