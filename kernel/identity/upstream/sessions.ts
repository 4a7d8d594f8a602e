/** Sessions here that follow one at a provider (OpenID Connect RP-Initiated Logout 1.0, Back-Channel Logout 1.0). */
import { sql, type Transaction } from '@xinglin/database'
import { conflict } from '@xinglin/fhir'
import { digest } from '../secrets.ts'
import type { UpstreamParts } from './create-upstream.ts'
import { stranger } from './failures.ts'
import { unsealed } from './seal.ts'
import type { OpenedProvider, Upstream } from './upstream.ts'

export function createUpstreamSessions(parts: UpstreamParts): Pick<Upstream, 'endedAt' | 'endSessions'> {
  const { database, keys } = parts
  return {
    async endedAt(session) {
      const [row] = await database.query(sql<{ provider: string; idToken: string | null }>`
        select provider, id_token as "idToken"
        from upstream.session
        where session = ${session}`)
      if (!row) return undefined
      const { provider, idToken } = row
      if (idToken === null) return { provider }
      return { provider, idToken: await unsealed(keys, 'session', provider, idToken) }
    },
    endSessions: (provider, ended) =>
      database.transaction((transaction) => endSessions(parts, transaction, { provider, ended })),
  }
}

type Asked = {
  readonly provider: OpenedProvider
  readonly ended: Parameters<Upstream['endSessions']>[1]
}

async function endSessions(
  { runtime, sessions, audit }: UpstreamParts,
  transaction: Transaction,
  { provider, ended }: Asked,
): Promise<number> {
  const { jti, subject, sid, expires } = ended
  const first = await transaction.query(sql`
    with over as (delete from upstream.logout_token where ends < ${runtime.now()}::timestamptz)
    insert into upstream.logout_token (provider, jti, ends)
    values (${provider.id}, ${jti}, ${expires})
    on conflict do nothing
    returning jti`)
  if (first.length === 0)
    throw conflict('this logout token was used before', { code: 'upstream.logout-token' })
  // §2.4: sid alone, sub alone, or both.
  const closed = await transaction.query(sql<{ id: string; account: string }>`
    delete from identity.session
    using upstream.session as followed
    where followed.session = session.id and followed.provider = ${provider.id}
    and (${sid}::text is null or followed.sid = ${sid}::text)
    and (${subject}::text is null or followed.subject = ${subject}::text)
    returning session.id, session.account`)
  await transaction.query(sql`
    with ended as (
      delete from oauth.access
      where session = any (${closed.map(({ id }) => id)})
      returning id
    )
    delete from oauth.artifact
    using ended
    where artifact.access = ended.id`)
  for (const { account } of closed)
    audit.write(transaction, { ...stranger(provider), id: account, reference: `user/${account}` }, [
      { action: 'sign-out', outcome: 'allowed', detail: `ended by ${provider.id}` },
    ])
  transaction.afterCommit(sessions.forget)
  return closed.length
}

/** Once the second factor was shown, its session follows the provider's session that the ticket came from. */
export async function followProvider(
  transaction: Transaction,
  { ticket, session }: { readonly ticket: string; readonly session: string | undefined },
): Promise<void> {
  await transaction.query(sql`
    with taken as (
      delete from upstream.pending
      where ticket_hash = ${digest(ticket)}
      returning provider, subject, sid, id_token
    )
    insert into upstream.session (session, provider, subject, sid, id_token)
    select ${session}, provider, subject, sid, id_token
    from taken`)
}
