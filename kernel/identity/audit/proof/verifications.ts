/**
 * Verifications as durable work: asked for once, carried out batch after batch by whichever process runs jobs, and gone on
 * with where one was killed. The steps are those of the command line (`verify.ts`).
 */
import { type Database, type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type Instant, instantOf, notFound } from '@xinglin/fhir'
import type { Actor } from '../../identity.ts'
import { beginWalk, endWalk, type Verification, type VerifierParts, verifyMore, type Walk } from './verify.ts'

/** A list shows no more: findings beyond are those of one manipulation, and the command line names them all. */
const mostFindings = 1_000
const listed = 50

export type VerificationState = {
  readonly id: string
  readonly at: Instant
  readonly author: string
  readonly authorDisplay: string
  /** Only seals from then on, where it is given. */
  readonly from?: Instant
  readonly state: 'waiting' | 'running' | 'finished' | 'stopped'
  readonly sealsTotal: number
  readonly sealsDone: number
  readonly ended?: Instant
  /** What it found, once it is finished; at most a thousand findings, with how many there are. */
  readonly result?: Verification & { readonly findingsCount: number }
}

/** Writes down what is to be verified; the caller enqueues the work in the same transaction. For callers that have decided. */
export async function askVerification(
  transaction: Transaction,
  by: Actor,
  asked: { readonly id: string; readonly at: Instant; readonly from?: Instant },
): Promise<void> {
  const from = asked.from ?? null
  await transaction.query(sql`
    insert into trail.verification (id, tenant, at, author, author_display, from_at, state, seals_total)
    select ${asked.id}::uuid, ${by.tenant}, ${asked.at}::timestamptz, ${by.reference}, ${by.display},
      ${from}::timestamptz, 'waiting', count(*)
    from trail.seal
    where ${from}::timestamptz is null or at >= ${from}::timestamptz`)
}

export type RunParts = Omit<VerifierParts, 'from' | 'now'> & {
  readonly database: Database
  readonly now: () => Instant
}

/** Carries a verification out, or on; returns at once where it is finished or was stopped. */
export async function runVerification(parts: RunParts, id: string, signal: AbortSignal): Promise<void> {
  const { database } = parts
  const [asked] = await database.query(sql<{ walk: Walk | null; from: string | null }>`
    select walk, from_at as from
    from trail.verification
    where id = ${id}::uuid and state in ('waiting', 'running')`)
  if (!asked) return
  const verifier = { ...parts, from: database, now: parts.now() }
  const from = asked.from ? { from: instantOf(Date.parse(asked.from), parts.timeZone) } : {}
  const walk = asked.walk ?? (await beginWalk(verifier, from))
  for (let hasMore = true; hasMore; ) {
    signal.throwIfAborted()
    hasMore = await verifyMore(verifier, walk)
    if (!(await keepWalk(database, id, walk))) return
  }
  const found = await endWalk({ ...verifier, now: parts.now() }, walk)
  const { findings } = found
  const result = { ...found, findings: findings.slice(0, mostFindings), findingsCount: findings.length }
  await database.query(sql`
    update trail.verification
    set state = 'finished', result = ${sql.json(result)}::jsonb, ended = ${parts.now()}::timestamptz
    where id = ${id}::uuid and state = 'running'`)
}

/** Answers whether it is still wanted. */
async function keepWalk(database: Database, id: string, walk: Walk): Promise<boolean> {
  const rows = await database.query(sql`
    update trail.verification
    set state = 'running', walk = ${sql.json(walk)}::jsonb
    where id = ${id}::uuid and state in ('waiting', 'running')
    returning id`)
  return rows.length > 0
}

/** Takes the order back; what was found so far is not told. Throws `notFound` where none is under way by that id. */
export async function stopVerification(
  transaction: Transaction,
  tenant: TenantId,
  { id, at }: { readonly id: string; readonly at: Instant },
): Promise<void> {
  const rows = await transaction.query(sql`
    update trail.verification
    set state = 'stopped', ended = ${at}::timestamptz
    where tenant = ${tenant} and id::text = ${id} and state in ('waiting', 'running')
    returning id`)
  if (rows.length === 0)
    throw notFound('no such verification is under way', { code: 'identity.no-verification', at: 'id' })
}

type Row = Omit<VerificationState, 'at' | 'ended' | 'from' | 'result'> & {
  readonly at: string
  readonly ended: string | null
  readonly from: string | null
  readonly result: VerificationState['result'] | null
}

/** The last fifty of an institution, newest first. */
export async function verifications(
  from: Queryable,
  tenant: TenantId,
  timeZone: string,
): Promise<readonly VerificationState[]> {
  const rows = await from.query(sql<Row>`
    select id, at, author, author_display as "authorDisplay", from_at as from, state, seals_total::float8 as "sealsTotal",
      coalesce((walk ->> 'seals')::float8, 0) as "sealsDone", ended, result
    from trail.verification
    where tenant = ${tenant}
    order by trail.verification.at desc, id
    limit ${listed}`)
  const local = (at: string) => instantOf(Date.parse(at), timeZone)
  return rows.map(({ at, ended, from: since, result, ...row }) => ({
    ...{ ...row, at: local(at) },
    ...(since ? { from: local(since) } : {}),
    ...(ended ? { ended: local(ended) } : {}),
    ...(result ? { result } : {}),
  }))
}
