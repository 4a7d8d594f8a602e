/** What others may rely on of the chart: its permissions and the addresses of its screens. */

export const chartPermissions = { read: 'chart.record.read', maintain: 'chart.finder.rebuild' } as const

/** The address of a patient's record. */
export function recordAddress(patientId: string): string {
  return `/chart/patients/${encodeURIComponent(patientId)}`
}
