/** Files that were sent to be imported: kept in the object store for a week, known to whoever sent them. */
import type { Kernel } from '@xinglin/app'
import { type Queryable, sql } from '@xinglin/database'
import type { Actor } from '@xinglin/identity'
import type { PassingName } from '@xinglin/objects'
import { askCleaning } from '../ask-cleaning.ts'
import { uploadLastsMs } from '../limits.ts'

export type Upload = { readonly object: string; readonly sizeBytes: number }

export function noteUpload(
  { database, jobs, runtime }: Pick<Kernel, 'database' | 'jobs' | 'runtime'>,
  { tenant, reference }: Actor,
  { name, sizeBytes }: { readonly name: PassingName; readonly sizeBytes: number },
): Promise<void> {
  return database.transaction(async (transaction) => {
    await transaction.query(sql`
      insert into bulk.upload (tenant, object, owner, size_bytes, sent)
      values (${tenant}, ${name}, ${reference}, ${sizeBytes}, ${runtime.now()}::timestamptz)`)
    await askCleaning(transaction, { jobs, runtime }, uploadLastsMs)
  })
}

/** Undefined where this actor has sent no such file, or it was removed. */
export async function uploadOf(
  from: Queryable,
  { tenant, reference }: Actor,
  object: string,
): Promise<Upload | undefined> {
  const [row] = await from.query(sql<Upload>`
    select object, size_bytes as "sizeBytes"
    from bulk.upload
    where tenant = ${tenant} and object = ${object} and owner = ${reference}`)
  return row
}
