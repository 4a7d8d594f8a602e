/** What was planned for an instant that has come: positions that begin or end, people who leave. */
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { StaffParts } from './parts.ts'
import { settleAll } from './settle.ts'
import { writePractitioner } from './write-staff.ts'

const atOnce = 50

/** Each of them in a transaction of its own; several processes share the work. */
export async function applyDue(parts: StaffParts): Promise<void> {
  for (;;) {
    const due = await parts.database.query(sql<{ tenant: TenantId; practitioner: string }>`
      select distinct tenant, practitioner
      from staff.due
      where at <= ${parts.runtime.now()}::timestamptz
      limit ${atOnce}`)
    if (due.length === 0) return
    for (const each of due) await applyOne(parts, each)
  }
}

async function applyOne(
  parts: StaffParts,
  { tenant, practitioner }: { tenant: TenantId; practitioner: string },
): Promise<void> {
  await parts.records.commit({ tenant, actor: 'system/staff' }, async (unit) => {
    const { transaction } = unit
    await transaction.query(sql`
      delete from staff.due
      where tenant = ${tenant} and practitioner = ${practitioner}
      and at <= ${parts.runtime.now()}::timestamptz`)
    await settleAll(parts, transaction, { tenant, practitioners: [practitioner] })
    const [left] = await transaction.query(sql`
      select
      from staff.leaving
      join staff.practitioner on practitioner.tenant = leaving.tenant and practitioner.id = leaving.practitioner
      where leaving.tenant = ${tenant} and leaving.practitioner = ${practitioner}
      and leaving.done is not null and practitioner.is_active`)
    if (left) await writePractitioner(unit, practitioner, { isActive: false })
  })
}
