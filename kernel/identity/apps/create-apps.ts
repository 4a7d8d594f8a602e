/** The registry of apps: one proposes, another decides; every act leaves its audit entry and its statement in the log. */
import { constraintOf, sql, type Transaction } from '@xinglin/database'
import { conflict, forbidden, invalid, notFound } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { type Administration, administer, inspect, refuseWithoutReason } from '../administer.ts'
import type { HeldToken } from '../clients.ts'
import type { CredentialCache } from '../credential-cache.ts'
import { refusalOf } from '../decide.ts'
import type { Actor } from '../identity.ts'
import { createAbout, noteAct } from './acts.ts'
import { appOf, appsWhere } from './app-rows.ts'
import { refuseBadProposal } from './app-values.ts'
import type { AppProposal, AppState, Apps } from './apps.ts'
import { createChanges } from './changes.ts'

export type AppParts = Administration & {
  readonly runtime: Runtime
  readonly tokens: CredentialCache<HeldToken>
}

type Decision = {
  readonly kind: `identity.${string}`
  readonly from: readonly AppState[]
  readonly to: Exclude<AppState, 'proposed'>
}

/** What the registry itself does; launches and agreements stand in files of their own. */
export function createApps(parts: AppParts): Omit<Apps, 'launch' | 'agreements' | 'takeBack'> {
  const { database, runtime } = parts
  return {
    ...createChanges(parts),
    ...createAbout(parts),
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
    work: async (transaction) => {
      const at = parts.runtime.now()
      await insertApp(transaction, by, { ...proposal, id }, at)
      await noteAct(transaction, by, { app: id, at, kind: 'registered' })
    },
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
      insert into oauth.app (id, tenant, name, publisher, purpose, kind, people, launch_url, redirect_uris, post_logout_uris,
        scopes, jwks, jwks_uri, state, registered, registered_by, registered_by_display)
      values (${app.id}, ${by.tenant}, ${app.name.trim()}, ${app.publisher.trim()}, ${app.purpose.trim()}, ${app.kind},
        ${app.people ?? 'staff'},
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
      const at = parts.runtime.now()
      await transaction.query(sql`
        update oauth.app
        set state = ${to}, decided = ${at}::timestamptz, decided_by = ${by.reference},
          decided_by_display = ${by.display}, decided_because = ${stated}
        where id = ${id}`)
      await transaction.query(sql`delete from oauth.artifact where app = ${id}`)
      if (to !== 'approved') await transaction.query(sql`delete from oauth.access where app = ${id}`)
      await noteAct(transaction, by, { app: id, at, kind: to, reason: stated })
      transaction.afterCommit(() => parts.tokens.clear())
    },
  })
}
