/** Sessions of patients: tokens of a table of their own, looked up at each request with the charts that they reach then. */
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, type Instant, instantOf, notFound } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { digest, newSecret } from '../secrets.ts'
import { seenWriteMs } from '../settings.ts'
import { type ActorRow, actorOfRow, chartsSql } from './charts.ts'
import type { OpenedPatient, PatientSession } from './patients.ts'

/** A phone lies about: a session without a request for half an hour has ended. */
const idleMs = 30 * 60_000
const lifeMs = 12 * 3_600_000
/** Phone, tablet, computer at home and at work; a further one ends the oldest. */
const atOnce = 5
const deviceCharacters = 120

/** A session that was not seen since then has ended. */
export function patientIdleSince(at: Instant, timeZone: string): Instant {
  return instantOf(epochMs(at) - idleMs - seenWriteMs, timeZone)
}

export type SessionParts = {
  readonly database: Database
  readonly runtime: Runtime
  readonly audit: Audit
}

export async function openSession(
  { runtime }: SessionParts,
  transaction: Transaction,
  {
    account,
    tenant,
    address,
    device,
  }: { account: string; tenant: TenantId; address?: string | undefined; device?: string | undefined },
): Promise<Omit<OpenedPatient, 'actor'> & { readonly session: string }> {
  const token = newSecret()
  const session = runtime.newId()
  const at = runtime.now()
  const ends = instantOf(epochMs(at) + lifeMs, runtime.timeZone)
  await transaction.query(sql`
    with over as (delete from patients.session where ends < ${at}::timestamptz)
    insert into patients.session (token_hash, id, tenant, account, address, device, created, seen, ends)
    values (${digest(token)}, ${session}, ${tenant}, ${account}, ${address}, ${device?.slice(0, deviceCharacters)},
      ${at}::timestamptz, ${at}::timestamptz, ${ends}::timestamptz)`)
  await transaction.query(sql`
    delete from patients.session
    where account = ${account} and token_hash not in (
      select token_hash
      from patients.session
      where account = ${account}
      order by created desc, id = ${session} desc
      limit ${atOnce})`)
  return { token, session }
}

type LiveRow = ActorRow & { readonly session: string; readonly seen: string }

/** The actor of a live session; undefined where it is unknown, over, or its account closed. */
export async function liveActor(
  { database, runtime }: SessionParts,
  token: string,
): Promise<Actor | undefined> {
  const tokenHash = digest(token)
  const at = runtime.now()
  const idleSince = patientIdleSince(at, runtime.timeZone)
  const [row] = await database.query(sql<LiveRow>`
    select account.id, account.tenant, account.name, account.phone_end as "phoneEnd", account.patient,
      session.id as session, session.seen, ${chartsSql(at)} as charts
    from patients.session
    join patients.account on account.id = session.account
    where session.token_hash = ${tokenHash}
      and session.ends > ${at}::timestamptz
      and session.seen > ${idleSince}::timestamptz
      and account.closed is null`)
  if (!row) return undefined
  if (epochMs(at) - epochMs(row.seen) > seenWriteMs)
    await database.query(sql`
      update patients.session
      set seen = ${at}::timestamptz
      where token_hash = ${tokenHash}`)
  return { ...actorOfRow(row), session: row.session }
}

export async function closeSession({ database }: SessionParts, token: string): Promise<void> {
  await database.query(sql`delete from patients.session where token_hash = ${digest(token)}`)
}

/** Ends an account's sessions, all but `except`, and what apps may do by them. */
export async function closeSessions(
  transaction: Transaction,
  account: string,
  except?: string,
): Promise<void> {
  await transaction.query(sql`
    delete from patients.session
    where account = ${account} and (${except}::text is null or id <> ${except}::text)`)
  await transaction.query(sql`
    with ended as (
      delete from oauth.access
      where account = ${account} and is_patient and (${except}::text is null or session <> ${except}::text)
      returning id
    )
    delete from oauth.artifact
    using ended
    where artifact.access = ended.id`)
}

export async function listSessions(
  { database, runtime }: SessionParts,
  by: Actor,
): Promise<readonly PatientSession[]> {
  const at = runtime.now()
  const rows = await database.query(
    sql<{ id: string; address: string | null; device: string | null; created: string; seen: string }>`
      select id, address, device, created, seen
      from patients.session
      where account = ${by.id} and ends > ${at}::timestamptz
        and seen > ${patientIdleSince(at, runtime.timeZone)}::timestamptz
      order by seen desc, id`,
  )
  return rows.map(({ id, address, device, created, seen }) => ({
    id,
    ...(address === null ? {} : { address }),
    ...(device === null ? {} : { device }),
    created: localInstant(created, runtime.timeZone) ?? at,
    seen: localInstant(seen, runtime.timeZone) ?? at,
    isThis: id === by.session,
  }))
}

export async function endSession({ database, audit }: SessionParts, by: Actor, id: string): Promise<void> {
  await database.transaction(async (transaction) => {
    const ended = await transaction.query(sql`
      delete from patients.session
      where account = ${by.id} and id = ${id}
      returning id`)
    if (ended.length === 0)
      throw notFound('there is no such session of yours', { code: 'patients.no-session', at: 'id' })
    await transaction.query(sql`
      with ended as (delete from oauth.access where session = ${id} and is_patient returning id)
      delete from oauth.artifact
      using ended
      where artifact.access = ended.id`)
    audit.write(transaction, by, [{ action: 'sign-out', outcome: 'allowed', detail: 'session' }])
  })
}
