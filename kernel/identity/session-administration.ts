/** Who is signed in from where, and ending it. */
import { sql } from '@xinglin/database'
import { epochMs, instantOf, notFound, type OutcomeError } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { type Administration, administer, inspect, refuseWithoutReason } from './administer.ts'
import type { Actor, Session, Sessions } from './identity.ts'
import { localInstant } from './local-instant.ts'
import type { SessionStore } from './sessions.ts'
import type { IdentitySettings } from './settings.ts'

export type SessionParts = Administration & {
  readonly runtime: Runtime
  readonly sessions: SessionStore
  readonly settings: Required<IdentitySettings>
}

export function createSessions(parts: SessionParts): Sessions {
  return {
    list(by, options) {
      if (options.account === by.id) return listSessions(parts, by, options)
      return inspect(parts, by, {
        permission: 'administration.sessions.read',
        detail: 'list',
        get: () => listSessions(parts, by, options),
      })
    },
    async revoke(by, { id, reason }) {
      await administer(parts, by, {
        permission: 'administration.sessions.write',
        kind: 'identity.session-revoked',
        subject: { type: 'Session', id },
        reason: refuseWithoutReason(reason),
        work: async (transaction) => {
          const ended = await transaction.query(sql`
            delete from identity.session
            where tenant = ${by.tenant}
            and id = ${id}
            returning id`)
          if (ended.length === 0) throw noSession(id)
          transaction.afterCommit(parts.sessions.forget)
        },
      })
    },
  }
}

/** The refusal of an id that is no live session of whoever asks. */
export function noSession(id: string): OutcomeError {
  return notFound(`there is no live session ${id.slice(0, 64)}`, { code: 'identity.no-session', at: 'id' })
}

/** Live sessions, last used first. */
export async function listSessions(
  { database, runtime, settings }: Pick<SessionParts, 'database' | 'runtime' | 'settings'>,
  by: Pick<Actor, 'tenant'>,
  { account, limit }: { account?: string; limit: number },
): Promise<readonly Session[]> {
  const at = runtime.now()
  const idle = instantOf(epochMs(at) - settings.sessionIdleMs, runtime.timeZone)
  const rows = await database.query(sql<Session>`
    select session.id, session.account, account.login, account.display, session.address, session.created,
      session.seen, session.ends
    from identity.session
    join identity.account on account.id = session.account
    where session.tenant = ${by.tenant}
    and (${account}::text is null or session.account = ${account})
    and session.ends > ${at}::timestamptz
    and session.seen > ${idle}::timestamptz
    order by session.seen desc, session.id
    limit ${limit}`)
  const local = (stored: Session['seen']) => localInstant(stored, runtime.timeZone) ?? stored
  return rows.map((row) => ({
    ...row,
    address: row.address ?? undefined,
    created: local(row.created),
    seen: local(row.seen),
    ends: local(row.ends),
  }))
}
