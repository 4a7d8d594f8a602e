/** What people agreed to, the access that follows from it, and its end. */
import { type Database, sql } from '@xinglin/database'
import { epochMs, type Instant, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { patientIdleSince } from '../patients/sessions.ts'
import type { IdentitySettings } from '../settings.ts'
import { seenWriteMs } from '../settings.ts'
import type { AppAccess, OauthStore } from './apps.ts'
import type { AppParts } from './create-apps.ts'

export type AccessParts = AppParts & { readonly settings: Required<IdentitySettings> }

/** A row of oauth.access, aliased `access`, whose person is there and, unless offline, whose session lives. */
export function livingAccess(at: Instant, { settings, runtime }: Pick<AccessParts, 'settings' | 'runtime'>) {
  const idleSince = instantOf(epochMs(at) - settings.sessionIdleMs - seenWriteMs, runtime.timeZone)
  return sql`
    case when access.is_patient then
      exists (select from patients.account where account.id = access.account and account.closed is null)
      and (access.is_offline or exists (
        select from patients.session
        where session.id = access.session
        and session.ends > ${at}::timestamptz
        and session.seen > ${patientIdleSince(at, runtime.timeZone)}::timestamptz))
    else
      exists (
        select from identity.account
        where account.id = access.account and account.disabled is null and not account.must_change_password)
      and (access.is_offline or exists (
        select from identity.session
        where session.id = access.session
        and session.ends > ${at}::timestamptz
        and session.seen > ${idleSince}::timestamptz))
    end`
}

export function createAccesses(
  parts: AccessParts,
): Pick<OauthStore, 'isAgreed' | 'signedInMs' | 'agree' | 'access' | 'endAccess'> {
  const { database, runtime, audit, tokens } = parts
  return {
    async isAgreed(actor, app, scopes) {
      const found = await database.query(sql`
        select from oauth.agreement
        where account = ${actor.id} and app = ${app} and scopes @> ${[...scopes]}::text[]`)
      return found.length > 0
    },
    async signedInMs({ kind, session }) {
      const realm = kind === 'patient' ? 'patients' : 'identity'
      const [row] = await database.query(sql<{ created: string }>`
        select created
        from ${sql.id(realm, 'session')}
        where id = ${session}`)
      return row && epochMs(row.created)
    },
    async agree(actor, access, scopes) {
      const at = runtime.now()
      await database.transaction(async (transaction) => {
        await transaction.query(sql`
          insert into oauth.agreement (account, app, tenant, scopes, agreed)
          values (${actor.id}, ${access.app}, ${actor.tenant}, ${[...scopes]}, ${at})
          on conflict (account, app) do update set scopes = excluded.scopes, agreed = excluded.agreed`)
        await transaction.query(sql`
          insert into oauth.access (id, tenant, app, account, session, is_offline, is_patient, patient, encounter,
            created)
          values (${access.id}, ${actor.tenant}, ${access.app}, ${actor.id}, ${actor.session}, ${access.isOffline},
            ${actor.kind === 'patient'}, ${access.patient}, ${access.encounter}, ${at})`)
        audit.write(transaction, actor, [
          {
            ...{ action: 'authorize', resourceType: 'App', resourceId: access.app, outcome: 'allowed' },
            ...{ patient: access.patient, detail: scopes.join(' ') },
          },
        ])
      })
    },
    access: (id) => findAccess(parts, id),
    async endAccess(id) {
      await endAccess(database, id)
      tokens.clear()
    },
  }
}

async function endAccess(database: Database, id: string): Promise<void> {
  await database.query(sql`
    with tokens as (delete from oauth.artifact where access = ${id})
    delete from oauth.access where id = ${id}`)
}

type AccessRow = {
  readonly [Key in keyof Required<AppAccess>]: AppAccess[Key] | null
} & Pick<AppAccess, 'id' | 'app' | 'account' | 'session' | 'isOffline' | 'isPatient'>

async function findAccess(
  parts: AccessParts & { readonly database: Database; readonly runtime: Runtime },
  id: string,
): Promise<AppAccess | undefined> {
  const [row] = await parts.database.query(sql<AccessRow>`
    select access.id, access.app, access.account, access.session, access.is_offline as "isOffline",
      access.is_patient as "isPatient", access.patient,
      access.encounter
    from oauth.access
    where access.id = ${id}
    and ${livingAccess(parts.runtime.now(), parts)}`)
  if (!row) return undefined
  const { patient, encounter, ...access } = row
  return { ...access, ...(patient ? { patient } : {}), ...(encounter ? { encounter } : {}) }
}
