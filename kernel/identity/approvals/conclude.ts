/** What keeps an approval to two people, and to one act. */
import { sql, type Transaction } from '@xinglin/database'
import { conflict, forbidden } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../identity.ts'

/** An approval under which an act is done. */
export type Approval = { readonly proposal: string; readonly approver: Actor }

/** Throws `forbidden` (`approvals.own-rights`). */
export function refuseOwnRights(by: Actor, subject: { readonly type: string; readonly id: string }): void {
  if (subject.type !== 'Account' || by.kind !== 'user' || subject.id !== by.id) return
  throw forbidden('nobody changes his own rights, nor decides on them', { code: 'approvals.own-rights' })
}

/**
 * Closes the proposal under which an act is done, in the transaction of the act. Throws `conflict` (`approvals.decided`)
 * where somebody decided it meanwhile: then nothing of the act is done either.
 */
export async function concludeApproval(
  { audit, runtime }: { readonly audit: Audit; readonly runtime: Runtime },
  transaction: Transaction,
  { proposal, approver }: Approval,
): Promise<void> {
  const closed = await transaction.query(sql<{ kind: string }>`
    update approvals.proposal
    set state = 'done', decided_by = ${approver.reference}, decided_by_display = ${approver.display},
      decided_at = ${runtime.now()}::timestamptz
    where id = ${proposal} and tenant = ${approver.tenant} and state = 'waiting' and asked_by <> ${approver.reference}
    returning kind`)
  const [row] = closed
  if (!row) throw decidedAlready()
  audit.write(transaction, approver, [
    {
      ...{ action: 'approvals.proposals.decide', resourceType: 'Proposal', resourceId: proposal },
      ...{ detail: `${row.kind} approved`, outcome: 'allowed' },
    },
  ])
}

export function decidedAlready() {
  return conflict('the proposal was decided, withdrawn or changed meanwhile', { code: 'approvals.decided' })
}
