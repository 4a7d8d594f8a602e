/** Files that were sent to be imported: kept in the object store, known to whoever sent them. */
import { type Queryable, sql } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { StoredObject } from '@xinglin/objects'

export type Upload = { readonly object: string; readonly sizeBytes: number }

export async function noteUpload(
  to: Queryable,
  { tenant, reference }: Actor,
  { hash, sizeBytes }: StoredObject,
  at: Instant,
): Promise<void> {
  await to.query(sql`
    insert into bulk.upload (tenant, object, owner, size_bytes, sent)
    values (${tenant}, ${hash}, ${reference}, ${sizeBytes}, ${at}::timestamptz)
    on conflict (tenant, object, owner) do update set sent = excluded.sent`)
}

/** Undefined where this actor has sent no such file. */
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
