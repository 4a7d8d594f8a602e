/** What a policy was at each time: kept with each change, compared, and gone back to by saving it again. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'
import type { Policy } from './policy.ts'

export type PolicyVersion = {
  /** From 1. */
  readonly number: number
  /** Absent: by this change it was removed. */
  readonly policy?: Policy
  readonly at: Instant
  /** As the trail names him. */
  readonly by: string
  /** His name; absent where the account is no more. */
  readonly byDisplay?: string
  readonly reason: string
}

const mostVersions = 200

type Change = {
  readonly id: string
  /** Null: it is removed. */
  readonly policy: Policy | null
  readonly reason: string
}

/** With the change itself, in its transaction; the row of the policy is locked by then. */
export async function keepVersion(
  transaction: Transaction,
  by: Actor,
  { id, policy, reason }: Change,
): Promise<void> {
  await transaction.query(sql`
    insert into access.policy_version (tenant, policy, number, content, at, by, reason)
    select ${by.tenant}::integer, ${id}::text, coalesce(max(number), 0) + 1, nullif(${sql.json(policy)}::jsonb, 'null'),
      clock_timestamp(), ${by.reference}::text, ${reason}::text
    from access.policy_version where tenant = ${by.tenant} and policy = ${id}`)
}

/** Newest first, at most 200. */
export async function versionsOf(
  from: Queryable,
  tenant: TenantId,
  id: string,
): Promise<readonly PolicyVersion[]> {
  const rows = await from.query(sql<Row>`
    select number, content, at, by, account.display as "byDisplay", reason
    from access.policy_version
    left join identity.account on account.tenant = policy_version.tenant and 'user/' || account.id = by
    where policy_version.tenant = ${tenant} and policy = ${id}
    order by number desc limit ${mostVersions}`)
  return rows.map(({ content, byDisplay, ...row }) => ({
    ...row,
    ...(content === null ? {} : { policy: content }),
    ...(byDisplay === null ? {} : { byDisplay }),
  }))
}

/** Those that stand no more, as they were last. */
export function removedPolicies(from: Queryable, tenant: TenantId): Promise<readonly Policy[]> {
  return from
    .query(sql<{ content: Policy }>`
      select distinct on (policy) content from access.policy_version
      where tenant = ${tenant} and content is not null
        and not exists (select from access.policy where policy.tenant = ${tenant} and policy.id = policy_version.policy)
      order by policy, number desc`)
    .then((rows) => rows.map(({ content }) => content))
}

type Row = Omit<PolicyVersion, 'policy' | 'byDisplay'> & {
  readonly content: Policy | null
  readonly byDisplay: string | null
}
