/** What was done to an app, by whom and why, and who uses it: what a reviewer looks at before he decides again. */
import { sql, type Transaction } from '@xinglin/database'
import { type Instant, notFound } from '@xinglin/fhir'
import { inspect } from '../administer.ts'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { keysShown } from './app-keys.ts'
import { appsWhere } from './app-rows.ts'
import type { AppAct, AppChange, AppContent, Apps, AppUse, OauthStore } from './apps.ts'
import type { AppParts } from './create-apps.ts'

/** Newest first: a page that is read with the eye. */
const mostActs = 100
const mostPeople = 100

type Noted = {
  readonly app: string
  readonly at: Instant
  readonly kind: AppAct['kind']
  readonly reason?: string
  readonly replaced?: AppContent
}

/** Keeps an act in the transaction that does it. */
export async function noteAct(transaction: Transaction, by: Actor, act: Noted): Promise<void> {
  const replaced = act.replaced === undefined ? null : JSON.stringify(act.replaced)
  await transaction.query(sql`
    insert into oauth.app_act (app, at, kind, by_display, reason, replaced)
    values (${act.app}, ${act.at}::timestamptz, ${act.kind}, ${by.display}, ${act.reason}, ${replaced}::jsonb)`)
}

export function createAbout(parts: AppParts): Pick<Apps, 'about'> {
  const { database } = parts
  return {
    about: (by, id) =>
      inspect(parts, by, {
        permission: 'app-registry.apps.read',
        detail: id,
        async get() {
          const [app] = await database.query(appsWhere(sql`where tenant = ${by.tenant} and id = ${id}`))
          if (!app)
            throw notFound(`there is no app ${id.slice(0, 64)}`, { code: 'identity.no-app', at: 'id' })
          const change = await changeOf(parts, id)
          return {
            keys: keysShown(app.jwks?.keys ?? []),
            ...(change ? { change } : {}),
            acts: await actsOf(parts, id),
            use: await useOf(parts, id),
          }
        },
      }),
  }
}

async function changeOf({ database, runtime }: AppParts, id: string): Promise<AppChange | undefined> {
  const [row] = await database.query(sql<Omit<AppChange, 'keys'>>`
    select content, reason, proposed, proposed_by as "proposedBy", proposed_by_display as "proposedByDisplay"
    from oauth.app_change
    where app = ${id}`)
  if (!row) return undefined
  const proposed = localInstant(row.proposed, runtime.timeZone) ?? row.proposed
  return { ...row, proposed, keys: keysShown(row.content.jwks?.keys ?? []) }
}

type ActRow = Omit<AppAct, 'reason' | 'replaced'> & {
  readonly reason: string | null
  readonly replaced: AppContent | null
}

async function actsOf({ database, runtime }: AppParts, id: string): Promise<readonly AppAct[]> {
  const rows = await database.query(sql<ActRow>`
    select at, kind, by_display as "byDisplay", reason, replaced
    from oauth.app_act
    where app = ${id}
    order by oauth.app_act.id desc
    limit ${mostActs}`)
  return rows.map(({ reason, replaced, ...row }) => ({
    ...row,
    at: localInstant(row.at, runtime.timeZone) ?? row.at,
    ...(reason === null ? {} : { reason }),
    ...(replaced === null ? {} : { replaced }),
  }))
}

type UseRow = {
  readonly account: string
  readonly display: string | null
  readonly tokens: string
  readonly last: string
  readonly used: string | null
  readonly people: string
  readonly allTokens: string
  readonly lastOfAll: string
  readonly usedOfAll: string | null
}

async function useOf({ database, runtime }: AppParts, id: string): Promise<AppUse> {
  const rows = await database.query(sql<UseRow>`
    select app_use.account, account.display, tokens, last_token as last, last_used as used,
      count(*) filter (where app_use.account <> '') over () as people, sum(tokens) over () as "allTokens",
      max(last_token) over () as "lastOfAll", max(last_used) over () as "usedOfAll"
    from oauth.app_use
    left join identity.account on account.id = app_use.account
    where app_use.app = ${id}
    order by coalesce(last_used, last_token) desc, app_use.account
    limit ${mostPeople}`)
  const [first] = rows
  const instant = (stored: string | null | undefined) => localInstant(stored, runtime.timeZone)
  return {
    tokens: Number(first?.allTokens ?? 0),
    people: Number(first?.people ?? 0),
    lastToken: instant(first?.lastOfAll),
    lastUsed: instant(first?.usedOfAll),
    // Patients are counted and not named: that they use an app is theirs to tell.
    staff: rows.flatMap(({ display, tokens, last, used }) =>
      display === null
        ? []
        : [{ display, tokens: Number(tokens), lastToken: instant(last), lastUsed: instant(used) }],
    ),
  }
}

/** Counts a token that was given. */
export function noteToken({ database, runtime }: AppParts): OauthStore['noteToken'] {
  return async (app, account = '') => {
    const at = runtime.now()
    await database.query(sql`
      insert into oauth.app_use as known (app, account, tokens, first_token, last_token)
      select id, ${account}, 1, ${at}::timestamptz, ${at}::timestamptz
      from oauth.app
      where id = ${app}
      on conflict (app, account) do update
      set tokens = known.tokens + 1, last_token = excluded.last_token`)
  }
}
