/** Once an institution's choice of sealed fields is carried out, nothing of them stays in the index either: everybody is kept anew. */
import type { Kernel, Reaction } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { JobTasks } from '@xinglin/jobs'
import { followPatients } from './keep-index.ts'

const task = 'master-index.fill-again'
/** People of one transaction: some 0.2 s. */
const peopleAtOnce = 100

export const followSealing: Reaction = {
  on: ['records.sealing-carried-out'],
  from: 'now',
  react: async (entries, transaction, { jobs }) => {
    for (const tenant of new Set(entries.map((entry) => entry.tenant)))
      await jobs.enqueue(transaction, { task, payload: { tenant }, key: `${task} ${tenant}` })
  },
}

/** The work of keeping everybody anew; one that was cut off begins again. */
export function fillAgainTasks(kernel: Kernel): JobTasks {
  return { [task]: ({ tenant }, signal) => fillAgain(kernel, Number(tenant) as TenantId, signal) }
}

async function fillAgain(kernel: Kernel, tenant: TenantId, signal: AbortSignal): Promise<void> {
  let after = 0
  for (;;) {
    if (signal.aborted) throw signal.reason
    const people = await kernel.database.query<Numbered>(sql<Numbered>`
      select no, patient
      from master_index.person
      where tenant = ${tenant} and no > ${after}
      order by no
      limit ${peopleAtOnce}`)
    const last = people.at(-1)
    if (!last) return
    const ids = people.map(({ patient }) => patient)
    await kernel.database.transaction((transaction) => followPatients(transaction, kernel, { tenant, ids }))
    after = last.no
  }
}

type Numbered = { readonly no: number; readonly patient: string }
