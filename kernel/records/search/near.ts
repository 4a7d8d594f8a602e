/** FHIR R4 location.html §8.7.6 `near`: places within a circle, found by their latitude and measured on the sphere. */
import { type Sql, sql } from '@xinglin/database'
import { latitudeOf, longitudeOf, type NearQuery } from '@xinglin/fhir/search'
import { type Space, slotOf } from '../index/space.ts'

/** Kilometres from the middle of the earth (mean radius), and along a degree of latitude. */
const radiusKm = 6_371.0088
const kmPerDegree = 111.19

/** The condition on the row of this key: it has a place within one of the circles. */
export function nearCondition(
  { parameter, values }: { readonly parameter: string; readonly values: readonly NearQuery[] },
  key: Sql,
  space: Space,
): Sql {
  const circles = values.map(
    (circle) => sql`${key} in (
    select latitude.key
    from records.quantity_value as latitude
    join records.quantity_value as longitude
      on longitude.key = latitude.key and longitude.slot = ${slotOf(space, longitudeOf(parameter))}
    where latitude.slot = ${slotOf(space, latitudeOf(parameter))} and ${within(circle)})`,
  )
  return sql`(${sql.join(circles, sql` or `)})`
}

function within({ latitude, longitude, km }: NearQuery): Sql {
  const degrees = km / kmPerDegree
  return sql`latitude.low between ${latitude - degrees}::float8 and ${latitude + degrees}::float8
    and ${2 * radiusKm}::float8 * asin(least(1, sqrt(
      power(sin(radians(latitude.low - ${latitude}::float8) / 2), 2)
      + cos(radians(${latitude}::float8)) * cos(radians(latitude.low))
      * power(sin(radians(longitude.low - ${longitude}::float8) / 2), 2)))) <= ${km}::float8`
}

/** Kilometres between two places along the surface (haversine). */
export function kmBetween(
  from: { readonly latitude: number; readonly longitude: number },
  to: { readonly latitude: number; readonly longitude: number },
): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const high = Math.sin(radians(to.latitude - from.latitude) / 2) ** 2
  const wide = Math.sin(radians(to.longitude - from.longitude) / 2) ** 2
  const both = high + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * wide
  return 2 * radiusKm * Math.asin(Math.min(1, Math.sqrt(both)))
}
