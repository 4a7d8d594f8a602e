/** Law 4: the index follows the log. What changes of a Patient is compared with those who share a key, and with nobody else. */
import type { Kernel, Reaction } from '@xinglin/app'
import { sql, type Transaction } from '@xinglin/database'
import type { LogEntry, TenantId } from '@xinglin/events'
import type { Patient } from '@xinglin/fhir'
import { blockingKeys, judge, personOf } from '@xinglin/matching'
import { isStorageOnly } from '@xinglin/records'
import { linkTask } from '../linking/link-task.ts'
import { noteMessageMerges } from '../merging/note-message-merges.ts'
import { type Neighbours, neighboursOf } from './candidates.ts'
import { keptKeys, keptPerson } from './features.ts'
import { dropOthers, type FoundPair, ordered, putPairs } from './pairs.ts'
import { type Entry, putPeople, removePeople } from './people.ts'
import { replacedBy } from './replaced-by.ts'
import { judgingOf, namesAmong, settingsOf } from './settings.ts'

/** Ids in one `_id=` question. */
const idsAtOnce = 100

export const keepIndex: Reaction = {
  on: ['record.*'],
  resourceTypes: ['Patient'],
  from: 'start',
  react: async (entries, transaction, kernel) => {
    for (const [tenant, ids] of patientsByTenant(entries)) {
      await followPatients(transaction, kernel, { tenant, ids })
    }
  },
}

function patientsByTenant(entries: readonly LogEntry[]): ReadonlyMap<TenantId, readonly string[]> {
  const found = new Map<TenantId, Set<string>>()
  for (const { tenant, resourceId } of entries) {
    if (!resourceId) continue
    found.set(tenant, (found.get(tenant) ?? new Set()).add(resourceId))
  }
  return new Map([...found].map(([tenant, ids]) => [tenant, [...ids].sort()]))
}

export type Following = { readonly tenant: TenantId; readonly ids: readonly string[] }

/** Brings these patients to what the record says of them now; doing it twice changes nothing. */
export async function followPatients(
  transaction: Transaction,
  kernel: Kernel,
  { tenant, ids }: Following,
): Promise<void> {
  // Read only after whoever else is at it has committed: an older reading must not be written over a newer one.
  await transaction.query(sql`select pg_advisory_xact_lock(hashtext('master-index.people'), ${tenant})`)
  for (let start = 0; start < ids.length; start += idsAtOnce)
    await follow(transaction, kernel, { tenant, ids: ids.slice(start, start + idsAtOnce) })
}

async function follow(transaction: Transaction, kernel: Kernel, { tenant, ids }: Following): Promise<void> {
  const { matches } = await kernel.records.search(tenant, 'Patient', [
    ['_id', ids.join(',')],
    ['_count', String(idsAtOnce)],
  ])
  const patients = matches.map(({ id, version, json }) => ({
    id,
    version,
    resource: JSON.parse(json) as Patient,
  }))
  const present = patients.filter(
    ({ resource }) => replacedBy(resource) === undefined && !isStorageOnly(resource),
  )
  const kept = new Set(present.map(({ id }) => id))
  await removePeople(
    transaction,
    tenant,
    ids.filter((id) => !kept.has(id)),
  )
  await putPeople(transaction, tenant, await entriesOf(kernel, tenant, present))
  await findPairs(transaction, kernel, { tenant, ids: [...kept] })
  const merged = patients.flatMap(({ id, version, resource }) => {
    const survivor = replacedBy(resource)
    return survivor ? [{ merged: id, version, survivor }] : []
  })
  await noteMessageMerges(transaction, kernel, { tenant, merged })
}

async function entriesOf(
  kernel: Kernel,
  tenant: TenantId,
  present: readonly { readonly id: string; readonly resource: Patient }[],
): Promise<readonly Entry[]> {
  const words = await kernel.records.sealing.words(tenant)
  return Promise.all(
    present.map(async ({ id: patient, resource }) => {
      const person = personOf(resource)
      const features = words ? await keptPerson(kernel, { tenant, patient }, person) : person
      return { patient, features, keys: keptKeys(words, blockingKeys(person)) }
    }),
  )
}

/** Compares these patients with everybody who shares a key with them, and keeps what is worth a look. */
async function findPairs(
  transaction: Transaction,
  kernel: Kernel,
  { tenant, ids }: Following,
): Promise<void> {
  if (ids.length === 0) return
  const settings = await settingsOf(transaction, tenant)
  const neighbours = eachPairOnce(await neighboursOf(kernel, transaction, { tenant, patients: ids }))
  const people = neighbours.flatMap(({ person, ofPerson }) => [person, ofPerson])
  const names = await namesAmong(transaction, { tenant, people: settings.people }, people)
  const found = neighbours.flatMap(({ patient, person, of, ofPerson }): readonly FoundPair[] => {
    const verdict = judge(person, ofPerson, judgingOf(settings, names, [person, ofPerson]))
    return verdict.outcome === 'apart' ? [] : [{ ...ordered(patient, of), verdict }]
  })
  await dropOthers(transaction, tenant, { patients: ids, kept: found })
  const finding = { tenant, settings: settings.version, at: kernel.runtime.now() }
  const certain = await putPairs(transaction, finding, found)
  if (!settings.isAutomatic) return
  for (const { one, other } of certain)
    await kernel.jobs.enqueue(transaction, linkTask({ tenant, one, other }))
}

function eachPairOnce(neighbours: readonly Neighbours[]): readonly Neighbours[] {
  const pairs = new Map(
    neighbours.map((each) => {
      const { one, other } = ordered(each.patient, each.of)
      return [`${one} ${other}`, each]
    }),
  )
  return [...pairs.values()]
}
