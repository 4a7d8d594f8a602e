/** Counting wrong passwords by login, known or not (GB/T 22239-2019 §8.1.4.1 b: lock after repeated failures). */
import { type Queryable, sql } from '@xinglin/database'
import { busy, epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { digest } from './secrets.ts'
import type { IdentitySettings } from './settings.ts'

/** A login as it was typed, or something that has its own count; nobody reaches the second by typing it as a login. */
export type Counted =
  | string
  | {
      readonly of: 'second-factor' | 'own-password' | 'badge' | 'badge-number' | 'device'
      readonly id: string
    }
  | { readonly of: 'provider'; readonly id: string; readonly login: string }

export interface SignInAttempts {
  /**
   * Counts an attempt as a failure before its password is looked at, so that guesses in parallel are counted too.
   * Gives how many failures there are now, this one included; throws `busy` while the login is locked.
   */
  begin(counted: Counted): Promise<{ readonly isLast: boolean }>
  /** The password was right, or an administrator unlocks. */
  clear(queryable: Queryable, counted: Counted): Promise<void>
}

type Options = {
  readonly database: Queryable
  readonly runtime: Runtime
  readonly settings: Required<IdentitySettings>
}

export function createSignInAttempts({ database, runtime, settings }: Options): SignInAttempts {
  const limit = settings.failuresToLock
  return {
    async begin(what) {
      const at = runtime.now()
      const forgotten = instantOf(epochMs(at) - settings.lockMs, runtime.timeZone)
      const [attempt] = await database.query(countedNow({ hash: countedHash(what), at, forgotten, limit }))
      const failures = attempt?.failures ?? limit + 1
      if (failures > limit) throw locked(epochMs(attempt?.since ?? at) + settings.lockMs - epochMs(at))
      return { isLast: failures === limit }
    },
    async clear(queryable, what) {
      await queryable.query(sql`
        delete from identity.sign_in_attempt
        where login_hash = ${countedHash(what)}`)
    },
  }
}

/** The digest under which attempts for a login are counted. */
export function loginHash(login: string): Buffer {
  return digest(normal(login))
}

function countedHash(what: Counted): Buffer {
  if (typeof what === 'string') return loginHash(what)
  const login = what.of === 'provider' ? normal(what.login) : ''
  // A login has no blank at its beginning.
  return digest(` ${what.of} ${what.id} ${login}`)
}

const normal = (login: string) => login.normalize('NFC').trim().toLowerCase()

type Counting = {
  readonly hash: Buffer
  readonly at: Instant
  readonly forgotten: Instant
  readonly limit: number
}

/** Failures stand still at limit + 1, and `since` with them, so that trying on does not make the lock longer. */
const countedNow = ({ hash, at, forgotten, limit }: Counting) => sql<{ failures: number; since: string }>`
  with old as (
    delete from identity.sign_in_attempt
    where since < ${forgotten}::timestamptz
    and login_hash <> ${hash}
  )
  insert into identity.sign_in_attempt as attempt (login_hash, failures, since)
  values (${hash}, 1, ${at}::timestamptz)
  on conflict (login_hash) do update set
    failures = case
      when attempt.since <= ${forgotten}::timestamptz then 1
      else least(attempt.failures + 1, ${limit + 1}::int)
    end,
    since = case
      when attempt.since > ${forgotten}::timestamptz and attempt.failures >= ${limit}::int then attempt.since
      else ${at}::timestamptz
    end
  returning failures, since`

function locked(restMs: number) {
  const minutes = Math.max(1, Math.ceil(restMs / 60_000))
  return busy(
    `this login is locked after wrong passwords: try again in ${minutes} minutes or ask an administrator to unlock it`,
    { code: 'identity.locked' },
  )
}
