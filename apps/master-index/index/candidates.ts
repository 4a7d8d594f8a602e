/**
 * Who shares a key with whom: one walk along the primary key of block_key per key, so that the cost grows with the
 * blocks and not with the institution. A block larger than `largestBlock` is not read to its end.
 */
import type { Kernel } from '@xinglin/app'
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { largestBlock, type Person } from '@xinglin/matching'
import { askedKeys, type KeptPerson, openedPerson } from './features.ts'

export type Candidate = { readonly patient: string; readonly person: Person }
export type Neighbours = Candidate & { readonly of: string; readonly ofPerson: Person }

type Needs = Pick<Kernel, 'keys' | 'records'>
type KeptCandidate = { readonly patient: string; readonly person: KeptPerson }

type KeptNeighbours = KeptCandidate & { readonly of: string; readonly ofPerson: KeptPerson }

/** People who share any of these keys. */
export async function candidatesBy(
  kernel: Needs,
  from: Queryable,
  { tenant, keys }: { readonly tenant: TenantId; readonly keys: readonly string[] },
): Promise<readonly Candidate[]> {
  if (keys.length === 0) return []
  const asked = askedKeys(await kernel.records.sealing.words(tenant), keys)
  const found = await from.query<KeptCandidate>(sql<KeptCandidate>`
    with found as (
      select distinct member.no
      from unnest(${asked}::text[]) as asked (key)
      cross join lateral (
        select array_agg(few.no) as numbers
        from (
          select no
          from master_index.block_key
          where tenant = ${tenant} and key = hashtextextended(asked.key, 0)
          limit ${largestBlock + 1}
        ) as few
      ) as block
      cross join lateral unnest(block.numbers) as member (no)
      where cardinality(block.numbers) <= ${largestBlock}
    )
    select person.patient, person.features as person
    from found
    join master_index.person as person using (no)`)
  return Promise.all(
    found.map(async ({ patient, person }) => ({
      ...{ patient, person: await openedPerson(kernel, { tenant, patient }, person) },
    })),
  )
}

/** For each of these patients everybody who shares a key with them; each pair from both ends where both are asked. */
export async function neighboursOf(
  kernel: Needs,
  from: Queryable,
  { tenant, patients }: { readonly tenant: TenantId; readonly patients: readonly string[] },
): Promise<readonly Neighbours[]> {
  const found = await from.query<KeptNeighbours>(sql<KeptNeighbours>`
    with asked as (
      select no, patient, features, keys
      from master_index.person
      where tenant = ${tenant} and patient = any(${patients}::text[])
    ), found as (
      select distinct asked.no as asked, member.no
      from asked
      cross join lateral unnest(asked.keys) as own (key)
      cross join lateral (
        select array_agg(few.no) as numbers
        from (
          select no
          from master_index.block_key
          where tenant = ${tenant} and key = own.key
          limit ${largestBlock + 1}
        ) as few
      ) as block
      cross join lateral unnest(block.numbers) as member (no)
      where cardinality(block.numbers) between 2 and ${largestBlock} and member.no <> asked.no
    )
    select person.patient, person.features as person, asked.patient as of, asked.features as "ofPerson"
    from found
    join asked on asked.no = found.asked
    join master_index.person as person on person.no = found.no`)
  return Promise.all(
    found.map(async (each) => ({
      ...each,
      person: await openedPerson(kernel, { tenant, patient: each.patient }, each.person),
      ofPerson: await openedPerson(kernel, { tenant, patient: each.of }, each.ofPerson),
    })),
  )
}
