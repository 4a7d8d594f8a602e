/** Leavers: who is gone from a directory, or disabled there, is disabled here (GB/T 22239-2019 §8.1.4.2 c). */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { UpstreamParts } from './create-upstream.ts'
import { stranger } from './failures.ts'
import type { OpenedProvider, Upstream } from './upstream.ts'

/** So many at once are a wrong search base or an empty directory, not people who left. */
const mostGone = 20
const mostGoneShare = 0.2

export function createSweeps(
  parts: UpstreamParts,
): Pick<Upstream, 'present' | 'disableGone' | 'noteSweepFailure'> {
  const { database } = parts
  return {
    present: ({ id }) =>
      database.query(sql<{ subject: string; login: string }>`
        select link.subject, link.login
        from upstream.link
        join identity.account on account.id = link.account
        where link.provider = ${id} and account.disabled is null
        order by link.subject`),
    disableGone: (provider, found) => disableGone(parts, provider, found),
    noteSweepFailure: ({ id }, failure) =>
      noteSweep(parts, database, { provider: id, lookedAt: 0, disabled: 0, failure }),
  }
}

async function disableGone(
  parts: UpstreamParts,
  provider: OpenedProvider,
  { lookedAt, gone }: { readonly lookedAt: number; readonly gone: readonly string[] },
): Promise<number> {
  const { database } = parts
  if (gone.length > mostGone && gone.length > lookedAt * mostGoneShare) {
    const failure = `${gone.length} of ${lookedAt} people are gone: nobody was disabled; look at the search base`
    await noteSweep(parts, database, { provider: provider.id, lookedAt, disabled: 0, failure })
    return 0
  }
  return database.transaction(async (transaction) => {
    let disabled = 0
    for (const subject of gone) if (await disableOne(parts, transaction, provider, subject)) disabled++
    await noteSweep(parts, transaction, { provider: provider.id, lookedAt, disabled })
    return disabled
  })
}

async function disableOne(
  { runtime, sessions, audit, events }: UpstreamParts,
  transaction: Transaction,
  provider: OpenedProvider,
  subject: string,
): Promise<boolean> {
  const [gone] = await transaction.query(sql<{ id: string }>`
    update identity.account
    set disabled = ${runtime.now()}::timestamptz
    from upstream.link
    where link.provider = ${provider.id} and link.subject = ${subject} and account.id = link.account
    and account.disabled is null
    -- A platform without any administrator could not be put right.
    and (not 'administrator' = any (account.roles) or exists (
      select 1
      from identity.account as other
      where other.tenant = account.tenant and other.disabled is null and other.id <> account.id
      and 'administrator' = any (other.roles)))
    returning account.id`)
  if (!gone) return false
  await sessions.closeAll(transaction, gone.id)
  const author = { tenant: provider.tenant, actor: `system/${provider.id}` }
  audit.write(
    transaction,
    {
      ...stranger(provider),
      kind: 'system',
      id: provider.id,
      reference: author.actor,
      display: provider.title.en,
    },
    [
      {
        ...{ action: 'administration.people.write', resourceType: 'Account', resourceId: gone.id },
        outcome: 'allowed',
        detail: `person-disabled: gone from ${provider.id}`,
      },
    ],
  )
  events.append(transaction, author, [
    { kind: 'identity.person-disabled', data: { subject: gone.id, provider: provider.id } },
  ])
  return true
}

type Sweep = {
  readonly provider: string
  readonly lookedAt: number
  readonly disabled: number
  readonly failure?: string
}

async function noteSweep(
  { runtime }: UpstreamParts,
  to: Queryable,
  { provider, lookedAt, disabled, failure }: Sweep,
): Promise<void> {
  await to.query(sql`
    insert into upstream.sweep (provider, at, looked_at, disabled, failure)
    values (${provider}, ${runtime.now()}::timestamptz, ${lookedAt}, ${disabled}, ${failure})
    on conflict (provider) do update set
      at = excluded.at, looked_at = excluded.looked_at, disabled = excluded.disabled, failure = excluded.failure`)
}
