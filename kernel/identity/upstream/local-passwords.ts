/** Where a provider says who somebody is, his password here may be over; that of an administrator is kept for emergencies. */
import { type Queryable, sql } from '@xinglin/database'
import { unauthenticated } from '@xinglin/fhir'

/** Throws `unauthenticated` (`identity.password-elsewhere`), after the password was found right. */
export async function refuseLocalPassword(
  database: Queryable,
  account: { readonly id: string; readonly roles: readonly string[] },
): Promise<void> {
  if (account.roles.some((role) => /(^|-)administrator$/.test(role))) return
  const [elsewhere] = await database.query(sql<{ title: string }>`
    select provider.title_en as title
    from upstream.link
    join upstream.provider on provider.id = link.provider
    where link.account = ${account.id}
    and provider.is_enabled and provider.local_passwords = 'administrators'
    limit 1`)
  if (!elsewhere) return
  throw unauthenticated(`this account signs in by ${elsewhere.title}, not by a password of this platform`, {
    code: 'identity.password-elsewhere',
  })
}
