/** What others may rely on: the addresses of administration's screens and the shapes of its answers, as plain JSON. */

/** Addresses of the screens. */
export const administrationScreens = {
  people: '/administration/people',
  roles: '/administration/roles',
  clients: '/administration/clients',
  audit: '/administration/audit',
  health: '/administration/health',
} as const

export type PeopleAnswer = { readonly people: readonly PersonRow[]; readonly next?: string }
export type PersonRow = {
  readonly id: string
  readonly login: string
  readonly display: string
  readonly roles: readonly string[]
  readonly created: string
  readonly passwordSet: string
  readonly lastSignIn?: string
  readonly disabled?: string
  readonly lockedUntil?: string
  readonly mustChangePassword: boolean
  readonly sessions: number
}
export type MadePerson = { readonly id: string; readonly oneTimePassword: string }

export type RolesAnswer = { readonly roles: readonly RoleRow[] }
export type RoleRow = {
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly records: readonly string[]
  readonly permissions: readonly string[]
  readonly isBuiltIn: boolean
}

export type ClientsAnswer = { readonly clients: readonly ClientRow[] }
export type ClientRow = {
  readonly id: string
  readonly display: string
  readonly scopes: readonly string[]
  readonly created: string
  readonly secretSet: string
  readonly lastToken?: string
  readonly disabled?: string
}
export type MadeClient = { readonly id: string; readonly secret: string }

export type SessionsAnswer = { readonly sessions: readonly SessionRow[] }
export type SessionRow = {
  readonly id: string
  readonly account: string
  readonly login: string
  readonly display: string
  readonly address?: string
  readonly created: string
  readonly seen: string
  readonly ends: string
}

export type AuditAnswer = { readonly entries: readonly AuditRow[]; readonly next?: string }
export type AuditRow = {
  readonly id: string
  readonly at: string
  readonly actor: string
  readonly actorDisplay: string
  readonly address?: string
  readonly action: string
  readonly resourceType?: string
  readonly resourceId?: string
  readonly patient?: string
  readonly detail?: string
  readonly outcome: 'allowed' | 'refused' | 'failed'
}

export type SystemHealth = {
  readonly at: string
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
    readonly startedAt: string
    /** Largest tables first; `rows` is PostgreSQL's estimate. */
    readonly tables: readonly { readonly name: string; readonly sizeBytes: number; readonly rows: number }[]
  }
  readonly objects: {
    readonly kind: 'file' | 's3'
    readonly isWritable: boolean
    readonly freeBytes?: number
  }
  readonly log: {
    readonly head: string
    readonly consumers: readonly {
      readonly name: string
      readonly position: string
      readonly entriesBehind: number
      readonly failure?: string
    }[]
  }
  readonly jobs: readonly { readonly task: string; readonly waiting: number; readonly failed: number }[]
  /** Traffic of the last hour by door. */
  readonly doors: readonly {
    readonly door: string
    readonly received: number
    readonly accepted: number
    readonly refused: number
    readonly latencyP50Ms?: number
    readonly latencyP95Ms?: number
    readonly lastAt?: string
  }[]
  /** Parts of `/health/ready`: `ok`, or why the part does not work. */
  readonly parts: Readonly<Record<string, string>>
  /** Current resources by type, most first. */
  readonly records: readonly { readonly type: string; readonly count: number }[]
}
