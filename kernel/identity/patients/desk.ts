/** Accounts whose papers match several Patients, or one who has an account already: a person looks at papers and decides. */
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { invalid, notFound } from '@xinglin/fhir'
import { parseVersion } from '@xinglin/records'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { endAccount } from './accounts.ts'
import { plainName } from './documents.ts'
import type { PatientParts } from './parts.ts'
import type { DeskRow, Patients } from './patients.ts'

const mostRows = 200

export async function listDesk(
  { database, runtime }: PatientParts,
  tenant: TenantId,
): Promise<readonly DeskRow[]> {
  const rows = await database.query(sql<Omit<DeskRow, 'at'> & { readonly at: string }>`
    select desk.id, desk.account, account.phone_end as "phoneEnd", desk.reason, desk.patients, desk.document, desk.at
    from patients.desk
    join patients.account on account.id = desk.account
    where desk.tenant = ${tenant} and desk.settled is null
    order by desk.at, desk.id
    limit ${mostRows}`)
  return rows.map(({ at, ...row }) => ({ ...row, at: localInstant(at, runtime.timeZone) ?? runtime.now() }))
}

type Open = {
  readonly account: string
  readonly patients: readonly string[]
  readonly document: string
  readonly numberHash: Buffer
}

export async function settleDesk(
  parts: PatientParts,
  by: Actor,
  { id, patient }: Parameters<Patients['settle']>[1],
): Promise<void> {
  const { database, runtime, audit, events } = parts
  const name = patient === undefined ? undefined : await nameOf(parts, by.tenant, patient)
  await database.transaction(async (transaction) => {
    const [open] = await transaction.query(sql<Open>`
      update patients.desk
      set settled = ${runtime.now()}::timestamptz, settled_by = ${by.reference},
        outcome = ${patient === undefined ? 'refused' : 'bound'}
      where id = ${id} and tenant = ${by.tenant} and settled is null
      returning account, patients, document, number_hash as "numberHash"`)
    if (!open)
      throw notFound('nobody waits under this number, or somebody has decided', {
        code: 'patients.no-desk',
        at: 'id',
      })
    if (patient !== undefined) {
      if (!open.patients.includes(patient) || name === undefined)
        throw invalid('choose one of the records that match', {
          code: 'patients.desk-patient',
          at: 'patient',
        })
      const former = await transaction.query(sql<{ id: string }>`
        select id from patients.account
        where tenant = ${by.tenant} and patient = ${patient} and closed is null`)
      for (const each of former) await endAccount(parts, transaction, each.id)
      await transaction.query(sql`
        update patients.account
        set patient = ${patient}, document = ${open.document}, number_hash = ${open.numberHash}, name = ${name},
          name_plain = ${plainName(name)}, proved = ${runtime.now()}::timestamptz
        where id = ${open.account} and closed is null`)
    }
    const about = patient === undefined ? {} : { resourceType: 'Patient', resourceId: patient, patient }
    audit.write(transaction, by, [
      {
        ...{ action: 'my-record.desk.write', outcome: 'allowed', detail: patient ? 'bound' : 'refused' },
        ...about,
      },
    ])
    events.append(transaction, { tenant: by.tenant, actor: by.reference }, [
      { kind: 'patients.desk-settled', ...(patient ? { patient } : {}), data: { account: open.account } },
    ])
  })
}

async function nameOf(
  { records }: PatientParts,
  tenant: TenantId,
  patient: string,
): Promise<string | undefined> {
  const version = await records.read(tenant, 'Patient', patient)
  if (!version || version.interaction === 'delete') return undefined
  const { name } = parseVersion(version, 'Patient')
  const [first] = name ?? []
  return first?.text ?? [first?.family, ...(first?.given ?? [])].filter(Boolean).join(' ')
}
