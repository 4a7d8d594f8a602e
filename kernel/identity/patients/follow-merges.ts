/**
 * R4 Patient.link: an account, what parents reach and what was opened to relatives follow a merged Patient to the survivor, in the
 * transaction of the merge; where the merge is undone they go back.
 */
import { sql, type Transaction } from '@xinglin/database'
import { parseReference } from '@xinglin/fhir'
import { parseVersion, type Records, type Version } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { Actor } from '../identity.ts'

type Tenant = Actor['tenant']
type Move = { readonly tenant: Tenant; readonly from: string; readonly to: string }

/** Sets it going for every change of a Patient from now on. */
export function followMerges(records: Records, runtime: Runtime): void {
  records.deriveFrom('Patient', async ({ tenant, transaction }, versions) => {
    // A first version was replaced by nobody yet.
    const later = versions.filter(({ version, interaction }) => version > 1 && interaction !== 'delete')
    const alone: string[] = []
    for (const version of later) {
      const survivor = survivorOf(version)
      if (survivor === undefined) alone.push(version.id)
      else await move(transaction, runtime, { tenant, from: version.id, to: survivor })
    }
    for (const patient of await movedAwayFrom(transaction, tenant, alone))
      await giveBack(transaction, tenant, patient)
  })
}

/** Those from which something was moved away by a merge; one look for all that a transaction changes. */
async function movedAwayFrom(
  transaction: Transaction,
  tenant: Tenant,
  patients: readonly string[],
): Promise<readonly string[]> {
  if (patients.length === 0) return []
  const rows = await transaction.query(sql<{ patient: string }>`
    select distinct patient
    from (
      select unnest(moved_from) as patient from patients.account where tenant = ${tenant} and moved_from <> '{}'
      union all
      select unnest(moved_from) from patients.guardian where tenant = ${tenant} and moved_from <> '{}'
      union all
      select unnest(moved_from) from patients.delegation where tenant = ${tenant} and moved_from <> '{}'
    ) as moved
    where patient = any (${[...patients]}::text[])`)
  return rows.map(({ patient }) => patient)
}

function survivorOf(version: Version): string | undefined {
  const { link } = parseVersion(version, 'Patient')
  return parseReference(link?.find(({ type }) => type === 'replaced-by')?.other.reference)?.id
}

async function move(transaction: Transaction, runtime: Runtime, { tenant, from, to }: Move): Promise<void> {
  // Where the survivor has an account of his own a person at the desk decides which of the two stays.
  await transaction.query(sql`
    insert into patients.desk (id, tenant, account, reason, patients, document, number_hash, at)
    select ${runtime.newId()}, tenant, id, 'bound', array[${to}::text], document, number_hash, ${runtime.now()}::timestamptz
    from patients.account as merged
    where tenant = ${tenant} and patient = ${from} and closed is null and number_hash is not null
      and exists (
        select from patients.account where tenant = ${tenant} and patient = ${to} and closed is null)
      and not exists (select from patients.desk where desk.account = merged.id and settled is null)`)
  await transaction.query(sql`
    update patients.account
    set patient = ${to}, moved_from = moved_from || ${from}::text
    where tenant = ${tenant} and patient = ${from} and closed is null
      and not exists (
        select from patients.account as other
        where other.tenant = ${tenant} and other.patient = ${to} and other.closed is null)`)
  await transaction.query(sql`
    update patients.guardian as merged
    set patient = ${to}, moved_from = moved_from || ${from}::text
    where tenant = ${tenant} and patient = ${from} and ended is null
      and not exists (
        select from patients.guardian as other
        where other.account = merged.account and other.patient = ${to} and other.ended is null)`)
  await transaction.query(sql`
    update patients.delegation
    set patient = ${to}, moved_from = moved_from || ${from}::text
    where tenant = ${tenant} and patient = ${from} and ended is null`)
  await transaction.query(sql`
    update oauth.access
    set patient = ${to}
    where tenant = ${tenant} and patient = ${from} and is_patient`)
}

/** The record stands for itself (again): what was moved away from it comes back. */
async function giveBack(transaction: Transaction, tenant: Tenant, patient: string): Promise<void> {
  for (const table of ['account', 'guardian', 'delegation'] as const) {
    const whose = table === 'account' ? sql`id` : sql`account`
    const returned = await transaction.query(sql<{ account: string }>`
      update ${sql.id('patients', table)}
      set patient = ${patient}, moved_from = moved_from[: array_position(moved_from, ${patient}) - 1]
      where tenant = ${tenant} and ${patient} = any (moved_from)
      returning ${whose} as account`)
    if (returned.length > 0)
      // Apps look at the other chart until then: they ask anew.
      await transaction.query(sql`
        delete from oauth.access
        where tenant = ${tenant} and is_patient and account = any (${returned.map(({ account }) => account)}::text[])`)
  }
}
