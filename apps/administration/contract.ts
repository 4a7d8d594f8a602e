/** What others may rely on: the addresses of administration's screens and the shapes of its answers, as plain JSON. */

/** Addresses of the screens. */
export const administrationScreens = {
  people: '/administration/people',
  staff: '/administration/staff',
  terminals: '/administration/terminals',
  roles: '/administration/roles',
  clients: '/administration/clients',
  signIn: '/administration/sign-in',
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

/** `GET /api/administration/staff`: `total` counts all that the filters find. */
export type StaffAnswer = {
  readonly people: readonly StaffPersonRow[]
  readonly total: number
  readonly next?: string
}
export type PlaceRow = { readonly id: string; readonly name: string }
export type StaffPersonRow = PersonRow & {
  readonly employee?: string
  readonly departments: readonly PlaceRow[]
  readonly titles: readonly string[]
  /** Last day of the licence that ends first. */
  readonly licenceUntil?: string
  readonly isReviewDue: boolean
}
export type LicenceRow = {
  readonly kind: string
  readonly number: string
  readonly from?: string
  readonly until?: string
}
export type PositionRow = {
  readonly id: string
  readonly department?: PlaceRow
  readonly locations: readonly PlaceRow[]
  readonly title?: string
  readonly specialty?: string
  readonly since?: string
  readonly until?: string
  readonly isCurrent: boolean
  readonly roles: readonly string[]
}
/** `GET /api/administration/staff/people/:id`. */
export type StaffPersonAnswer = StaffPersonRow & {
  readonly practitioner?: string
  readonly licences: readonly LicenceRow[]
  readonly positions: readonly PositionRow[]
  readonly given: readonly string[]
  readonly hasBadge: boolean
  readonly leaves?: string
  readonly reviews: readonly ReviewRow[]
  readonly changes: readonly ChangeRow[]
  readonly may: { readonly administer: boolean; readonly roles: readonly string[] | 'any' }
}
export type ChangeRow = {
  readonly at: string
  readonly by: string
  readonly what: string
  readonly reason?: string
  readonly detail: Readonly<Record<string, unknown>>
}
export type ReviewRow = {
  readonly id: string
  readonly account: string
  readonly login: string
  readonly display: string
  readonly at: string
  readonly before: readonly PlaceRow[]
  readonly after: readonly PlaceRow[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly kept: readonly string[]
  readonly reviewed?: string
  readonly reviewedBy?: string
  readonly note?: string
}
export type ReviewsAnswer = { readonly reviews: readonly ReviewRow[] }
export type StaffChoicesAnswer = {
  readonly departments: readonly PlaceRow[]
  readonly locations: readonly PlaceRow[]
  readonly titles: readonly string[]
  readonly roles: readonly string[] | 'any'
}
export type MappingRow = {
  readonly id: string
  readonly title?: string
  readonly department?: string
  readonly roles: readonly string[]
}
export type MappingsAnswer = { readonly mappings: readonly MappingRow[] }
export type DelegationRow = {
  readonly account: string
  readonly login: string
  readonly display: string
  readonly department: PlaceRow
  readonly roles: readonly string[]
  readonly given: string
}
export type DelegationsAnswer = { readonly delegations: readonly DelegationRow[] }
export type PersonnelEventRow = {
  readonly event: string
  readonly kind: 'join' | 'move' | 'leave' | 'change'
  readonly employee: string
  readonly account: string
  readonly login: string
  readonly effective: string
  readonly state: 'done' | 'planned'
  readonly roles: readonly string[]
  readonly received: string
  readonly from: string
}
export type PersonnelEventsAnswer = { readonly events: readonly PersonnelEventRow[]; readonly next?: string }

export type TerminalRow = {
  readonly id: string
  readonly label: string
  readonly place: PlaceRow
  readonly idleSeconds: number
  readonly registered: string
  readonly seen?: string
  readonly ended?: string
  readonly holder?: string
  readonly isLocked: boolean
}
export type TerminalsAnswer = { readonly terminals: readonly TerminalRow[] }

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
  /** Absent: as many as everybody. */
  readonly requestsPerSecond?: number
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
