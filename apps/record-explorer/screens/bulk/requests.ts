/** Bulk Data Access 2.0 §Kick-off Request and `$import`: what the forms hold as the Parameters that the door takes. */
import type { Asked } from '../fhir/door.ts'
import { instantAt } from './instant.ts'

export const levels = ['system', 'patient', 'group'] as const
export type Level = (typeof levels)[number]

/** An export as it is being written; times are those of the clocks of the hospital, `2026-11-23T08:30`. */
export type ExportDraft = {
  readonly level: Level
  /** Id of a Group; meant on its level only. */
  readonly group: string
  readonly types: readonly string[]
  readonly since: string
  readonly until: string
  /** Names of elements with commas between. */
  readonly elements: string
  /** `Type?search`, one a line. */
  readonly filters: string
}

export const emptyExport: ExportDraft = {
  level: 'system',
  group: '',
  types: [],
  since: '',
  until: '',
  elements: '',
  filters: '',
}

const paths: Readonly<Record<Level, (draft: ExportDraft) => string>> = {
  system: () => '$export',
  patient: () => 'Patient/$export',
  group: ({ group }) => `Group/${encodeURIComponent(group)}/$export`,
}

/** The kick-off of an export. Searches may name patients, so all of it is sent in the body. */
export function exportRequest(draft: ExportDraft, zone: string): Asked {
  const instant = (name: string, wall: string) => {
    const at = instantAt(wall, zone)
    return at === undefined ? [] : [{ name, valueInstant: at }]
  }
  const text = (name: string, value: string) => (value === '' ? [] : [{ name, valueString: value }])
  return asyncRequest(paths[draft.level](draft), [
    ...text('_type', draft.types.join(',')),
    ...instant('_since', draft.since),
    ...instant('_until', draft.until),
    ...text('_elements', listed(draft.elements, /[,，\s]+/).join(',')),
    ...listed(draft.filters, /\n/).map((each) => ({ name: '_typeFilter', valueString: each })),
  ])
}

/** The address of a file, and the one type that its lines may have; lines of any type where it is empty. */
export type ImportInput = { readonly url: string; readonly type: string }

/** The kick-off of an import. */
export function importRequest(inputs: readonly ImportInput[]): Asked {
  const inputOf = ({ url, type }: ImportInput) => ({
    name: 'input',
    part: [{ name: 'url', valueUrl: url }, ...(type === '' ? [] : [{ name: 'type', valueCode: type }])],
  })
  return asyncRequest('$import', [
    { name: 'inputFormat', valueCode: 'application/fhir+ndjson' },
    ...inputs.map(inputOf),
  ])
}

/** Addresses that were typed, one a line. */
export function addressesIn(text: string): readonly string[] {
  return listed(text, /\s+/)
}

function asyncRequest(path: string, parameter: readonly object[]): Asked {
  const body = { resourceType: 'Parameters', ...(parameter.length === 0 ? {} : { parameter }) }
  return { path, body: JSON.stringify(body), isAsync: true }
}

function listed(text: string, between: RegExp): readonly string[] {
  return text
    .split(between)
    .map((each) => each.trim())
    .filter((each) => each !== '')
}
