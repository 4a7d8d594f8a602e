/** Consents put together: kept with every write, told to whoever asks, made anew when they must be. */
import { type Database, sql } from '@xinglin/database'
import type { Records } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { ConsentEffect, Consents } from './consent.ts'
import { deriveConsents, rebuildConsents, rebuildOldConsents } from './derive.ts'
import { directiveOf } from './directive.ts'
import { lookOf } from './look.ts'
import { consentsRefusing, refusedBy } from './refusals.ts'

type Needs = { readonly database: Database; readonly records: Records; readonly runtime: Runtime }

/** From now on what is written as a Consent acts with the commit of the write. */
export function createConsents({ database, records, runtime }: Needs): Consents {
  const { timeZone } = runtime
  records.deriveFrom('Consent', (unit, versions) => deriveConsents(unit, versions, timeZone))
  return {
    directiveOf: (consent) => directiveOf(consent, timeZone),
    refusing: (actor, { type, id }) =>
      consentsRefusing(database, { tenant: actor.tenant, type, id }, lookOf(actor, runtime.now())),
    effects: (actor, patient) => {
      const consent = refusedBy(sql`row`, lookOf(actor, runtime.now()))
      return database.query(sql<ConsentEffect>`
        select refusing.consent, row.type::text as type, count(*)::integer as resources
        from records.current as row, ${consent} as refusing(consent)
        where row.tenant = ${actor.tenant} and row.patient = ${patient} and not row.deleted
        group by refusing.consent, row.type
        order by refusing.consent, row.type::text`)
    },
    rebuild: (tenant) => rebuildConsents({ records, runtime }, tenant),
    rebuildOld: () => rebuildOldConsents({ records, runtime }, database),
  }
}
