/** Who a person is in the record and where he works now: two columns beside a row of `identity.account`. */
import { type Sql, sql } from '@xinglin/database'
import type { Actor } from '../identity.ts'

export type StaffColumns = {
  readonly practitioner: string | null
  readonly departments: readonly string[]
}

/** For a select from `identity.account`; of several Practitioners that bear one account none counts. */
export const staffColumns = (at: string): Sql => sql`
  (select min(bound.practitioner)
    from staff.bound
    where bound.account = account.id and bound.tenant = account.tenant
    having count(distinct bound.practitioner) = 1) as practitioner,
  array(select distinct place
    from staff.bound
    join staff.position on position.tenant = bound.tenant and position.practitioner = bound.practitioner,
      unnest(array_append(position.locations, position.department)) as place
    where bound.account = account.id and bound.tenant = account.tenant and place is not null
      and position.since <= ${at}::timestamptz
      and (position.until is null or position.until > ${at}::timestamptz)
    order by place) as departments`

/** What of an actor they are; nothing where no Practitioner is his. */
export function staffOf({
  practitioner,
  departments,
}: StaffColumns): Pick<Actor, 'practitioner' | 'departments'> {
  return practitioner === null ? {} : { practitioner, departments }
}
