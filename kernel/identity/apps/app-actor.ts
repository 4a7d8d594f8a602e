/** Who acts by an app's access token: a person through the app, or a service by itself (SMART backend services). */
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, type Instant } from '@xinglin/fhir'
import type { HeldToken } from '../clients.ts'
import type { Actor } from '../identity.ts'
import { patientActor } from '../patients/charts.ts'
import type { RoleBook } from '../roles.ts'
import { splitScopes } from '../scopes.ts'
import { seenWriteMs } from '../settings.ts'
import { type StaffColumns, staffColumns, staffOf } from '../staff/actor-columns.ts'
import { type AccessParts, livingAccess } from './accesses.ts'

type TokenRow = StaffColumns & {
  readonly app: string
  readonly appName: string
  readonly tenant: TenantId
  readonly scope: string | null
  readonly ends: string
  readonly account: string | null
  readonly display: string | null
  readonly roles: readonly string[] | null
  readonly session: string | null
  readonly patient: string | null
  readonly lastUsed: string | null
  readonly isCounted: boolean
  readonly isPatient: boolean | null
}

export type AppActorParts = AccessParts & { readonly roles: RoleBook }

/** The actor of an access token that the authorisation server gave; undefined where it is none or has ended. */
export async function appTokenActor(parts: AppActorParts, tokenHash: Buffer): Promise<HeldToken | undefined> {
  const at = parts.runtime.now()
  const [row] = await parts.database.query(sql<TokenRow>`
    select app.id as app, app.name as "appName", app.tenant, artifact.scope, artifact.ends, access.account,
      account.display, account.roles, access.session, access.patient,
      app_use.last_used as "lastUsed", app_use.app is not null as "isCounted",
      access.is_patient as "isPatient", ${staffColumns(at)}
    from oauth.artifact
    join oauth.app on app.id = artifact.app and app.state = 'approved'
    left join oauth.access on access.id = artifact.access
    left join identity.account on account.id = access.account
    left join oauth.app_use on app_use.app = app.id and app_use.account = coalesce(access.account, '')
    where artifact.kind in ('AccessToken', 'ClientCredentials')
    and artifact.id_hash = ${tokenHash}
    and artifact.ends > ${at}::timestamptz
    and (artifact.kind = 'ClientCredentials' or ${livingAccess(at, parts)})`)
  if (!row) return undefined
  await noteUse(parts, row, at)
  await parts.roles.refresh(row.tenant)
  const actor = await actorBehind(parts, row, at)
  return actor && { actor, endsMs: epochMs(row.ends) }
}

function actorBehind(
  { database }: AppActorParts,
  row: TokenRow,
  at: Instant,
): Promise<Actor | undefined> | Actor {
  const { account } = row
  if (account === null) return serviceActor(row)
  return row.isPatient ? patientThrough(database, { row, account, at }) : personActor(row, account)
}

/** A patient through an app: of the charts that he reaches now, the one for which he let the app in. */
async function patientThrough(
  database: AppActorParts['database'],
  { row, account, at }: { readonly row: TokenRow; readonly account: string; readonly at: Instant },
): Promise<Actor | undefined> {
  const patient = await patientActor(database, account, at)
  if (!patient) return undefined
  const charts = (patient.charts ?? []).filter((chart) => chart === row.patient)
  const { patientContext: own, ...person } = patient
  return {
    ...{ ...person, charts, scopes: splitScopes(row.scope ?? ''), client: row.app },
    ...{ purpose: row.patient === own ? 'PATRQT' : 'FAMRQT' },
    ...(row.session ? { session: row.session } : {}),
    ...(row.patient ? { patientContext: row.patient } : {}),
  }
}

/** When an app was last used: at most one write a minute for each person, so that a request costs none. */
async function noteUse(
  { database }: AppActorParts,
  { app, account, lastUsed, isCounted }: TokenRow,
  at: Instant,
): Promise<void> {
  if (!isCounted || (lastUsed !== null && epochMs(at) - epochMs(lastUsed) < seenWriteMs)) return
  await database.query(sql`
    update oauth.app_use
    set last_used = ${at}::timestamptz
    where app = ${app} and account = ${account ?? ''}`)
}

function serviceActor({ app, appName, tenant, scope }: TokenRow): Actor {
  return {
    ...{ kind: 'client', id: app, reference: `app/${app}`, tenant, roles: [] },
    ...{ scopes: splitScopes(scope ?? ''), display: appName, client: app },
  }
}

function personActor(row: TokenRow, account: string): Actor {
  return {
    ...{
      kind: 'user',
      id: account,
      reference: `user/${account}`,
      tenant: row.tenant,
      roles: row.roles ?? [],
    },
    ...{ scopes: splitScopes(row.scope ?? ''), display: row.display ?? account, client: row.app },
    ...staffOf(row),
    ...(row.session ? { session: row.session } : {}),
    ...(row.patient ? { patientContext: row.patient } : {}),
  }
}
