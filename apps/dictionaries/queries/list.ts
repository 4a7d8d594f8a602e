/** All dictionaries with what their owners have to do. */
import { type Queryable, sql } from '@xinglin/database'
import type { Actor } from '@xinglin/identity'
import type { Coverage, Dictionary } from '../contract.ts'

type Row = Omit<Dictionary, 'targets' | 'isMine' | 'publishedAt' | 'owner' | 'ownerDisplay'> & {
  readonly account: string
  readonly owner: string | null
  readonly ownerDisplay: string | null
  readonly publishedAt: string | null
}

/** By title. `key`: that one alone. */
export async function dictionariesOf(
  from: Queryable,
  { tenant, reference }: Actor,
  key?: string,
): Promise<readonly Dictionary[]> {
  const rows = await from.query(sql<Row>`
    select dictionary.key, dictionary.kind, dictionary.title, dictionary.url, dictionary.version,
      dictionary.owner as account, account.login as owner, account.display as "ownerDisplay",
      version.at as "publishedAt", counted.entries, counted.changes, waiting.waiting
    from dictionaries.dictionary
    left join identity.account on account.tenant = dictionary.tenant and account.id = dictionary.owner
    left join dictionaries.version on version.tenant = dictionary.tenant
      and version.dictionary = dictionary.key and version.number = dictionary.version
    cross join lateral (
      select count(*) filter (where draft->'isActive' = 'true')::integer as entries,
        count(*) filter (where published is null or published <> draft)::integer as changes
      from dictionaries.entry
      where entry.tenant = dictionary.tenant and entry.dictionary = dictionary.key
    ) as counted
    cross join lateral (
      select count(*) filter (where dictionary.version > 0 and acknowledgement.at is null)::integer as waiting
      from dictionaries.subscriber
      left join dictionaries.acknowledgement on acknowledgement.tenant = subscriber.tenant
        and acknowledgement.dictionary = subscriber.dictionary
        and acknowledgement.subscriber = subscriber.subscriber
        and acknowledgement.number = dictionary.version
      where subscriber.tenant = dictionary.tenant and subscriber.dictionary = dictionary.key
    ) as waiting
    where dictionary.tenant = ${tenant} and (${key ?? null}::text is null or dictionary.key = ${key ?? null})
    order by dictionary.title, dictionary.key`)
  const covered = await coverageOf(from, tenant)
  return rows.map(({ account, owner, ownerDisplay, publishedAt, ...row }) => ({
    ...row,
    owner: owner ?? '',
    ownerDisplay: ownerDisplay ?? '',
    isMine: reference === `user/${account}`,
    ...(publishedAt === null ? {} : { publishedAt }),
    targets: covered
      .filter(({ dictionary }) => dictionary === row.key)
      .map(({ dictionary: _of, ...coverage }) => coverage),
  }))
}

function coverageOf(
  from: Queryable,
  tenant: Actor['tenant'],
): Promise<readonly (Coverage & { readonly dictionary: string })[]> {
  return from.query(sql<Coverage & { readonly dictionary: string }>`
    select dictionary, target,
      count(distinct code) filter (where reviewed_at is not null and draft->'isActive' = 'true')::integer as mapped,
      count(*) filter (where reviewed_at is null)::integer as "toReview"
    from dictionaries.mapping
    join dictionaries.entry using (tenant, dictionary, code)
    where tenant = ${tenant}
    group by dictionary, target
    order by dictionary, target`)
}
