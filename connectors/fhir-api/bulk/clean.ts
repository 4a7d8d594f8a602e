/** Removes files that may not be fetched or imported any more: first their bytes, then what names them, so that nothing is left behind. */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import { exportLastsMs, passingLastsMs, uploadLastsMs } from './limits.ts'

type Needs = Pick<Kernel, 'database' | 'objects' | 'runtime'>

/** One cleaning: what ended or was sent long enough ago, and what a crash left. */
export async function clean(kernel: Needs): Promise<void> {
  const { objects, runtime } = kernel
  const before = (ms: number) => instantOf(epochMs(runtime.now()) - ms, runtime.timeZone)
  await removeExports(kernel, before(exportLastsMs))
  await removeInputs(kernel, before(exportLastsMs))
  await removeUploads(kernel, before(uploadLastsMs))
  await objects.passing.removeBefore(before(passingLastsMs))
}

type Named = { readonly tenant: TenantId; readonly id: string; readonly objects: readonly string[] }

async function removeExports({ database, objects }: Needs, before: Instant): Promise<void> {
  const over = await database.query(sql<Named>`
    select tenant, id, array_agg(file.object) as objects
    from bulk.export
    join bulk.export_file as file using (tenant)
    where file.export = export.id and export.ended < ${before}::timestamptz
    group by tenant, id`)
  for (const { tenant, id, objects: names } of over) {
    for (const name of names) await objects.passing.remove(name)
    await database.query(sql`delete from bulk.export_file where tenant = ${tenant} and export = ${id}`)
  }
}

/** What an import fetched from elsewhere; what was sent stays as long as uploads do. */
async function removeInputs({ database, objects }: Needs, before: Instant): Promise<void> {
  const over = await database.query(sql<Named>`
    select import.tenant, import.id, array_agg(file ->> 'object') as objects
    from bulk.import, jsonb_array_elements(inputs) as files (file)
    where import.ended < ${before}::timestamptz and file ? 'object' and not exists (
      select from bulk.upload where upload.tenant = import.tenant and upload.object = file ->> 'object')
    group by import.tenant, import.id`)
  for (const { tenant, id, objects: names } of over) {
    for (const name of names) await objects.passing.remove(name)
    await database.query(sql`
      update bulk.import
      set inputs = (select jsonb_agg(file - 'object') from jsonb_array_elements(inputs) as files (file))
      where tenant = ${tenant} and id = ${id}`)
  }
}

/** But for those that an import has still to read. */
async function removeUploads({ database, objects }: Needs, before: Instant): Promise<void> {
  const over = await database.query(sql<{ tenant: TenantId; object: string }>`
    select tenant, object
    from bulk.upload
    where sent < ${before}::timestamptz and not exists (
      select from bulk.import
      where import.tenant = upload.tenant and import.state in ('waiting', 'running')
        and import.inputs @> jsonb_build_array(jsonb_build_object('object', upload.object)))`)
  for (const { tenant, object } of over) {
    await objects.passing.remove(object)
    await database.query(sql`delete from bulk.upload where tenant = ${tenant} and object = ${object}`)
  }
}
