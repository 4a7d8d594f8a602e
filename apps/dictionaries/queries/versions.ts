/** Versions of a dictionary, what each changed, and which systems have taken it. */
import { type Queryable, sql } from '@xinglin/database'
import type { ChangesAnswer, DictionaryVersion, EntryText, Subscriber, VersionsAnswer } from '../contract.ts'
import { changeOf } from './entries.ts'
import type { Which } from './rows.ts'

const mostVersions = 200
const mostChanges = 1_000

export async function versionsOf(from: Queryable, { tenant, dictionary }: Which): Promise<VersionsAnswer> {
  const [versions, subscribers] = await Promise.all([
    from.query(sql<DictionaryVersion>`
      select version.number, version.at, coalesce(account.display, version.by) as by, version.note,
        version.code_system as "codeSystem", counted.added, counted.changed, counted.withdrawn, taken.taken
      from dictionaries.version
      left join identity.account on account.tenant = version.tenant and 'user/' || account.id = version.by
      cross join lateral (
        select count(*) filter (where before is null)::integer as added,
          count(*) filter (where before->'isActive' = 'true' and after->'isActive' = 'false')::integer as withdrawn,
          count(*) filter (where before is not null
            and not (before->'isActive' = 'true' and after->'isActive' = 'false'))::integer as changed
        from dictionaries.change
        where change.tenant = version.tenant and change.dictionary = version.dictionary
          and change.number = version.number
      ) as counted
      cross join lateral (
        select count(*)::integer as taken from dictionaries.acknowledgement
        where acknowledgement.tenant = version.tenant and acknowledgement.dictionary = version.dictionary
          and acknowledgement.number = version.number
      ) as taken
      where version.tenant = ${tenant} and version.dictionary = ${dictionary}
      order by version.number desc
      limit ${mostVersions}`),
    from.query(sql<{ subscriber: string; title: string; number: number | null; at: string | null }>`
      select subscriber.subscriber, subscriber.title, newest.number, newest.at
      from dictionaries.subscriber
      left join lateral (
        select number, at from dictionaries.acknowledgement
        where acknowledgement.tenant = subscriber.tenant and acknowledgement.dictionary = subscriber.dictionary
          and acknowledgement.subscriber = subscriber.subscriber
        order by number desc limit 1
      ) as newest on true
      where subscriber.tenant = ${tenant} and subscriber.dictionary = ${dictionary}
      order by subscriber.title`),
  ])
  return {
    versions,
    subscribers: subscribers.map(
      ({ number, at, ...row }): Subscriber => (number === null || at === null ? row : { ...row, number, at }),
    ),
  }
}

export async function changesOf(
  from: Queryable,
  { tenant, dictionary, number }: Which & { readonly number: number },
): Promise<ChangesAnswer> {
  const rows = await from.query(sql<{ code: string; before: EntryText | null; after: EntryText }>`
    select code, before, after from dictionaries.change
    where tenant = ${tenant} and dictionary = ${dictionary} and number = ${number}
    order by code limit ${mostChanges + 1}`)
  return {
    isCut: rows.length > mostChanges,
    changes: rows.slice(0, mostChanges).map(({ code, before, after }) => ({
      code,
      change: changeOf(before, after),
      ...(before ? { before } : {}),
      after,
    })),
  }
}
