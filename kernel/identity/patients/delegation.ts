/** What a patient opens to a relative: by phone and proved name together, to a day, taken back at any time. */
import { sql } from '@xinglin/database'
import { epochMs, forbidden, invalid, notFound } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { stateOf } from './accounts.ts'
import { plainName } from './documents.ts'
import { accountOf, type PatientParts } from './parts.ts'
import type { Delegation, Patients } from './patients.ts'
import { endOf, phoneOf } from './phone.ts'

const dayMs = 24 * 3_600_000
/** Longer than a year is a matter for papers. */
const longestDays = 366
const mostAtOnce = 10

export async function delegate(
  parts: PatientParts,
  by: Actor,
  { phone: written, name, until }: Parameters<Patients['delegate']>[1],
): Promise<void> {
  const { database, runtime, digests } = parts
  const account = await accountOf(database, by)
  const { patient } = account
  if (patient === null) throw forbidden('first prove who you are', { code: 'patients.not-proved' })
  const phone = phoneOf(written)
  const lastsMs = epochMs(until) - epochMs(runtime.now())
  if (plainName(name) === '' || !(lastsMs > 0) || lastsMs > longestDays * dayMs)
    throw invalid(`give a name and a day within ${longestDays} days`, {
      code: 'patients.delegation',
      at: 'until',
    })
  const hash = await digests.of('phone', phone)
  await database.transaction(async (transaction) => {
    const standing = await transaction.query(sql`
      select id from patients.delegation
      where account = ${account.id} and ended is null and until > ${runtime.now()}::timestamptz
      for update`)
    if (standing.length >= mostAtOnce)
      throw invalid(`at most ${mostAtOnce} relatives at once: end one first`, { code: 'patients.delegation' })
    await transaction.query(sql`
      insert into patients.delegation (id, tenant, account, patient, phone_hash, phone_end, name, name_plain, since, until)
      values (${runtime.newId()}, ${account.tenant}, ${account.id}, ${patient}, ${hash}, ${endOf(phone)}, ${name.trim()},
        ${plainName(name)}, ${runtime.now()}::timestamptz, ${until}::timestamptz)`)
    parts.audit.write(transaction, by, [
      { action: 'delegate', outcome: 'allowed', patient, detail: `until ${until.slice(0, 10)}` },
    ])
    stateOf(parts, transaction, by, 'delegated', patient)
  })
}

export async function endDelegation(parts: PatientParts, by: Actor, id: string): Promise<void> {
  await parts.database.transaction(async (transaction) => {
    const [ended] = await transaction.query(sql<{ patient: string }>`
      update patients.delegation
      set ended = ${parts.runtime.now()}::timestamptz
      where account = ${by.id} and id = ${id} and ended is null
      returning patient`)
    if (!ended)
      throw notFound('nothing like that was opened by you', { code: 'patients.no-delegation', at: 'id' })
    parts.audit.write(transaction, by, [
      { action: 'end-delegation', outcome: 'allowed', patient: ended.patient },
    ])
    stateOf(parts, transaction, by, 'delegation-ended', ended.patient)
  })
}

export async function listDelegations(
  { database, runtime }: PatientParts,
  by: Actor,
): Promise<readonly Delegation[]> {
  const at = runtime.now()
  const rows = await database.query(sql<{
    id: string
    name: string
    phoneEnd: string
    since: string
    until: string
  }>`
    select id, name, phone_end as "phoneEnd", since, until
    from patients.delegation
    where account = ${by.id} and ended is null and until > ${at}::timestamptz
    order by until, id`)
  return rows.map(({ since, until, ...row }) => ({
    ...row,
    since: localInstant(since, runtime.timeZone) ?? at,
    until: localInstant(until, runtime.timeZone) ?? at,
  }))
}
