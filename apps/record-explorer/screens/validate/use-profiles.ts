/** Profiles that a resource of a type can be judged by: the base definition and the StructureDefinitions of the record. */

import { type Told, useDoor } from '../fhir/door.ts'
import { isObject, listOf, parsed, textAt } from '../fhir/json.ts'

const base = 'http://hl7.org/fhir/StructureDefinition/'

/** Their canonical urls, the base one first. */
export function useProfiles(type: string | undefined): readonly string[] {
  const form = new URLSearchParams([
    ['type', type ?? ''],
    ['_elements', 'url'],
    ['_count', '200'],
  ]).toString()
  const answer = useDoor(type ? { path: 'StructureDefinition/_search', form } : undefined, {
    read: urlsIn,
    staleAfterMs: 60_000,
  })
  const own = answer.state === 'ready' ? answer.data : []
  return type ? [...new Set([`${base}${type}`, ...own])] : []
}

function urlsIn({ text }: Told): readonly string[] {
  const bundle = parsed(text)
  return isObject(bundle) ? listOf(bundle.entry).flatMap((entry) => textAt(entry, 'resource.url') ?? []) : []
}
