/** A version of a dictionary as a FHIR R4 CodeSystem (§4.8): all entries, withdrawn ones inactive. */
import type { Instant, ResourceOf } from '@xinglin/fhir'
import type { EntryText } from '../contract.ts'
import type { DictionaryRow } from '../queries/rows.ts'

/** R4 codesystem-concept-properties. */
const inactive = { code: 'inactive', uri: 'http://hl7.org/fhir/concept-properties#inactive' } as const

type Contents = {
  readonly entries: readonly { readonly code: string; readonly text: EntryText }[]
  readonly at: Instant
  readonly note: string
}

/** Each version is a resource of its own, so that what was recorded under an older one can be read. */
export function codeSystemId(key: string, number: number): string {
  return `${key}-v${number}`
}

export function codeSystemOf(
  { key, url, title, version }: DictionaryRow,
  { entries, at, note }: Contents,
): ResourceOf<'CodeSystem'> & { readonly id: string } {
  return {
    resourceType: 'CodeSystem',
    id: codeSystemId(key, version),
    url,
    version: String(version),
    name: key,
    title,
    status: 'active',
    date: at,
    description: note,
    caseSensitive: true,
    content: 'complete',
    count: entries.length,
    property: [{ ...inactive, type: 'boolean' }],
    concept: entries.map(({ code, text: { display, english, definition, isActive } }) => ({
      code,
      display,
      ...(definition === undefined ? {} : { definition }),
      ...(english === undefined ? {} : { designation: [{ language: 'en', value: english }] }),
      ...(isActive ? {} : { property: [{ code: inactive.code, valueBoolean: true }] }),
    })),
  }
}
