/** One erasure as its table holds it, and the words of its course. */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { ErasureKept, ErasureRow } from '../contract.ts'

/** What an erasure works with. */
export type ErasureKernel = Pick<
  Kernel,
  'database' | 'events' | 'identity' | 'jobs' | 'keys' | 'objects' | 'records' | 'runtime' | 'traffic'
>

/** In this order; each is one or many transactions, and a phase that is begun again does no harm. */
export const phases = [
  'plan',
  'messages',
  'rooms',
  'mentions',
  'chart',
  'forget',
  'objects',
  'clean',
  'verify',
  'certify',
] as const
export type Phase = (typeof phases)[number]

export type ErasureKey = { readonly tenant: TenantId; readonly id: string }

export type Erasure = ErasureKey & {
  readonly request: string
  readonly state: ErasureRow['state']
  readonly patient: string | null
  readonly grantedBy: string
  readonly granted: string
  readonly decidedBy: string | null
  readonly decided: string | null
  readonly phase: Phase
  readonly place: string | null
  readonly person: string | null
  readonly figures: Figures
  readonly kept: readonly ErasureKept[]
}

/** Counts by name: `resources.Observation`, `versions`, `chart.finder`. */
export type Figures = Readonly<Record<string, number>>

/** Who is erased, sealed while it is needed. */
export type SealedPerson = { readonly patients: readonly string[]; readonly numbers: readonly string[] }

export function added(figures: Figures, more: Figures): Figures {
  const names = new Set([...Object.keys(figures), ...Object.keys(more)])
  return Object.fromEntries([...names].sort().map((name) => [name, (figures[name] ?? 0) + (more[name] ?? 0)]))
}

export function phaseAfter(phase: Phase): Phase {
  return phases[phases.indexOf(phase) + 1] ?? 'certify'
}

/** How far an erasure is, from 0 to 1, by its phases. */
export function shareOf({ state, phase }: Pick<Erasure, 'state' | 'phase'>): number {
  if (state === 'asked' || state === 'declined') return 0
  return state === 'running' ? phases.indexOf(phase) / phases.length : 1
}

/** What seals the person of an erasure. */
const personPurpose = 'privacy.erasure'

/** Where who is being erased lies sealed. */
export function declareSealedErasures({ keys }: Pick<ErasureKernel, 'keys'>): void {
  keys.rotations.declare({
    ...{ purpose: personPurpose, at: ['privacy', 'erasure', 'person'], form: 'text', reads: sql`tenant, id` },
    contextOf: ({ tenant, id }) => `${tenant}/${id}`,
  })
}

export function personBinding({ tenant, id }: ErasureKey) {
  return { purpose: personPurpose, context: `${tenant}/${id}` }
}

export type Leftover = { readonly table: string; readonly rows: number }

export type Certificate = {
  readonly format: 'xinglin-erasure-certificate/1'
  readonly id: string
  readonly number: number
  readonly institution: number
  readonly request: string
  readonly law: string
  readonly granted: { readonly by: string; readonly at: Instant }
  readonly confirmed: { readonly by: string; readonly at: Instant }
  readonly finished: Instant
  readonly erased: Figures
  readonly kept: readonly ErasureKept[]
  readonly retentionRules: string
  /** SHA-256 of `<institution>/Patient/<id>` of each id of the person: after a restore it is found by them. */
  readonly subjects: readonly string[]
  /** SHA-256 over the erased versions, `Type/id/_history/n` one a line, sorted. */
  readonly digest: string
  readonly verification: { readonly tables: number; readonly leftovers: readonly Leftover[] }
  readonly backups: string
}
