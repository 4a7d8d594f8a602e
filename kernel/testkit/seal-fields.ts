/** An institution of a test with its chosen fields sealed, without the waits by which processes hear of it. */
import { type Database, sql } from '@xinglin/database'
import type { Author } from '@xinglin/events'
import { type Records, type SealedFields, usualSealedFields } from '@xinglin/records'
import { identityNumberSystem } from './patients/named-patients.ts'

/** The usual fields, with the identity numbers of the named patients. */
export const testSealedFields: SealedFields = {
  ...usualSealedFields,
  systems: [...usualSealedFields.systems, identityNumberSystem],
}

// Rule 22: a whole suite is run a second time over sealed fields without a change of its files.
/** Whether every record of a test is to have its usual fields sealed. */
export const isSealedRun = process.env.XINGLIN_TEST_SEALED === 'on'

/** Chooses these fields and carries the choice out to its end. */
export async function sealFields(
  { database, records }: { readonly database: Database; readonly records: Records },
  author: Author,
  fields: SealedFields = testSealedFields,
): Promise<void> {
  await records.sealing.choose(author, { ...fields, reason: 'test' })
  for (;;) {
    await database.query(
      sql`update records.sealing set since = since - interval '1 minute' where state <> 'done'`,
    )
    if ((await records.sealing.step()).isDone) return
  }
}
