/**
 * Everybody of an institution in memory for the time of a scan, so that a record is read once and not once a key: 300,000
 * people take some 300 MB.
 */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Person } from '@xinglin/matching'
import { type KeptPerson, openedPerson } from '../index/features.ts'

export type Somebody = { readonly no: number; readonly patient: string; readonly person: Person }

type KeptSomebody = Omit<Somebody, 'person'> & { readonly person: KeptPerson }

const pageRows = 10_000

/** All people by their numbers. */
export async function everybody(
  kernel: Pick<Kernel, 'database' | 'keys'>,
  tenant: TenantId,
): Promise<ReadonlyMap<number, Somebody>> {
  const people = new Map<number, Somebody>()
  let after = 0
  for (;;) {
    const rows = await kernel.database.query<KeptSomebody>(sql<KeptSomebody>`
      select no, patient, features as person
      from master_index.person
      where no > ${after} and tenant = ${tenant}
      order by no
      limit ${pageRows}`)
    const last = rows.at(-1)
    if (!last) return people
    for (const { no, patient, person } of rows)
      people.set(no, { no, patient, person: await openedPerson(kernel, { tenant, patient }, person) })
    after = last.no
  }
}
