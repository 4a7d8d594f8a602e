/** The patients' realm put together. */
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { EventLog, TenantId } from '@xinglin/events'
import type { Keys } from '@xinglin/keys'
import { parseVersion, type Records, type Version } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { Audit } from '../audit/audit.ts'
import type { Passwords } from '../passwords.ts'
import type { IdentitySettings } from '../settings.ts'
import { changePhone, closeAccount, ownAccount, setPassword, signIn } from './accounts.ts'
import { listCharts } from './charts.ts'
import { sendCode } from './codes.ts'
import { delegate, endDelegation, listDelegations } from './delegation.ts'
import { listDesk, settleDesk } from './desk.ts'
import { followMerges } from './follow-merges.ts'
import { accountOf, type PatientParts, phoneBinding } from './parts.ts'
import type { Patients, TextDoor } from './patients.ts'
import { createDigests, demandKeys } from './pepper.ts'
import { phoneOf } from './phone.ts'
import { addChild, prove } from './prove.ts'
import { closeSession, endSession, listSessions, liveActor } from './sessions.ts'

/** Patients open their accounts in the institution that the first migration makes. */
const realmTenant = 1 as TenantId

type Needs = {
  readonly database: Database
  readonly records: Records
  readonly events: EventLog
  readonly runtime: Runtime
  readonly audit: Audit
  readonly passwords: Passwords
  readonly keys: Keys | undefined
  readonly settings: Required<IdentitySettings>
}

export function createPatients(needs: Needs): Patients {
  const { database, records, runtime, audit, keys } = needs
  let texts: TextDoor | undefined
  const digests = createDigests({ database, keys })
  const parts: PatientParts = { ...needs, digests, door: () => texts }
  endWithRelatedPersons(records, runtime)
  followMerges(records, runtime)
  return {
    sendTextsBy(door) {
      texts = door
    },
    requestCode: ({ phone, purpose, address }) =>
      sendCode(parts, { tenant: realmTenant, phone: phoneOf(phone), purpose, address }),
    async requestOwnCode(by) {
      const { id, tenant, phoneSealed } = await accountOf(database, by)
      const phone = await demandKeys(keys).openText(phoneSealed, phoneBinding(id))
      return sendCode(parts, { tenant, phone, purpose: 'confirm', address: by.address })
    },
    signIn: (shown) => signIn(parts, shown),
    sessionActor: (token) => liveActor(parts, token),
    async signOut(token) {
      const actor = await liveActor(parts, token)
      await closeSession(parts, token)
      if (actor) audit.note(actor, { action: 'sign-out', outcome: 'allowed' })
    },
    own: (by) => ownAccount(parts, by),
    charts: (by) => listCharts(database, { id: by.id, at: runtime.now(), timeZone: runtime.timeZone }),
    sessions: (by) => listSessions(parts, by),
    endSession: (by, id) => endSession(parts, by, id),
    prove: (by, papers) => prove(parts, by, papers),
    addChild: (by, papers) => addChild(parts, by, papers),
    delegate: (by, to) => delegate(parts, by, to),
    endDelegation: (by, id) => endDelegation(parts, by, id),
    delegations: (by) => listDelegations(parts, by),
    setPassword: (by, shown, password) => setPassword(parts, by, shown, password),
    changePhone: (by, act) => changePhone(parts, by, act),
    close: (by, shown) => closeAccount(parts, by, shown),
    desk: (tenant) => listDesk(parts, tenant),
    settle: (by, act) => settleDesk(parts, by, act),
  }
}

/** A RelatedPerson that is no longer active, or is another child's now, opens no chart from its commit on. */
function endWithRelatedPersons(records: Records, runtime: Runtime): void {
  records.deriveFrom('RelatedPerson', async ({ tenant, transaction }, versions) => {
    const ended = versions.filter(({ version }) => version > 1).filter(hasEnded)
    if (ended.length > 0) await endGuardians(transaction, { tenant, at: runtime.now(), ended })
  })
}

function hasEnded(version: Version): boolean {
  return version.interaction === 'delete' || parseVersion(version, 'RelatedPerson').active === false
}

async function endGuardians(
  transaction: Transaction,
  { tenant, at, ended }: { tenant: TenantId; at: string; ended: readonly Version[] },
): Promise<void> {
  await transaction.query(sql`
    update patients.guardian
    set ended = ${at}::timestamptz
    where tenant = ${tenant} and related_person = any (${ended.map(({ id }) => id)}::text[]) and ended is null`)
}
