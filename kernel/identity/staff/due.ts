/** What was planned for an instant that has come: positions that begin or end, people who leave. */
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, instantOf } from '@xinglin/fhir'
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
    if (due.length === 0) return armAgain(parts)
    for (const each of due) await applyOne(parts, each)
  }
}

/** The clock of the database may be so far ahead of ours, ms: a job then comes before its instant. */
const skewMs = 60_000
const againMs = 5_000

/** What is due within the skew is looked at again soon: its own job may be this one. */
async function armAgain({ database, runtime, schedule }: StaffParts): Promise<void> {
  const nowMs = epochMs(runtime.now())
  const soon = instantOf(nowMs + skewMs, runtime.timeZone)
  await database.transaction(async (transaction) => {
    const [near] = await transaction.query(sql`
      select from staff.due where at <= ${soon}::timestamptz limit 1`)
    if (near) await schedule.now?.(transaction, instantOf(nowMs + againMs, runtime.timeZone))
  })
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
