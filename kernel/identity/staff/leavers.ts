/** The end of an account whose owner left: sign-in, sessions, apps and what he administered, in one transaction. */
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { systemActorOf } from '../system-actor.ts'
import { noteChange } from './changes.ts'
import type { StaffParts } from './parts.ts'

/** The last administrator stays: a house that nobody can open helps nobody; the trail says so. */
export async function disableLeaver(
  { audit, events, runtime, sessions }: StaffParts,
  transaction: Transaction,
  { tenant, account }: { readonly tenant: TenantId; readonly account: string },
): Promise<void> {
  const by = systemActorOf('staff', tenant)
  const access = { action: 'staff-leave', resourceType: 'Account', resourceId: account } as const
  const disabled = await transaction.query(sql`
    update identity.account
    set disabled = ${runtime.now()}::timestamptz
    where id = ${account} and disabled is null
    and (not 'administrator' = any (roles) or exists (
      select
      from identity.account as other
      where other.tenant = ${tenant} and other.id <> ${account} and other.disabled is null
      and 'administrator' = any (other.roles)))
    returning id`)
  if (disabled.length === 0) {
    audit.write(transaction, by, [{ ...access, outcome: 'failed', detail: 'disabled already, or the last' }])
    return
  }
  await sessions.closeAll(transaction, account)
  await transaction.query(sql`delete from staff.delegation where account = ${account}`)
  await transaction.query(sql`delete from staff.badge where account = ${account}`)
  noteChange(transaction, runtime, by, { account, what: 'person-disabled', reason: 'left' })
  audit.write(transaction, by, [{ ...access, outcome: 'allowed' }])
  events.append(transaction, { tenant, actor: by.reference }, [
    { kind: 'identity.person-disabled', data: { subject: account, reason: 'left' } },
  ])
}
