/**
 * What the consents of patients refuse, as a condition on a row of `records.current`: part of the statement that reads
 * the row, so that a consent that was written or withdrawn a moment ago acts. The meaning is `evaluate.ts`; the
 * functions stand in `migrations/0001-consent.sql`.
 */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { identityOf } from '@xinglin/records'
import type { Look } from './evaluate.ts'

/** True for a row that some consent refuses to this look; `row` is an alias of `records.current`. */
export function isRefused(row: Sql, look: Look): Sql {
  // Nearly all patients have no consent: a look into the index, which PostgreSQL does without calling the function.
  return sql`(exists (select from consent.rule where tenant = ${row}.tenant and patient = ${row}.patient)
    and consent.refuses(
      ${columnsOf(row)}, ${look.keys}::text[], ${look.purposes}::text[], ${look.at}::timestamptz,
      ${look.isEmergency === true}::boolean))`
}

/** True for a row that some consent permits to this look. */
export function isPermitted(row: Sql, look: Look): Sql {
  return sql`consent.permits(
    ${columnsOf(row)}, ${look.keys}::text[], ${look.purposes}::text[], ${look.at}::timestamptz)`
}

function columnsOf(row: Sql): Sql {
  return sql`${row}.tenant, ${row}.patient, ${row}.type::text, ${row}.self, ${row}.at, ${row}.terms`
}

/** The ids of the consents that refuse a row, as rows. */
export function refusedBy(row: Sql, look: Look): Sql {
  return sql`consent.refusing(
    ${columnsOf(row)}, ${look.keys}::text[], ${look.purposes}::text[], ${look.at}::timestamptz,
    ${look.isEmergency === true}::boolean)`
}

/** Ids of the consents that refuse one resource to a look; empty where none does or nothing is there. */
export async function consentsRefusing(
  from: Queryable,
  { tenant, type, id }: { readonly tenant: TenantId; readonly type: string; readonly id: string },
  look: Look,
): Promise<readonly string[]> {
  const rows = await from.query(sql<{ consent: string }>`
    select refusing.consent
    from records.current as row, ${refusedBy(sql`row`, look)} as refusing(consent)
    where row.self = ${identityOf(tenant, type, id)}::bigint`)
  return rows.map(({ consent }) => consent)
}
