/** `GET /api/bulk/jobs` as the screens read it, and a job of either kind as one row. */

export type JobsAnswer = {
  readonly exports: readonly (JobRow & {
    readonly resources: number
    readonly level: 'system' | 'patient' | 'group'
    /** How many types are exported. */
    readonly types: number
  })[]
  readonly imports: readonly (JobRow & {
    readonly written: number
    readonly refused: number
    readonly inputs: number
  })[]
}
type JobRow = {
  readonly id: string
  readonly owner: string
  readonly isOwn: boolean
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly at: string
  /** From 0 to 1. */
  readonly share: number
  readonly ended?: string
  readonly reason?: string
}

export type Job = JobRow &
  (
    | { readonly kind: 'export'; readonly count: number; readonly level: Level; readonly types: number }
    | { readonly kind: 'import'; readonly count: number; readonly refused: number; readonly inputs: number }
  )
type Level = JobsAnswer['exports'][number]['level']

export const jobsPath = '/api/bulk/jobs'

/** Both kinds in one list, the newest first. */
export function jobsOf({ exports, imports }: JobsAnswer): readonly Job[] {
  const all: readonly Job[] = [
    ...exports.map((row) => ({ ...row, kind: 'export' as const, count: row.resources })),
    ...imports.map((row) => ({ ...row, kind: 'import' as const, count: row.written })),
  ]
  return all.toSorted((left, right) => Date.parse(right.at) - Date.parse(left.at))
}

export function isUnfinished({ state }: Job): boolean {
  return state === 'waiting' || state === 'running'
}

/** Its address below the FHIR door. */
export function statusPath({ kind, id }: Pick<Job, 'kind' | 'id'>): string {
  return `bulk/${kind}s/${encodeURIComponent(id)}`
}

/** The id of the job that a kick-off began, from where it says that its state is told. */
export function idIn(headers: Readonly<Record<string, string>>): string | undefined {
  return headers['content-location']?.split('/').at(-1)
}
