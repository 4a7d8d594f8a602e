/** The registry of apps: one proposes, another decides; every act leaves its audit entry and its statement in the log. */
import { constraintOf, type Database, sql, type Transaction } from '@xinglin/database'
import { conflict, forbidden, invalid, notFound } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { type Administration, administer, inspect, refuseWithoutReason } from '../administer.ts'
import type { HeldToken } from '../clients.ts'
import type { CredentialCache } from '../credential-cache.ts'
import { refusalOf } from '../decide.ts'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { refuseBadProposal } from './app-values.ts'
import type { AppProposal, AppState, Apps, RegisteredApp } from './apps.ts'

export type AppParts = Administration & {
  readonly runtime: Runtime
  readonly tokens: CredentialCache<HeldToken>
}

type Decision = {
  readonly kind: `identity.${string}`
  readonly from: readonly AppState[]
  readonly to: AppState
}

/** What the registry itself does; launches and agreements stand in files of their own. */
export function createApps(parts: AppParts): Omit<Apps, 'launch' | 'agreements' | 'takeBack'> {
  const { database, runtime } = parts
  return {
    list: (by) =>
      inspect(parts, by, {
        permission: 'app-registry.apps.read',
        get: async () =>
          (
            await database.query(appsWhere(sql`where tenant = ${by.tenant} order by name, id limit 1000`))
          ).map((row) => appOf(row, runtime)),
      }),
    register: (by, proposal) => register(parts, by, proposal),
    approve: (by, act) =>
      decide(parts, by, act, {
        kind: 'identity.app-approved',
        from: ['proposed', 'suspended'],
        to: 'approved',
      }),
    reject: (by, act) =>
      decide(parts, by, act, { kind: 'identity.app-rejected', from: ['proposed'], to: 'rejected' }),
    suspend: (by, act) =>
      decide(parts, by, act, { kind: 'identity.app-suspended', from: ['approved'], to: 'suspended' }),
    async launchable(by) {
      refuseWithoutRecord(parts, by)
      const rows = await database.query(
        appsWhere(sql`
          where tenant = ${by.tenant}
          and state = 'approved'
          and launch_url is not null
          and 'launch' = any(scopes)
          order by name, id
          limit 100`),
      )
      return rows.map(({ id, name, publisher, purpose }) => ({ id, name, publisher, purpose }))
    },
  }
}

function refuseWithoutRecord({ decide: allows, audit }: AppParts, by: Actor): void {
  const decision = allows(by, { kind: 'record', interaction: 'read', type: 'Patient' })
  if (decision.isAllowed) return
  audit.note(by, { action: 'apps', outcome: 'refused' })
  throw refusalOf(decision)
}

async function register(parts: AppParts, by: Actor, proposal: AppProposal): Promise<{ id: string }> {
  refuseBadProposal(proposal)
  const id = proposal.id ?? parts.runtime.newId()
  await administer(parts, by, {
    permission: 'app-registry.apps.register',
    kind: 'identity.app-registered',
    subject: { type: 'App', id },
    data: { scopes: proposal.scopes },
    work: (transaction) => insertApp(transaction, by, { ...proposal, id }, parts.runtime.now()),
  })
  return { id }
}

async function insertApp(
  transaction: Transaction,
  by: Actor,
  app: AppProposal & { readonly id: string },
  at: string,
): Promise<void> {
  const jwks = app.jwks === undefined ? null : JSON.stringify(app.jwks)
  try {
    await transaction.query(sql`
      insert into oauth.app (id, tenant, name, publisher, purpose, kind, launch_url, redirect_uris, post_logout_uris,
        scopes, jwks, jwks_uri, state, registered, registered_by, registered_by_display)
      values (${app.id}, ${by.tenant}, ${app.name.trim()}, ${app.publisher.trim()}, ${app.purpose.trim()}, ${app.kind},
        ${app.launchUrl}, ${[...new Set(app.redirectUris)]}, ${[...new Set(app.postLogoutUris ?? [])]},
        ${[...new Set(app.scopes)]}, ${jwks}::jsonb,
        ${app.jwksUri}, 'proposed', ${at}, ${by.reference}, ${by.display})`)
  } catch (error) {
    if (constraintOf(error) !== 'app_pkey') throw error
    throw conflict(`the client id ${app.id} is taken: choose another`, {
      code: 'identity.app-taken',
      at: 'id',
      cause: error,
    })
  }
}

async function decide(
  parts: AppParts,
  by: Actor,
  { id, reason }: { id: string; reason: string },
  { kind, from, to }: Decision,
): Promise<void> {
  const stated = refuseWithoutReason(reason)
  await administer(parts, by, {
    permission: 'app-registry.apps.review',
    kind,
    subject: { type: 'App', id },
    reason: stated,
    work: async (transaction) => {
      const [app] = await transaction.query(
        appsWhere(sql`where tenant = ${by.tenant} and id = ${id} for update`),
      )
      if (!app) throw notFound(`there is no app ${id.slice(0, 64)}`, { code: 'identity.no-app', at: 'id' })
      if (!from.includes(app.state))
        throw invalid(`the app is ${app.state}; this needs ${from.join(' or ')}`, {
          code: 'identity.app-state',
        })
      if (to === 'approved' && app.registeredBy === by.reference)
        throw forbidden('whoever registered an app does not let it in: a second person looks at it', {
          code: 'identity.app-second-person',
        })
      await transaction.query(sql`
        update oauth.app
        set state = ${to}, decided = ${parts.runtime.now()}::timestamptz, decided_by = ${by.reference},
          decided_by_display = ${by.display}, decided_because = ${stated}
        where id = ${id}`)
      await transaction.query(sql`delete from oauth.artifact where app = ${id}`)
      if (to !== 'approved') await transaction.query(sql`delete from oauth.access where app = ${id}`)
      transaction.afterCommit(() => parts.tokens.clear())
    },
  })
}

type AppRow = Omit<RegisteredApp, 'registered' | 'decided'> & {
  readonly registered: string
  readonly decided?: string
}

/** Apps by a condition with its order; nulls are left out of what is given. */
export function appsWhere(condition: ReturnType<typeof sql>) {
  return sql<AppRow>`
    select id, tenant, name, publisher, purpose, kind, launch_url as "launchUrl", redirect_uris as "redirectUris",
      post_logout_uris as "postLogoutUris", scopes, jwks, jwks_uri as "jwksUri", state, registered, registered_by as "registeredBy",
      registered_by_display as "registeredByDisplay", decided, decided_by_display as "decidedByDisplay",
      decided_because as "decidedBecause"
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
