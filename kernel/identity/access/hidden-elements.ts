/** Elements that policies hide: taken out of what is shown (FHIR R4 §3.1.0.1.5, tagged SUBSETTED), and never compared. */
import { parseWithDecimals, type ResourceType, stringifyWithDecimals } from '@xinglin/fhir'
import { parameterOf } from '@xinglin/fhir/search'
import type { Version } from '@xinglin/records'

const subsetted = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
}

type Json = { [name: string]: unknown }

/** The version without the elements, given by path below its type; the same where none is hidden. */
export function withoutElements(version: Version, paths: readonly string[]): Version {
  if (paths.length === 0 || version.json === '') return version
  const resource = parseWithDecimals(version.json)
  if (!isObject(resource)) return version
  const hidden = paths.filter((path) => remove(resource, path.split('.')))
  if (hidden.length === 0) return version
  // Narratives repeat what the elements say.
  delete resource.text
  const meta = isObject(resource.meta) ? resource.meta : {}
  const tags = Array.isArray(meta.tag) ? meta.tag : []
  resource.meta = { ...meta, tag: [...tags, subsetted] }
  return { ...version, json: stringifyWithDecimals(resource) }
}

/** Takes an element out wherever the path leads; whether there was one. A choice (`value`) is named without its type. */
function remove(from: Json, [name = '', ...rest]: readonly string[]): boolean {
  const isChoice = new RegExp(`^_?${name}([A-Z]\\w*)?$`)
  let isFound = false
  for (const own of Object.keys(from).filter((each) => isChoice.test(each))) {
    if (rest.length === 0) {
      delete from[own]
      isFound = true
      continue
    }
    const inner = [from[own]].flat().filter(isObject)
    for (const each of inner) isFound = remove(each, rest) || isFound
  }
  return isFound
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What says nothing of elements that can be hidden. */
const open: ReadonlySet<string> = new Set(
  '_id _lastUpdated _tag _profile _security _source _list _type _has _in'.split(' '),
)

/** Whether a search parameter compares none of the elements; one that cannot be told does. */
export function comparesOpenly(type: ResourceType, parameter: string, paths: readonly string[]): boolean {
  if (paths.length === 0 || open.has(parameter)) return true
  const definition = parameterOf(type, parameter)
  if (!definition || definition.kind === 'composite') return false
  const places = [...definition.expression.matchAll(new RegExp(`\\b${type}\\.([A-Za-z.]+)`, 'g'))].map(
    ([, place = '']) => place.replace(/\.(where|as|ofType|exists|resolve)$/, ''),
  )
  return places.length > 0 && !places.some((place) => paths.some((path) => isWithin(path, place)))
}

function isWithin(path: string, place: string): boolean {
  return `${place}.`.startsWith(`${path}.`) || `${path}.`.startsWith(`${place}.`)
}
