/** Law 4: the finder's tables are filled from the log alone and can be emptied and filled again. */
import type { Kernel, Reaction } from '@xinglin/app'
import { sql, type Transaction } from '@xinglin/database'
import type { LogEntry, Position, TenantId } from '@xinglin/events'
import type { Patient } from '@xinglin/fhir'
import { isStorageOnly, type SealedWords } from '@xinglin/records'
import { finderRow } from './finder-row.ts'
import { termsOf } from './terms.ts'

/** Ids in one `_id=` question: a URL's length of them, so that one batch of the log is a handful of questions. */
const idsAtOnce = 100
const entriesAtOnce = 2_000

/** Brings every patient that an entry concerns to its present state; doing it twice changes nothing. */
export const fillFinder: Reaction = {
  on: ['record.*'],
  resourceTypes: ['Patient'],
  from: 'start',
  react: async (entries, transaction, kernel) => {
    for (const [tenant, ids] of patientsByTenant(entries)) await fill(transaction, kernel, { tenant, ids })
  },
}

/** Once an institution's choice of sealed fields is carried out, nothing of them stays in the finder either. */
export const followSealing: Reaction = {
  on: ['records.sealing-carried-out'],
  from: 'now',
  react: async (entries, transaction, kernel) => {
    for (const tenant of new Set(entries.map((entry) => entry.tenant)))
      await fillFinderFrom(transaction, kernel, tenant)
  },
}

/** Reads the whole log of a tenant again; answers how many patients the finder then holds. */
export async function fillFinderFrom(
  transaction: Transaction,
  kernel: Kernel,
  tenant: TenantId,
): Promise<number> {
  const known = new Set<string>()
  let after = '' as Position
  for (;;) {
    const entries = await kernel.events.read({
      ...{ after, limit: entriesAtOnce, tenant },
      ...{ kinds: fillFinder.on, resourceTypes: ['Patient'] },
    })
    const last = entries.at(-1)
    if (!last) break
    const ids = (patientsByTenant(entries).get(tenant) ?? []).filter((id) => !known.has(id))
    for (const id of ids) known.add(id)
    await fill(transaction, kernel, { tenant, ids })
    after = last.position
  }
  return known.size
}

function patientsByTenant(entries: readonly LogEntry[]): ReadonlyMap<TenantId, readonly string[]> {
  const found = new Map<TenantId, Set<string>>()
  for (const { tenant, resourceId } of entries) {
    if (!resourceId) continue
    found.set(tenant, (found.get(tenant) ?? new Set()).add(resourceId))
  }
  return new Map([...found].map(([tenant, ids]) => [tenant, [...ids].sort()]))
}

async function fill(
  transaction: Transaction,
  kernel: Kernel,
  { tenant, ids }: { tenant: TenantId; ids: readonly string[] },
): Promise<void> {
  const words = await kernel.records.sealing.words(tenant)
  for (let start = 0; start < ids.length; start += idsAtOnce) {
    const some = ids.slice(start, start + idsAtOnce)
    const { matches } = await kernel.records.search(tenant, 'Patient', [
      ['_id', some.join(',')],
      ['_count', String(idsAtOnce)],
    ])
    const patients = matches
      .map(({ id, json }) => ({ id, resource: JSON.parse(json) as Patient }))
      .filter(({ resource }) => !isStorageOnly(resource))
    await forget(transaction, tenant, some)
    await keep(transaction, { tenant, words }, patients)
  }
}

async function forget(transaction: Transaction, tenant: TenantId, ids: readonly string[]): Promise<void> {
  await transaction.query(sql`
    delete from chart.finder_term
    where tenant = ${tenant} and patient = any(${ids}::text[])`)
  await transaction.query(sql`
    delete from chart.finder_patient
    where tenant = ${tenant} and patient = any(${ids}::text[])`)
}

type Found = { readonly id: string; readonly resource: Patient }

async function keep(
  transaction: Transaction,
  { tenant, words }: { readonly tenant: TenantId; readonly words: SealedWords | undefined },
  patients: readonly Found[],
): Promise<void> {
  if (patients.length === 0) return
  const rows = patients.map(({ id, resource }) => finderRow(id, words ? words.inWords(resource) : resource))
  const terms = patients.flatMap(({ id, resource }) =>
    termsOf(resource, words).map((term) => ({ ...term, patient: id })),
  )
  await transaction.query(sql`
    insert into chart.finder_patient (tenant, patient, name, gender, birth_date, mrn, phone, is_dead, replaced_by)
    select ${tenant}, patient, name, gender, "birthDate", mrn, phone, "isDead", "replacedBy"
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as row (
      patient text, name text, gender text, "birthDate" text, mrn text, phone text, "isDead" boolean, "replacedBy" text
    )`)
  await transaction.query(sql`
    insert into chart.finder_term (tenant, term, weight, patient)
    select ${tenant}, term, weight, patient
    from jsonb_to_recordset(${sql.json(terms)}::jsonb) as row (term text, weight smallint, patient text)`)
}
