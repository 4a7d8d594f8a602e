/** What did not work lately at a provider: for whoever keeps it, and in the history of the person whom it met. */
import { sql } from '@xinglin/database'
import { epochMs, instantOf } from '@xinglin/fhir'
import { inspect } from '../administer.ts'
import type { Actor } from '../identity.ts'
import type { UpstreamParts } from './create-upstream.ts'
import { demandProvider, readPermission } from './providers.ts'
import type { OpenedProvider, Upstream, UpstreamFailure } from './upstream.ts'

/** Newest ones kept for each provider. */
const kept = 100

export function createFailures(parts: UpstreamParts): Pick<Upstream, 'noteFailure' | 'failures'> {
  return {
    noteFailure: (provider, failure) => noteFailure(parts, provider, failure),
    failures: (by, id) =>
      inspect(parts, by, {
        permission: readPermission,
        detail: `failures of ${id.slice(0, 64)}`,
        get: async () => {
          await demandProvider(parts, by, id)
          return list(parts, id)
        },
      }),
  }
}

type Failure = Parameters<Upstream['noteFailure']>[1]

/** What was typed as a login is not kept: it may be a password. */
export async function noteFailure(
  { database, audit, signIns, runtime }: UpstreamParts,
  provider: OpenedProvider,
  { code, detail, login: typed, subject, address }: Failure,
): Promise<void> {
  // PostgreSQL keeps no NUL; nobody's login has a control character.
  const login = typed !== undefined && /\p{Cc}/u.test(typed) ? undefined : typed
  const [linked] = await database.query(sql<{ account: string; display: string }>`
    select link.account, account.display
    from upstream.link
    join identity.account on account.id = link.account
    where link.provider = ${provider.id}
    and (link.subject = ${subject}::text or lower(link.login) = lower(${login}::text))
    limit 1`)
  const account = linked?.account
  await database.query(sql`
    with over as (
      delete from upstream.failure
      where provider = ${provider.id} and id < (
        select id from upstream.failure where provider = ${provider.id} order by id desc offset ${kept} limit 1)
    )
    insert into upstream.failure (provider, at, code, detail, account)
    values (${provider.id}, ${runtime.now()}::timestamptz, ${code}, ${detail}, ${account})`)
  const outcome = code === 'identity.locked' ? 'locked' : 'refused'
  const from = address === undefined ? {} : { address }
  if (account) await signIns.note(database, account, { ...from, outcome })
  const actor = linked
    ? {
        ...stranger(provider),
        id: linked.account,
        reference: `user/${linked.account}`,
        display: linked.display,
      }
    : stranger(provider)
  audit.note(
    { ...actor, ...from },
    {
      action: 'sign-in',
      outcome: 'refused',
      detail: `${provider.id}: ${code}${detail === undefined ? '' : ` (${detail})`}`,
    },
  )
}

/** Whoever came by a provider and is nobody here. */
export function stranger({ tenant }: OpenedProvider): Actor {
  return {
    ...{ kind: 'user', id: 'unknown', reference: 'user/unknown', tenant, roles: [], scopes: [] },
    display: 'unknown login',
  }
}

type Row = {
  readonly at: string
  readonly code: string
  readonly detail: string | null
  readonly login: string | null
}

async function list(
  { database, runtime }: UpstreamParts,
  provider: string,
): Promise<readonly UpstreamFailure[]> {
  const rows = await database.query(sql<Row>`
    select failure.at, code, detail, account.login
    from upstream.failure
    left join identity.account on account.id = failure.account
    where provider = ${provider}
    order by failure.id desc
    limit ${kept}`)
  return rows.map(({ at, code, detail, login }) => ({
    at: instantOf(epochMs(at), runtime.timeZone),
    code,
    ...(detail === null ? {} : { detail }),
    ...(login === null ? {} : { login }),
  }))
}
