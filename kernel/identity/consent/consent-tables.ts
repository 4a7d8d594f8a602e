/** The tables of consents, and keeping them with every Consent that is written. */
import type { Migrations } from '@xinglin/database'
import type { Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { deriveConsents } from './derive.ts'

/** Tables of the schema `consent`. */
export const consentMigrations: Migrations = {
  name: 'consent',
  folder: new URL('./migrations/', import.meta.url),
}

/** From now on what is written as a Consent acts with the commit of the write. */
export function keepConsents({ records, runtime }: { records: Records; runtime: Runtime }): void {
  records.deriveFrom('Consent', (unit, versions) => deriveConsents(unit, versions, runtime.timeZone))
}
