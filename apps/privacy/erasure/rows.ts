/** The tables of erasures. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import type { ResourceType } from '@xinglin/fhir'
import type { ErasureKept } from '../contract.ts'
import type { Erasure, ErasureKey, Figures, Phase } from './erasure.ts'

const columns = sql`tenant, id, request, state, patient, granted_by as "grantedBy", granted, decided_by as "decidedBy", decided,
  phase, place, person, figures, kept`

/** An erasure, locked for this transaction; undefined where there is none. */
export async function lockErasure(to: Transaction, { tenant, id }: ErasureKey): Promise<Erasure | undefined> {
  const [row] = await to.query(sql<Erasure>`
    select ${columns} from privacy.erasure where tenant = ${tenant} and id = ${id} for update`)
  return row
}

export async function findErasure(from: Queryable, { tenant, id }: ErasureKey): Promise<Erasure | undefined> {
  const [row] = await from.query(sql<Erasure>`
    select ${columns} from privacy.erasure where tenant = ${tenant} and id = ${id}`)
  return row
}

/** What a step changes of an erasure; what is absent stays. */
export type Moved = {
  readonly phase: Phase
  readonly place?: string
  readonly figures?: Figures
  readonly person?: string
  readonly kept?: readonly ErasureKept[]
}

export async function move(to: Transaction, { tenant, id, ...before }: Erasure, moved: Moved): Promise<void> {
  await to.query(sql`
    update privacy.erasure
    set phase = ${moved.phase}, place = ${moved.place ?? null},
      figures = ${sql.json(moved.figures ?? before.figures)}::jsonb,
      person = ${moved.person ?? before.person}, kept = ${sql.json(moved.kept ?? before.kept)}::jsonb
    where tenant = ${tenant} and id = ${id}`)
}

export type PlannedPart = {
  readonly type: ResourceType
  readonly id: string
  readonly version: number
  readonly fate: 'erase' | 'keep' | 'unname'
  readonly isDeleted: boolean
}

/** Puts the parts of a plan in the place of those of the plan before; what was erased by that one stays noted. */
export async function putParts(
  to: Transaction,
  { tenant, id }: ErasureKey,
  parts: readonly PlannedPart[],
): Promise<void> {
  await to.query(sql`
    delete from privacy.erasure_part where tenant = ${tenant} and erasure = ${id} and fate <> 'erase'`)
  await to.query(sql`
    insert into privacy.erasure_part (tenant, erasure, type, id, version, fate, is_deleted)
    select ${tenant}::integer, ${id}::text, type, given.id, version, fate, "isDeleted"
    from json_to_recordset(${sql.json(parts)}::json)
      as given (type text, id text, version integer, fate text, "isDeleted" boolean)
    on conflict (tenant, erasure, type, id) do update set fate = excluded.fate, is_deleted = excluded.is_deleted`)
}

/** The next parts of a fate behind a place. */
export function partsAfter(
  from: Queryable,
  { tenant, id, place }: Pick<Erasure, 'tenant' | 'id' | 'place'>,
  { fate, limit }: { readonly fate: PlannedPart['fate']; readonly limit: number },
): Promise<readonly PlannedPart[]> {
  return from.query(sql<PlannedPart>`
    select type, id, version, fate, is_deleted as "isDeleted"
    from privacy.erasure_part
    where tenant = ${tenant} and erasure = ${id} and fate = ${fate}
      and (${place}::text is null or (type || '/' || id) collate "C" > ${place}::text)
    order by (type || '/' || erasure_part.id) collate "C"
    limit ${limit}`)
}

export function placeOf({ type, id }: Pick<PlannedPart, 'type' | 'id'>): string {
  return `${type}/${id}`
}

/** References of all that is his, or mentions him: raw texts of these are looked for. */
export async function referencesOf(from: Queryable, { tenant, id }: ErasureKey): Promise<readonly string[]> {
  const rows = await from.query(sql<{ reference: string }>`
    select type || '/' || id as reference
    from privacy.erasure_part
    where tenant = ${tenant} and erasure = ${id}`)
  return rows.map(({ reference }) => reference)
}

export async function putObjects(
  to: Transaction,
  { tenant, id }: ErasureKey,
  names: readonly string[],
): Promise<void> {
  await to.query(sql`
    insert into privacy.erasure_object (tenant, erasure, name)
    select ${tenant}::integer, ${id}::text, name from unnest(${names}::text[]) as given (name)
    on conflict do nothing`)
}

export async function objectsLeft(
  from: Queryable,
  { tenant, id }: ErasureKey,
  limit: number,
): Promise<readonly string[]> {
  const rows = await from.query(sql<{ name: string }>`
    select name from privacy.erasure_object
    where tenant = ${tenant} and erasure = ${id}
    order by erasure_object.name
    limit ${limit}`)
  return rows.map(({ name }) => name)
}
