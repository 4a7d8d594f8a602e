/** What others may rely on: the addresses of administration's screens and the shape of the system's health. */
import type { ConsumerState, Position } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { JobState } from '@xinglin/jobs'
import type { DoorRate } from '@xinglin/traffic'

/** Addresses of the screens. */
export const administrationScreens = {
  people: '/administration/people',
  roles: '/administration/roles',
  clients: '/administration/clients',
  audit: '/administration/audit',
  health: '/administration/health',
} as const

export type SystemHealth = {
  readonly at: Instant
  readonly process: {
    readonly version: string
    readonly node: string
    readonly uptimeSeconds: number
    readonly residentBytes: number
    readonly heapUsedBytes: number
  }
  readonly database: {
    readonly version: string
    readonly sizeBytes: number
    readonly connections: number
    readonly maxConnections: number
    readonly startedAt: Instant
    /** Largest tables first. */
    readonly tables: readonly { readonly name: string; readonly sizeBytes: number; readonly rows: number }[]
  }
  readonly objects: {
    readonly kind: 'file' | 's3'
    readonly isWritable: boolean
    readonly freeBytes?: number
  }
  readonly log: { readonly head: Position; readonly consumers: readonly ConsumerState[] }
  readonly jobs: readonly JobState[]
  /** Traffic of the last hour by door. */
  readonly doors: readonly DoorRate[]
  /** Parts of `/health/ready`: `ok`, or why the part does not work. */
  readonly parts: Readonly<Record<string, string>>
  /** Current resources by type, most first. */
  readonly records: readonly { readonly type: string; readonly count: number }[]
}
