/**
 * FHIR R4 §3.1.1.5.2 one order over several types: the pages of each type, sorted alike, are merged into one page, and each
 * type goes on after the last of its own that was taken; so the merged pages are as stable under writes as each type's.
 */
import type { ResourceType } from '@xinglin/fhir'
import { parameterOf } from '@xinglin/fhir/search'
import { tokenOf } from '../page-token.ts'
import type { Page, Version } from '../records.ts'
import { isMainMoment } from './main-moment.ts'

export type PageOfType = { readonly type: ResourceType; readonly page: Page }

export type MergedPage = {
  readonly matches: readonly Version[]
  /** Where each type goes on: its `_page`; undefined where nothing of it was taken, `allTaken` where all was. */
  readonly places: ReadonlyMap<ResourceType, string | undefined | typeof allTaken>
}

/** Nothing is left of a type. */
export const allTaken = '-'

type Candidate = { readonly version: Version; readonly place: readonly string[]; readonly of: number }

/** The first `count` of all pages in the order that each was asked in (`_sort=…`); equals stand type after type. */
export function mergePages(pages: readonly PageOfType[], sort: string, count: number): MergedPage {
  const keys = sort
    .split(',')
    .map((key) => ({ name: key.replace(/^-/, ''), isDescending: key.startsWith('-') }))
  const candidates = pages.flatMap(({ page }, of) =>
    page.matches.map((version, at): Candidate => ({ version, place: page.places?.[at] ?? [], of })),
  )
  const compare = (left: Candidate, right: Candidate): number => {
    for (const [at, { name, isDescending }] of keys.entries()) {
      const order = compareValues(
        comparable(left.version.type, name, left.place[at] ?? ''),
        comparable(right.version.type, name, right.place[at] ?? ''),
      )
      if (order !== 0) return isDescending ? -order : order
    }
    return left.of - right.of
  }
  // A stable sort: resources of one type keep the order that they came in.
  const taken = candidates.toSorted(compare).slice(0, count)
  const places = new Map(
    pages.map(({ type, page }, of) => {
      const mine = taken.filter((each) => each.of === of)
      const isAll = mine.length === page.matches.length && page.next === undefined
      const last = mine.at(-1)
      return [type, isAll ? allTaken : last && tokenOf(last.place)] as const
    }),
  )
  return { matches: taken.map(({ version }) => version), places }
}

/** What PostgreSQL gives as text, as what it compares: dates by ms since 1970, whether stored as a moment or as a number. */
function comparable(type: ResourceType, parameter: string, text: string): string | number {
  if (parameter === '_lastUpdated' || isMainMoment(type, parameter)) return momentMs(text)
  const kind = parameterOf(type, parameter)?.kind
  if (kind === 'date') return Number(text)
  return kind === 'number' || kind === 'quantity' ? numberOf(text) : text
}

function momentMs(text: string): number {
  if (text === '-infinity') return Number.NEGATIVE_INFINITY
  return text === 'infinity'
    ? Number.POSITIVE_INFINITY
    : Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'))
}

function numberOf(text: string): number {
  if (/^-?Infinity$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text)
}

/** Texts by their bytes, as PostgreSQL compares them under collation "C". */
function compareValues(left: string | number, right: string | number): number {
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return left < right ? -1 : left > right ? 1 : 0
}
