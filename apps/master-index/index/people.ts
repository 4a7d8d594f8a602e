/** The people of the index and their blocking keys, kept in step; derived, so that they can be filled again. */
import { type Sql, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { KeptPerson } from './features.ts'

export type Entry = {
  readonly patient: string
  readonly features: KeptPerson
  /** Blocking keys, as they are kept. */
  readonly keys: readonly string[]
}

/** Puts people as they stand now in the place of how they stood. */
export async function putPeople(
  transaction: Transaction,
  tenant: TenantId,
  entries: readonly Entry[],
): Promise<void> {
  if (entries.length === 0) return
  const patients = entries.map(({ patient }) => patient)
  await transaction.query(withoutKeys(tenant, patients))
  const put = await transaction.query<{ isNew: boolean }>(sql<{ isNew: boolean }>`
    insert into master_index.person (tenant, patient, features, keys)
    select ${tenant}, patient, features,
      array(select distinct hashtextextended(key, 0) from jsonb_array_elements_text(keys) as each (key))
    from jsonb_to_recordset(${sql.json(entries)}::jsonb) as row (patient text, features jsonb, keys jsonb)
    on conflict (tenant, patient) do update
    set features = excluded.features, keys = excluded.keys
    returning xmax = 0 as "isNew"`)
  await transaction.query(sql`
    insert into master_index.block_key (tenant, key, no)
    select ${tenant}, own.key, person.no
    from master_index.person as person
    cross join lateral unnest(person.keys) as own (key)
    where person.tenant = ${tenant} and person.patient = any(${patients}::text[])`)
  await countPeople(transaction, tenant, put.filter(({ isNew }) => isNew).length)
}

/** Takes people out, and the pairs that nobody has decided. */
export async function removePeople(
  transaction: Transaction,
  tenant: TenantId,
  patients: readonly string[],
): Promise<void> {
  if (patients.length === 0) return
  await transaction.query(withoutKeys(tenant, patients))
  const gone = await transaction.query(sql`
    delete from master_index.person
    where tenant = ${tenant} and patient = any(${patients}::text[])
    returning no`)
  await transaction.query(sql`
    delete from master_index.pair
    where tenant = ${tenant} and state in ('open', 'later')
      and (one = any(${patients}::text[]) or other = any(${patients}::text[]))`)
  await countPeople(transaction, tenant, -gone.length)
}

function withoutKeys(tenant: TenantId, patients: readonly string[]): Sql {
  return sql`
    delete from master_index.block_key as block
    using master_index.person as person cross join lateral unnest(person.keys) as own (key)
    where person.tenant = ${tenant} and person.patient = any(${patients}::text[])
      and block.tenant = ${tenant} and block.key = own.key and block.no = person.no`
}

async function countPeople(transaction: Transaction, tenant: TenantId, more: number): Promise<void> {
  if (more === 0) return
  await transaction.query(sql`
    insert into master_index.population (tenant, people) values (${tenant}, ${more})
    on conflict (tenant) do update set people = population.people + ${more}`)
}
