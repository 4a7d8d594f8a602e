/** Files of exports that were made before somebody's data is erased hold it too: they go, and are asked for anew. */
import { sql } from '@xinglin/database'
import type { Objects } from '@xinglin/objects'
import type { Eraser } from '@xinglin/records'

export function exportEraser(objects: Objects): Eraser {
  return {
    name: 'bulk.export',
    tables: ['bulk.export_file'],
    async erase(transaction, { tenant }) {
      const files = await transaction.query(sql<{ object: string }>`
        delete from bulk.export_file where tenant = ${tenant} returning object`)
      for (const { object } of files) await objects.passing.remove(object)
      return { rows: files.length }
    },
  }
}
