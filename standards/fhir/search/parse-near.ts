/** FHIR R4 location.html §8.7.6 `near=latitude|longitude|distance|units`: within a circle on the earth. */
import type { NearQuery } from './parameter-query.ts'
import { badValue, splitUnescaped, type ValueContext } from './parse-value.ts'

/** What is near where no distance is asked, in km: across a city. */
const usualKm = 10
/** Half the way around the earth, in km. */
const farthestKm = 20_038

/** Kilometres of the units that distances are asked in (UCUM, and the standard's default `km`). */
const kmOf: Readonly<Record<string, number>> = {
  km: 1,
  m: 0.001,
  '[mi_us]': 1.609347,
  '[mi_i]': 1.609344,
  mi: 1.609344,
}

/** One circle; throws `invalid` for what is no place on the earth. */
export function parseNear(part: string, context: ValueContext): NearQuery {
  const wanted = 'latitude|longitude|distance|units with units of km, m or [mi_us]'
  const [first = '', second = '', distance = '', units = '', ...more] = splitUnescaped(part, '|')
  const [latitude, longitude] = [numberIn(first), numberIn(second)]
  const reach = distance === '' ? usualKm : numberIn(distance)
  const kmPerUnit = kmOf[units === '' ? 'km' : units]
  if (more.length > 0 || latitude === undefined || longitude === undefined) throw badValue(context, wanted)
  if (reach === undefined || reach < 0 || kmPerUnit === undefined) throw badValue(context, wanted)
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) throw badValue(context, 'a place on the earth')
  const km = distance === '' ? usualKm : reach * kmPerUnit
  return { latitude, longitude, km: Math.min(km, farthestKm) }
}

function numberIn(text: string): number | undefined {
  return /^[+-]?\d{1,6}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined
}
