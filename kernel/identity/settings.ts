/** Times and sizes of identity. Defaults follow GB/T 22239-2019 level 3 §8.1.4.1 (lock-out, idle end of a session). */

export type IdentitySettings = {
  /** A person's session ends after this long without a request, ms. */
  readonly sessionIdleMs?: number
  /** A person's session ends after this long in any case, ms: one long shift. */
  readonly sessionLifeMs?: number
  /** A machine client's access token ends after this long, s. */
  readonly tokenLifeSeconds?: number
  /** Wrong passwords after which a login is locked. */
  readonly failuresToLock?: number
  /** How long a login stays locked, ms. */
  readonly lockMs?: number
  /** A new password is none of so many, the present one among them. */
  readonly passwordsRemembered?: number
  /** A password older than this must be changed at the next sign-in, ms; 0: never. */
  readonly passwordLifeMs?: number
  /** Sessions that a person has at once; a further one ends the oldest. */
  readonly sessionsAtOnce?: number
  /** Who must have a second factor. */
  readonly secondFactor?: 'optional' | 'administrators' | 'everyone'
  /** How long a broken glass stays open, ms. */
  readonly glassMs?: number
  /** Within which time a broken glass must be judged, ms. */
  readonly glassReviewMs?: number
  /** Codes that are sent to the phones of patients within an hour, in all. */
  readonly codesPerHour?: number
  /** Until this age of a child its parents see its chart, years. */
  readonly guardianAgeYears?: number
}

export const defaultSettings: Required<IdentitySettings> = {
  sessionIdleMs: 15 * 60_000,
  sessionLifeMs: 12 * 3_600_000,
  tokenLifeSeconds: 3_600,
  failuresToLock: 5,
  lockMs: 15 * 60_000,
  passwordsRemembered: 5,
  passwordLifeMs: 90 * 24 * 3_600_000,
  sessionsAtOnce: 5,
  secondFactor: 'administrators',
  glassMs: 4 * 3_600_000,
  glassReviewMs: 24 * 3_600_000,
  codesPerHour: 2_000,
  guardianAgeYears: 18,
}

/** How long a session or token that was looked up is believed, ms: what another process revoked acts within this time. */
export const believedMs = 3_000

/** Sessions or tokens held in memory; each is about 1 kB. */
export const cachedCredentials = 10_000

/** A session's last use is written at most this often, ms, so that a request costs no write. */
export const seenWriteMs = 60_000
