/** Bulk data (Bulk Data Access 2.0): everything, or much, out of the record and into it, as durable jobs. */
import type { Kernel } from '@xinglin/app'
import type { Migrations } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { JobTasks } from '@xinglin/jobs'
import { cleaningTask } from './ask-cleaning.ts'
import { clean } from './clean.ts'
import { exportTask } from './export/exports.ts'
import { runExport } from './export/run-export.ts'
import { importTask } from './import/imports.ts'
import { runImport } from './import/run-import.ts'

/** Tables of the schema `bulk`. */
export const bulkMigrations: Migrations = {
  name: 'bulk',
  folder: new URL('./migrations/', import.meta.url),
}

/** The work of exports and imports, for processes with the role worker; inputs are fetched from these origins alone. */
export function bulkTasks(
  kernel: Kernel,
  { importOrigins = [] }: { readonly importOrigins?: readonly string[] } = {},
): JobTasks {
  return {
    [exportTask]: (payload, signal) => runExport(kernel, keyOf(payload), signal),
    [cleaningTask]: () => clean(kernel),
    [importTask]: (payload, signal) => runImport(kernel, keyOf(payload), { origins: importOrigins, signal }),
  }
}

function keyOf({ tenant, id }: Readonly<Record<string, unknown>>): { tenant: TenantId; id: string } {
  return { tenant: Number(tenant) as TenantId, id: String(id) }
}
