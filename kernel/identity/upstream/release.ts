/** Ending links: what groups gave goes, what was given by hand stays, and so does the account. */
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { UpstreamParts } from './create-upstream.ts'
import { refreshRoles } from './role-refresh.ts'

export async function releaseEverybody(
  parts: UpstreamParts,
  transaction: Transaction,
  { provider, tenant }: { readonly provider: string; readonly tenant: TenantId },
): Promise<void> {
  const linked = await transaction.query(sql<{ account: string }>`
    select link.account
    from upstream.link
    join upstream.provider on provider.id = link.provider
    where link.provider = ${provider} and provider.tenant = ${tenant}
    order by link.account`)
  for (const { account } of linked) await release(parts, transaction, { provider, account })
}

/** Also ends the person's sessions. */
export async function release(
  { sessions }: UpstreamParts,
  transaction: Transaction,
  { provider, account }: { readonly provider: string; readonly account: string },
): Promise<void> {
  await refreshRoles(transaction, { account, provider, byGroups: [] })
  await transaction.query(sql`
    delete from upstream.link
    where provider = ${provider} and account = ${account}`)
  await sessions.closeAll(transaction, account)
}
