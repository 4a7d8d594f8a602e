/** The rows of rotations. */
import { type Queryable, sql, type Transaction } from '@xinglin/database'
import { instantOf } from '@xinglin/fhir'
import type { KeyAct, Rotation, RotationState } from './rotations.ts'

export type RotationRow = {
  readonly id: number
  readonly act: KeyAct
  readonly purpose: string
  readonly dataVersion: number | null
  readonly signingVersion: number | null
  readonly state: RotationState
  readonly places: readonly string[]
  readonly place: string | null
  readonly after: string
}

const mostListed = 100

export async function insertRotation(
  transaction: Transaction,
  row: Pick<RotationRow, 'act' | 'purpose' | 'dataVersion' | 'signingVersion' | 'state' | 'places'> & {
    readonly actor: string
    readonly display: string
    readonly reason: string
    readonly at: string
  },
): Promise<number | undefined> {
  const [made] = await transaction.query(sql<{ id: number }>`
    insert into keys.rotation (act, purpose, data_version, signing_version, state, places, actor, display, reason, asked)
    values (
      ${row.act}, ${row.purpose}, ${row.dataVersion}, ${row.signingVersion}, ${row.state}, ${row.places}::text[], ${row.actor}, ${row.display},
      ${row.reason}, ${row.at}::timestamptz)
    on conflict do nothing
    returning id`)
  return made?.id
}

/** Locked; undefined where it has ended or another process is at it. */
export async function takeRotation(transaction: Transaction, id: number): Promise<RotationRow | undefined> {
  const [row] = await transaction.query(sql<RotationRow>`
    select id, act, purpose, data_version as "dataVersion", signing_version as "signingVersion", state, places, place,
      coalesce(after, '(0,0)')::text as after
    from keys.rotation
    where id = ${id} and state not in ('done', 'kept')
    for update`)
  return row
}

export async function moveRotation(
  transaction: Transaction,
  id: number,
  to: {
    readonly state: RotationState
    readonly place?: string | undefined
    readonly after?: string | undefined
    readonly moved?: number
    readonly due?: number
    readonly remains?: Readonly<Record<string, number>>
    readonly ended?: string
  },
): Promise<void> {
  await transaction.query(sql`
    update keys.rotation
    set state = ${to.state}, place = ${to.place}, after = ${to.after}::tid, moved = moved + ${to.moved ?? 0},
      due = due + ${to.due ?? 0}, remains = coalesce(${to.remains}::jsonb, remains),
      ended = ${to.ended}::timestamptz, since = case when state = ${to.state} then since else clock_timestamp() end,
      horizon = case when state = ${to.state} then horizon end
    where id = ${id}`)
}

/** Whether all processes have read the new version since, and all transactions that could hold an older one have ended. */
export async function hasSettled(transaction: Transaction, id: number, settleMs: number): Promise<boolean> {
  await transaction.query(sql`
    update keys.rotation
    set horizon = pg_current_xact_id()
    where id = ${id} and horizon is null and since < clock_timestamp() - make_interval(secs => ${settleMs / 1000})`)
  const [row] = await transaction.query(sql<{ hasSettled: boolean }>`
    select coalesce(horizon < pg_snapshot_xmin(pg_current_snapshot()), false) as "hasSettled"
    from keys.rotation
    where id = ${id}`)
  return row?.hasSettled ?? false
}

export async function listRotations(from: Queryable, timeZone: string): Promise<readonly Rotation[]> {
  const rows = await from.query(sql<
    Omit<Rotation, 'asked' | 'ended'> & { askedMs: number; endedMs: number | null }
  >`
    select id, act, purpose, state, moved::float8 as moved, due::float8 as due, remains, display, reason,
      (extract(epoch from asked) * 1000)::float8 as "askedMs", (extract(epoch from ended) * 1000)::float8 as "endedMs"
    from keys.rotation
    order by id desc
    limit ${mostListed}`)
  return rows.map(({ askedMs, endedMs, ...row }) => ({
    ...row,
    asked: instantOf(askedMs, timeZone),
    ...(endedMs === null ? {} : { ended: instantOf(endedMs, timeZone) }),
  }))
}
