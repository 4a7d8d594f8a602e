/** A change of what an app is (addresses, scopes, keys): one proposes it, another lets it stand; until then nothing is other. */
import { type Sql, sql, type Transaction } from '@xinglin/database'
import { conflict, forbidden, invalid, notFound } from '@xinglin/fhir'
import { administer, refuseWithoutReason } from '../administer.ts'
import type { Actor } from '../identity.ts'
import { noteAct } from './acts.ts'
import { appOf, appsWhere } from './app-rows.ts'
import { refuseBadProposal } from './app-values.ts'
import type { AppContent, Apps, RegisteredApp } from './apps.ts'
import type { AppParts } from './create-apps.ts'

export function createChanges(
  parts: AppParts,
): Pick<Apps, 'proposeChange' | 'approveChange' | 'rejectChange'> {
  return {
    proposeChange: (by, change) => propose(parts, by, change),
    approveChange: (by, act) => decide(parts, by, act, 'change-approved'),
    rejectChange: (by, act) => decide(parts, by, act, 'change-rejected'),
  }
}

async function propose(
  parts: AppParts,
  by: Actor,
  { id, reason, content: asked }: Parameters<Apps['proposeChange']>[1],
): Promise<void> {
  const stated = refuseWithoutReason(reason)
  await administer(parts, by, {
    ...{ permission: 'app-registry.apps.register', kind: 'identity.app-change-proposed', reason: stated },
    ...{ subject: { type: 'App', id }, data: { scopes: asked.scopes } },
    work: async (transaction) => {
      const app = await lockedApp(parts, transaction, { by, id })
      if (app.state !== 'approved' && app.state !== 'suspended')
        throw invalid(`the app is ${app.state}; only what was let in once is changed`, {
          code: 'identity.app-state',
        })
      const content = withKeys(asked, app)
      refuseBadProposal({ ...content, id, kind: app.kind, people: app.people ?? 'staff' })
      const at = parts.runtime.now()
      const kept = await transaction.query(sql`
        insert into oauth.app_change (app, content, reason, proposed, proposed_by, proposed_by_display)
        values (${id}, ${JSON.stringify(tidy(content))}::jsonb, ${stated}, ${at}::timestamptz, ${by.reference}, ${by.display})
        on conflict (app) do nothing
        returning app`)
      if (kept.length === 0)
        throw conflict('a change of this app waits already: decide that one first', {
          code: 'identity.app-change-waits',
        })
      await noteAct(transaction, by, { app: id, at, kind: 'change-proposed', reason: stated })
    },
  })
}

async function decide(
  parts: AppParts,
  by: Actor,
  { id, reason }: { readonly id: string; readonly reason: string },
  kind: 'change-approved' | 'change-rejected',
): Promise<void> {
  const stated = refuseWithoutReason(reason)
  await administer(parts, by, {
    ...{ permission: 'app-registry.apps.review', kind: `identity.app-${kind}`, reason: stated },
    subject: { type: 'App', id },
    work: async (transaction) => {
      const app = await lockedApp(parts, transaction, { by, id })
      const [change] = await transaction.query(sql<{ content: AppContent; proposedBy: string }>`
        delete from oauth.app_change
        where app = ${id}
        returning content, proposed_by as "proposedBy"`)
      if (!change)
        throw notFound('no change of this app waits, or somebody has decided', {
          code: 'identity.no-app-change',
        })
      const at = parts.runtime.now()
      if (kind === 'change-rejected') return noteAct(transaction, by, { app: id, at, kind, reason: stated })
      if (change.proposedBy === by.reference)
        throw forbidden('whoever proposed a change does not let it stand: a second person looks at it', {
          code: 'identity.app-second-person',
        })
      await transaction.query(replacing(id, change.content))
      // Whatever was given under the old addresses, scopes and keys ends; agreements stay and are asked for what is new.
      await transaction.query(sql`delete from oauth.artifact where app = ${id}`)
      await transaction.query(sql`delete from oauth.access where app = ${id}`)
      transaction.afterCommit(() => parts.tokens.clear())
      return noteAct(transaction, by, { app: id, at, kind, reason: stated, replaced: contentOf(app) })
    },
  })
}

async function lockedApp(
  { runtime }: AppParts,
  transaction: Transaction,
  { by, id }: { readonly by: Actor; readonly id: string },
): Promise<RegisteredApp> {
  const [app] = await transaction.query(appsWhere(sql`where tenant = ${by.tenant} and id = ${id} for update`))
  if (app) return appOf(app, runtime)
  throw notFound(`there is no app ${id.slice(0, 64)}`, { code: 'identity.no-app', at: 'id' })
}

function replacing(id: string, content: AppContent): Sql {
  const { jwks } = content
  return sql`
    update oauth.app
    set name = ${content.name}, publisher = ${content.publisher}, purpose = ${content.purpose},
      launch_url = ${content.launchUrl}, redirect_uris = ${[...content.redirectUris]},
      post_logout_uris = ${[...(content.postLogoutUris ?? [])]}, scopes = ${[...content.scopes]},
      jwks = ${jwks === undefined ? null : JSON.stringify(jwks)}::jsonb, jwks_uri = ${content.jwksUri}
    where id = ${id}`
}

/** Who says nothing of keys keeps those that stand. */
function withKeys(content: AppContent, { kind, jwks, jwksUri }: RegisteredApp): AppContent {
  const isSilent = content.jwks === undefined && content.jwksUri === undefined
  if (kind === 'public' || !isSilent) return content
  return { ...content, ...(jwks ? { jwks } : {}), ...(jwksUri ? { jwksUri } : {}) }
}

function tidy(content: AppContent): AppContent {
  return {
    ...contentOf(content),
    ...{ name: content.name.trim(), publisher: content.publisher.trim(), purpose: content.purpose.trim() },
    redirectUris: [...new Set(content.redirectUris)],
    postLogoutUris: [...new Set(content.postLogoutUris ?? [])],
    scopes: [...new Set(content.scopes)],
  }
}

/** What of an app may change: all but its client id and its kind; nulls of a row are left out. */
function contentOf(app: AppContent | RegisteredApp): AppContent {
  const { name, publisher, purpose, launchUrl, redirectUris, postLogoutUris, scopes, jwks, jwksUri } = app
  return {
    ...{ name, publisher, purpose, redirectUris, postLogoutUris: postLogoutUris ?? [], scopes },
    ...(launchUrl ? { launchUrl } : {}),
    ...(jwks ? { jwks } : {}),
    ...(jwksUri ? { jwksUri } : {}),
  }
}
