/** The record as a chart reads it: as it stands, or as it stood at an instant. */
import type { GuardedRecords } from '@xinglin/identity'

export type ChartRecords = Pick<GuardedRecords, 'read' | 'search'>

/** `asOf` is a FHIR date, dateTime or instant whose end is meant; the present where it is absent. */
export function chartRecords(records: GuardedRecords, asOf: string | undefined): ChartRecords {
  if (asOf === undefined) return records
  return {
    read: (type, id) => records.readAsOf(type, id, asOf),
    // A next page carries its instant already.
    search: (type, query) =>
      records.search(type, [...query.filter(([name]) => name !== '_asOf'), ['_asOf', asOf]]),
  }
}
