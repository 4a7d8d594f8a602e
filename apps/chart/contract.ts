/** What others may rely on of the chart: its permissions and the addresses of its screens. */

export const chartPermissions = { read: 'chart.record.read', maintain: 'chart.finder.rebuild' } as const

/** The address of a patient's record. */
export function recordAddress(patientId: string): string {
  return `/chart/patients/${encodeURIComponent(patientId)}`
}

/** What a patient's own pages draw: the same shapes as the chart's. */
export type {
  Allergy,
  DocumentLine,
  Medication,
  Problem,
  Reading,
  ReadingPart,
  RecordAnswer,
  Result,
  ResultsAnswer,
  Study,
  Visit,
} from './reading/shapes.ts'

/** Address below `/api` of a patient's own chart. */
export function ownChartPath(patient: string, part: 'record' | 'results' | `documents/${string}`): string {
  return `/api/chart/own/${encodeURIComponent(patient)}/${part}`
}
