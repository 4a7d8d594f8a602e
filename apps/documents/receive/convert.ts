/**
 * C-CDA R2.1 sections into resources: problems, allergies, medications, results, vital signs, immunizations, procedures,
 * encounters. What a statement does not say is not made up; a statement that makes nothing is told of.
 */
import type { Section, Statement } from '@xinglin/cda'
import type { Resource } from '@xinglin/fhir'
import { validate } from '@xinglin/fhir/validate'
import {
  allergyOf,
  conditionOf,
  encounterOf,
  immunizationOf,
  medicationOf,
  procedureOf,
} from './resources.ts'
import { reportOf, seriesOf } from './results.ts'

export type Making = {
  readonly patient: string
  /** Zone of times that say none. */
  readonly offset: string
  /** The same id for the same statement of the same patient, in every version of a document. */
  readonly idOf: (type: string, statement: Statement) => string
}
export type Made = Resource & { readonly id: string }
/** What was not understood: where it stood and why. */
export type Missed = {
  readonly section: string
  readonly kind: string
  readonly template?: string
  readonly line: number
  readonly reason: 'section' | 'statement' | 'invalid' | 'not-said'
}
type Maker = (statement: Statement, making: Making) => readonly Made[]

/** By the LOINC code of the section. */
const makers: Readonly<Record<string, Maker>> = {
  '48765-2': allergyOf,
  '11450-4': conditionOf,
  '29548-5': conditionOf,
  '11535-2': conditionOf,
  '46241-6': conditionOf,
  '10154-3': conditionOf,
  '10160-0': medicationOf,
  '10183-2': medicationOf,
  '42346-7': medicationOf,
  '29549-3': medicationOf,
  '30954-2': reportOf,
  '8716-3': seriesOf,
  '11369-6': immunizationOf,
  '47519-4': procedureOf,
  '46240-8': encounterOf,
}

/** All that a body says, and what of it was not understood. */
export function convert(
  sections: readonly Section[],
  making: Making,
): { readonly made: readonly Made[]; readonly missed: readonly Missed[] } {
  const parts = sections.map((section) => ofSection(section, making))
  const all = parts.flatMap(({ made }) => made)
  // An entry may stand in two sections of one document; it is one fact.
  const made = [...new Map(all.map((each) => [`${each.resourceType}/${each.id}`, each])).values()]
  return { made, missed: parts.flatMap(({ missed }) => missed) }
}

function ofSection(
  section: Section,
  making: Making,
): { readonly made: readonly Made[]; readonly missed: readonly Missed[] } {
  const code = section.code?.code ?? ''
  const maker = Object.hasOwn(makers, code) ? makers[code] : undefined
  const inner = convert(section.sections, making)
  const own = section.entries.map((entry) => ofEntry(entry, { code, maker, making }))
  return {
    made: [...own.flatMap(({ made }) => made), ...inner.made],
    missed: [...own.flatMap(({ missed }) => missed), ...inner.missed],
  }
}

type At = { readonly code: string; readonly maker: Maker | undefined; readonly making: Making }

function ofEntry(entry: Statement, { code, maker, making }: At) {
  const template = entry.templateIds[0]?.root
  const missedFor = (reason: Missed['reason']): Missed => ({
    ...{ section: code, kind: entry.kind, line: entry.line, reason },
    ...(template ? { template } : {}),
  })
  if (!maker) return { made: [], missed: [missedFor('section')] }
  if (entry.nullFlavor) return { made: [], missed: [missedFor('not-said')] }
  const found = maker(entry, making)
  const made = found.filter((resource) => validate(resource).length === 0)
  const missed =
    found.length === 0 ? [missedFor('statement')] : made.length < found.length ? [missedFor('invalid')] : []
  return { made, missed }
}
