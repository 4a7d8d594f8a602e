/** Changes of other packages under the rule of two: decided, audited and stated here, done by whoever keeps what is changed. */
import type { Queryable, Transaction } from '@xinglin/database'
import { type Administration, administer, refuseWithoutReason } from '../administer.ts'
import type { AdministrationPermission } from '../administration-permissions.ts'
import type { Actor } from '../identity.ts'
import type { Carried, ProposalKind } from './approvals.ts'
import type { ByTwo } from './by-two.ts'

export type GuardedChange<Input> = {
  readonly kind: ProposalKind
  readonly permission: AdministrationPermission
  /** What the log and the trail call it. */
  readonly event: `identity.${string}`
  readonly subject: (input: Input) => { readonly type: string; readonly id: string }
  /** What stands there now, and whether it can be changed at all. */
  readonly before: (from: Queryable, input: Input) => Promise<Readonly<Record<string, unknown>>>
  /** In the transaction that holds the audit entry, the statement in the log and the approval. */
  readonly work: (transaction: Transaction, by: Actor, input: Input) => Promise<unknown>
}

/** The change as an act: done at once, or asked for where the institution separates its administrators. */
export type ChangeByTwo = <Input extends { readonly reason: string }>(
  change: GuardedChange<Input>,
) => (by: Actor, input: Input) => Promise<Carried>

export function createChangeByTwo(parts: Administration & { readonly byTwo: ByTwo }): ChangeByTwo {
  return ({ kind, permission, event, subject, before, work }) =>
    parts.byTwo.guard({
      ...{ kind, permission, subject },
      before: (from, _, input) => before(from, input),
      act: (by, input) =>
        administer(parts, by, {
          ...{ permission, kind: event, subject: subject(input), reason: refuseWithoutReason(input.reason) },
          work: (transaction) => work(transaction, by, input),
        }),
    })
}
