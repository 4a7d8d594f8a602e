/** What the parts of the patients' realm are made of, and the account of an actor. */
import { type Queryable, sql } from '@xinglin/database'
import type { EventLog } from '@xinglin/events'
import { forbidden } from '@xinglin/fhir'
import type { Records } from '@xinglin/records'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../identity.ts'
import type { Passwords } from '../passwords.ts'
import type { CodeParts } from './codes.ts'

export type PatientParts = CodeParts & {
  readonly audit: Audit
  readonly events: EventLog
  readonly passwords: Passwords
  readonly records: Records
}

export type AccountRow = {
  readonly id: string
  readonly tenant: Actor['tenant']
  readonly phoneEnd: string
  readonly phoneHash: Buffer
  readonly phoneSealed: string
  readonly passwordHash: string | null
  readonly patient: string | null
  readonly name: string | null
  readonly document: string | null
  readonly numberHash: Buffer | null
}

/** The open account of a signed-in patient who speaks himself, not through an app; throws `forbidden` (`patients.only-self`). */
export async function accountOf(from: Queryable, by: Actor): Promise<AccountRow> {
  const account =
    by.kind === 'patient' && by.client === undefined ? await findAccount(from, sql`id = ${by.id}`) : undefined
  if (account) return account
  throw forbidden('only a patient does this, with his own account', { code: 'patients.only-self' })
}

/** The open account that meets a condition. */
export async function findAccount(
  from: Queryable,
  condition: ReturnType<typeof sql>,
): Promise<AccountRow | undefined> {
  const [row] = await from.query(sql<AccountRow>`
    select id, tenant, phone_end as "phoneEnd", phone_hash as "phoneHash", phone_sealed as "phoneSealed",
      password_hash as "passwordHash", patient, name, document, number_hash as "numberHash"
    from patients.account
    where closed is null and ${condition}`)
  return row
}

/** Under which a phone is sealed in its account. */
export function phoneBinding(account: string) {
  return { purpose: 'patients.phone', context: `account/${account}` }
}
