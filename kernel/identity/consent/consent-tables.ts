/** The tables of what is derived from consents, and of broken glass. */
import type { Migrations } from '@xinglin/database'

/** Tables of the schema `consent`. */
export const consentMigrations: Migrations = {
  name: 'consent',
  folder: new URL('./migrations/', import.meta.url),
}
