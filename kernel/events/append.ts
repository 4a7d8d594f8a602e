/** Appending: one statement for any number of entries, in the transaction that makes the change (law 1). */
import { sql, type Transaction } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import type { Author, Statement } from './events.ts'

/** Inserts the statements in their order; they become readable when the transaction commits. */
export function appendEntries(
  transaction: Transaction,
  author: Author & { readonly at: Instant },
  statements: readonly Statement[],
): void {
  transaction.insertLast(sql`
    insert into events.entry (at, tenant, actor, kind, resource_type, resource_id, version, patient, data)
    select
      ${author.at}::timestamptz, ${author.tenant}::integer, ${author.actor}::text,
      stated.kind, stated."resourceType", stated."resourceId", stated.version, stated.patient, stated.data
    from rows from (
      json_to_recordset(${sql.json(statements)}::json) as (
        kind text, "resourceType" text, "resourceId" text, version integer, patient text, data jsonb)
    ) with ordinality as stated
    order by stated.ordinality`)
}
