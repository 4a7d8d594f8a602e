/** Topics that institutions defined themselves, beside the built-in ones. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { builtInTopics } from '../topics/built-in.ts'
import type { Topic } from '../topics/topic.ts'

export type OwnTopic = { readonly tenant: TenantId; readonly basic: string; readonly topic: Topic }

/** Topics of one institution, or of all, that still stand. */
export async function ownTopics(from: Queryable, tenant?: TenantId): Promise<readonly OwnTopic[]> {
  return from.query(sql<OwnTopic>`
    select tenant, basic, topic
    from subscriptions.topic
    where not is_removed and (${tenant ?? null}::integer is null or tenant = ${tenant ?? null}::integer)
    order by tenant, url`)
}

/** The topic of a canonical url; undefined where the institution has none. */
export async function findTopic(from: Queryable, tenant: TenantId, url: string): Promise<Topic | undefined> {
  const builtIn = builtInTopics.find((topic) => topic.url === url)
  if (builtIn) return builtIn
  const [row] = await from.query(sql<{ topic: Topic }>`
    select topic
    from subscriptions.topic
    where tenant = ${tenant} and url = ${url} and not is_removed`)
  return row?.topic
}

/** Keeps the topic of a Basic; false where another Basic has that url. */
export async function putTopic(
  transaction: Transaction,
  { tenant, basic, topic }: OwnTopic,
): Promise<boolean> {
  await removeTopics(transaction, { tenant, basic, except: topic.url })
  const kept = await transaction.query(sql`
    insert into subscriptions.topic (tenant, url, basic, topic)
    values (${tenant}, ${topic.url}, ${basic}, ${sql.json(topic)}::jsonb)
    on conflict (tenant, url) do update set
      basic = excluded.basic, topic = excluded.topic, is_removed = false, changed = nextval('subscriptions.change')
      where topic.basic = excluded.basic or topic.is_removed
    returning url`)
  return kept.length > 0
}

/** Removes what a Basic defined, but for the url that it still defines. */
export async function removeTopics(
  transaction: Transaction,
  { tenant, basic, except }: { readonly tenant: TenantId; readonly basic: string; readonly except?: string },
): Promise<void> {
  await transaction.query(sql`
    update subscriptions.topic
    set is_removed = true, changed = nextval('subscriptions.change')
    where tenant = ${tenant} and basic = ${basic} and not is_removed and url is distinct from ${except ?? null}::text`)
}
