/** One act of administration: one decision, one transaction that holds the act, its audit entry and its statement in the log. */
import type { Database, Transaction } from '@xinglin/database'
import type { EventLog } from '@xinglin/events'
import { invalid, OutcomeError } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { AdministrationPermission } from './administration-permissions.ts'
import { concludeApproval } from './approvals/conclude.ts'
import type { Audit } from './audit/audit.ts'
import { type Decide, refusalOf } from './decide.ts'
import type { Actor } from './identity.ts'

export type Administration = {
  readonly database: Database
  readonly events: EventLog
  readonly audit: Audit
  readonly decide: Decide
  readonly runtime: Runtime
}

export type Act<T> = {
  readonly permission: AdministrationPermission
  /** What is done and to whom: `identity.person-disabled`, `Account`, its id. */
  readonly kind: `identity.${string}`
  readonly subject: { readonly type: string; readonly id: string }
  readonly reason?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly work: (transaction: Transaction) => Promise<T>
}

/** Throws `forbidden` and leaves a refused entry where the permission is missing; a failure leaves a failed one. */
export async function administer<T>(parts: Administration, by: Actor, act: Act<T>): Promise<T> {
  const access = { action: act.permission, resourceType: act.subject.type, resourceId: act.subject.id }
  const stated = [act.kind.slice('identity.'.length), act.reason].filter(Boolean).join(': ')
  const detail = by.approval ? `${stated} (approved by ${by.approval.approver.reference})` : stated
  demandPermission(parts, by, { ...access, detail })
  try {
    return await parts.database.transaction(async (transaction) => {
      if (by.approval) await concludeApproval(parts, transaction, by.approval)
      const result = await act.work(transaction)
      parts.audit.write(transaction, by, [{ ...access, detail, outcome: 'allowed' }])
      const data = { ...act.data, subject: act.subject.id, ...(act.reason ? { reason: act.reason } : {}) }
      parts.events.append(transaction, { tenant: by.tenant, actor: by.reference }, [{ kind: act.kind, data }])
      return result
    })
  } catch (error) {
    const code = error instanceof OutcomeError ? error.failure : 'fault'
    parts.audit.note(by, { ...access, detail: `${detail} (${code})`, outcome: 'failed' })
    throw error
  }
}

/** One look at what identity keeps: one decision, one buffered audit entry. */
export async function inspect<T>(
  parts: Administration,
  by: Actor,
  look: {
    readonly permission: AdministrationPermission
    readonly detail?: string
    readonly get: () => Promise<T>
  },
): Promise<T> {
  const access = { action: look.permission, detail: look.detail }
  await parts.audit.room()
  demandPermission(parts, by, access)
  const answer = await look.get()
  parts.audit.note(by, { ...access, outcome: 'allowed' })
  return answer
}

/** Throws `forbidden` where the permission that `access.action` names is missing, after leaving a refused entry. */
export function demandPermission(
  { decide, audit }: Pick<Administration, 'decide' | 'audit'>,
  by: Actor,
  access: {
    readonly action: string
    readonly resourceType?: string
    readonly resourceId?: string
    readonly detail?: string
  },
): void {
  const decision = decide(by, { kind: 'permission', permission: access.action })
  if (decision.isAllowed) return
  audit.note(by, { ...access, outcome: 'refused' })
  throw refusalOf(decision)
}

const maxReasonCharacters = 500

/** Throws `invalid` (`identity.reason`, at `reason`) where no reason stands. */
export function refuseWithoutReason(reason: string): string {
  const stated = reason.trim()
  if (stated.length >= 2 && stated.length <= maxReasonCharacters) return stated
  throw invalid(`say why, in 2 to ${maxReasonCharacters} characters: the reason stands in the audit trail`, {
    code: 'identity.reason',
    at: 'reason',
  })
}
