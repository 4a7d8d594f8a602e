/** Roles of an account are those given by hand and those that groups give; only the second come and go with the groups. */
import { sql, type Transaction } from '@xinglin/database'

export type Refreshed = {
  readonly roles: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

type Asked = {
  readonly account: string
  readonly provider: string
  /** What the provider's groups give now. */
  readonly byGroups: readonly string[]
}

/**
 * Sets what groups give at one provider. A role that was given by hand stays one given by hand where a group gives it too,
 * so that it outlives the group.
 */
export async function refreshRoles(
  transaction: Transaction,
  { account, provider, byGroups }: Asked,
): Promise<Refreshed> {
  const [present] = await transaction.query(sql<{ roles: readonly string[] }>`
    select roles
    from identity.account
    where id = ${account}
    for update`)
  const links = await transaction.query(sql<{ provider: string; roles: readonly string[] }>`
    select provider, roles
    from upstream.link
    where account = ${account}`)
  const before = present?.roles ?? []
  const fromLinks = new Set(links.flatMap(({ roles }) => roles))
  const byHand = before.filter((role) => !fromLinks.has(role))
  const elsewhere = links.filter((link) => link.provider !== provider).flatMap(({ roles }) => roles)
  const ofGroups = byGroups.filter((role) => !byHand.includes(role))
  const roles = [...new Set([...byHand, ...elsewhere, ...ofGroups])]
  await transaction.query(sql`
    update upstream.link
    set roles = ${ofGroups}
    where provider = ${provider} and account = ${account}`)
  const added = roles.filter((role) => !before.includes(role))
  const removed = before.filter((role) => !roles.includes(role))
  if (added.length > 0 || removed.length > 0)
    await transaction.query(sql`
      update identity.account
      set roles = ${roles}
      where id = ${account}`)
  return { roles, added, removed }
}
