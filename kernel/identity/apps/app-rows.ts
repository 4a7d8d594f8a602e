/** Registered apps as they lie in their table. */
import { type Database, sql } from '@xinglin/database'
import type { Runtime } from '@xinglin/runtime'
import { localInstant } from '../local-instant.ts'
import type { RegisteredApp } from './apps.ts'

type AppRow = Omit<RegisteredApp, 'registered' | 'decided'> & {
  readonly registered: string
  readonly decided?: string
}

/** Apps by a condition with its order; nulls are left out of what is given. */
export function appsWhere(condition: ReturnType<typeof sql>) {
  return sql<AppRow>`
    select id, tenant, name, publisher, purpose, kind, people, launch_url as "launchUrl", redirect_uris as "redirectUris",
      post_logout_uris as "postLogoutUris", scopes, jwks, jwks_uri as "jwksUri", state, registered, registered_by as "registeredBy",
      registered_by_display as "registeredByDisplay", decided, decided_by_display as "decidedByDisplay",
      decided_because as "decidedBecause",
      exists (select from oauth.app_change where app_change.app = app.id) as "hasChange"
    from oauth.app
    ${condition}`
}

/** A row as the contract has it. */
export function appOf(row: AppRow, { timeZone }: Runtime): RegisteredApp {
  const known = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as AppRow
  return {
    ...known,
    registered: localInstant(row.registered, timeZone) ?? (row.registered as RegisteredApp['registered']),
    decided: localInstant(row.decided, timeZone),
  }
}

/** An approved app of any institution, by its client id. */
export async function approvedApp(
  database: Database,
  id: string,
  runtime: Runtime,
): Promise<RegisteredApp | undefined> {
  const [row] = await database.query(appsWhere(sql`where id = ${id} and state = 'approved'`))
  return row && appOf(row, runtime)
}
