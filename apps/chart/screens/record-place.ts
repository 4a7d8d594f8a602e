/** What every section of one record shares: whose it is, what has just arrived, and the ways to other sections. */
import { createContext, useContext } from 'react'
import type { Section } from './section-bar.tsx'

export type RecordPlace = {
  readonly patient: string
  /** The address of an answer about this record, as of the instant that the page shows. */
  pathOf(path: string): string
  /** `Type/id` of what arrived in the last seconds. */
  readonly fresh: ReadonlySet<string>
  show(section: Section, more?: Readonly<Record<string, string | undefined>>): void
  /** Opens where a fact came from; `name` heads the drawer. */
  openSource(key: string, name: string): void
}

const Place = createContext<RecordPlace | undefined>(undefined)
export const RecordPlaceProvider = Place

export function useRecord(): RecordPlace {
  const place = useContext(Place)
  if (!place) throw new Error('useRecord is used outside a record')
  return place
}
