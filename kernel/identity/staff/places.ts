/** Departments and wards by name. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Place } from './staff.ts'

export type PlaceNames = (type: 'Organization' | 'Location', id: string) => Place

/** Names of all departments and wards of an institution; one that is not there bears its id. */
export async function placeNames(from: Queryable, tenant: TenantId): Promise<PlaceNames> {
  const rows = await from.query(sql<{ key: string; name: string }>`
    select type || '/' || id as key, name
    from staff.place
    where tenant = ${tenant}`)
  const names = new Map(rows.map(({ key, name }) => [key, name]))
  return (type, id) => ({ id, name: names.get(`${type}/${id}`) ?? id })
}
