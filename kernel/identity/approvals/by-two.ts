/** Acts that need two people: asked by one, done when another approves, in one transaction with the approval. */
import { type Queryable, sql } from '@xinglin/database'
import { epochMs, instantOf } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import { type Administration, demandPermission, refuseWithoutReason } from '../administer.ts'
import type { AdministrationPermission } from '../administration-permissions.ts'
import type { Actor } from '../identity.ts'
import type { Carried, ProposalKind } from './approvals.ts'
import { refuseOwnRights } from './conclude.ts'
import type { Separation } from './separation.ts'

/** A change that nobody decided on for a week is asked anew: what it was for has passed. */
const proposalMs = 7 * 24 * 3_600_000

export type Guarded<Input> = {
  readonly kind: ProposalKind
  /** Whom it concerns; `Account` ids are compared with those who ask and decide. */
  readonly subject: (input: Input) => { readonly type: string; readonly id: string }
  readonly permission: AdministrationPermission
  /** What stands there now; an approval is for this change of this. */
  readonly before: (from: Queryable, by: Actor, input: Input) => Promise<Readonly<Record<string, unknown>>>
  readonly act: (by: Actor, input: Input) => Promise<unknown>
}

/** The acts by their kinds, for who approves. */
export type GuardedActs = Map<ProposalKind, Guarded<never>>

export interface ByTwo {
  /** The same act, put up for approval where the institution separates its administrators. */
  guard<Input extends { readonly reason: string }>(
    guarded: Guarded<Input>,
  ): (by: Actor, input: Input) => Promise<Carried>
  isOn(by: Actor): Promise<boolean>
  readonly acts: GuardedActs
}

type Needs = Administration & { readonly runtime: Runtime; readonly separation: Separation }

export function createByTwo(needs: Needs): ByTwo {
  const acts: GuardedActs = new Map()
  const isOn = async (by: Actor) => by.kind !== 'system' && (await needs.separation.isOn(by.tenant))
  return {
    acts,
    isOn,
    guard(guarded) {
      acts.set(guarded.kind, guarded)
      return async (by, input) => {
        if (by.approval === undefined && (await isOn(by))) return propose(needs, guarded, by, input)
        await guarded.act(by, input)
        return undefined
      }
    },
  }
}

async function propose<Input extends { readonly reason: string }>(
  needs: Needs,
  { kind, subject: subjectOf, permission, before: lookBefore }: Guarded<Input>,
  by: Actor,
  input: Input,
): Promise<{ readonly proposal: string }> {
  const { runtime, database, audit, events } = needs
  const subject = subjectOf(input)
  const { reason: given, ...after } = input
  const reason = refuseWithoutReason(given)
  const access = { action: permission, resourceType: subject.type, resourceId: subject.id }
  const detail = `${kind} proposed: ${reason}`
  demandPermission(needs, by, { ...access, detail })
  refuseOwnRights(by, subject)
  const before = await lookBefore(database, by, input)
  const id = runtime.newId()
  const at = runtime.now()
  const ends = instantOf(epochMs(at) + proposalMs, runtime.timeZone)
  await database.transaction(async (transaction) => {
    await transaction.query(sql`
      insert into approvals.proposal (
        id, tenant, kind, subject_type, subject_id, input, before, reason,
        asked_by, asked_by_display, asked_at, ends)
      values (
        ${id}, ${by.tenant}, ${kind}, ${subject.type}, ${subject.id}, ${JSON.stringify(after)}::jsonb,
        ${JSON.stringify(before)}::jsonb, ${reason}, ${by.reference}, ${by.display}, ${at}::timestamptz,
        ${ends}::timestamptz)`)
    audit.write(transaction, by, [{ ...access, detail, outcome: 'allowed' }])
    const data = { proposal: id, kind, subject: subject.id }
    events.append(transaction, { tenant: by.tenant, actor: by.reference }, [
      { kind: 'identity.proposed', data },
    ])
  })
  return { proposal: id }
}
