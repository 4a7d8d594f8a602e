/** The patients that a person opened lately, newest first. */
import { type Queryable, sql } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { FoundPatient } from './find-patients.ts'

/** A screenful; older ones are found by typing. */
const mostRecent = 20

export async function recentPatients(database: Queryable, actor: Actor): Promise<readonly FoundPatient[]> {
  return database.query<FoundPatient>(sql<FoundPatient>`
    select found.patient as id, name, gender, birth_date as "birthDate", mrn, phone, is_dead as "isDead"
    from chart.recent
    join chart.finder_patient as found on found.tenant = recent.tenant and found.patient = recent.patient
    where recent.tenant = ${actor.tenant} and recent.actor = ${actor.reference}
    order by recent.opened desc, found.patient
    limit ${mostRecent}`)
}

/** Notes that a person opened a record; only as many as are shown are kept. */
export async function noteRecent(
  database: Queryable,
  actor: Actor,
  opened: { readonly patient: string; readonly at: Instant },
): Promise<void> {
  await database.query(sql`
    insert into chart.recent (tenant, actor, patient, opened)
    values (${actor.tenant}, ${actor.reference}, ${opened.patient}, ${opened.at}::timestamptz)
    on conflict (tenant, actor, patient) do update set opened = excluded.opened`)
  await database.query(sql`
    delete from chart.recent
    where tenant = ${actor.tenant} and actor = ${actor.reference} and patient not in (
      select patient
      from chart.recent
      where tenant = ${actor.tenant} and actor = ${actor.reference}
      order by opened desc, patient
      limit ${mostRecent}
    )`)
}
