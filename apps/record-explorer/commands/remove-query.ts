/** Takes a kept query away; one that is not there, or somebody else's, stays what it is. */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { readPermission } from '../contract.ts'
import { idOf } from '../routes/asked.ts'

export const removeQuery: Command<{ readonly id: string }, undefined> = {
  name: 'record-explorer.remove-query',
  permission: readPermission,
  parse: (input) => ({ id: idOf(input) }),
  run: async ({ transaction, tenant, actor }, { id }) => {
    await transaction.query(sql`
      delete from record_explorer.saved_query
      where tenant = ${tenant} and id = ${id} and owner = ${actor}`)
    return undefined
  },
}
