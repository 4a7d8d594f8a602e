/** Proposals as people see and decide them, and the switch that separates the administrators. */
import { type Queryable, sql } from '@xinglin/database'
import { conflict, epochMs, forbidden, notFound } from '@xinglin/fhir'
import type { Runtime } from '@xinglin/runtime'
import {
  type Administration,
  administer,
  demandPermission,
  inspect,
  refuseWithoutReason,
} from '../administer.ts'
import { isOfAdministrators } from '../administrators.ts'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import type { RoleBook } from '../roles.ts'
import type { SessionStore } from '../sessions.ts'
import type { Approvals, Proposal, ProposalKind, ProposalState } from './approvals.ts'
import type { ByTwo } from './by-two.ts'
import { decidedAlready, refuseOwnRights } from './conclude.ts'
import { holdersOf, missingIn, type Separation, soleAdministrator } from './separation.ts'

type Needs = Administration & {
  readonly runtime: Runtime
  readonly roles: RoleBook
  readonly sessions: SessionStore
  readonly separation: Separation
  readonly byTwo: ByTwo
  readonly actorOf: (reference: string) => Promise<Actor | undefined>
  readonly demandStepUp: (actor: Actor) => void
}

const read = 'approvals.proposals.read'
const decide = 'approvals.proposals.decide'
const mostListed = 200

export function createApprovals(needs: Needs): Approvals {
  const { byTwo, database } = needs
  const unite = byTwo.guard<{ reason: string }>({
    kind: 'separation.end',
    permission: 'approvals.separation.write',
    subject: () => ({ type: 'Separation', id: 'administrators' }),
    before: async () => ({ isSeparate: true }),
    act: (by, { reason }) => endSeparation(needs, by, reason),
  })
  return {
    list: (by, options) =>
      inspect(needs, by, { permission: read, detail: 'list', get: () => list(needs, by, options) }),
    approve: (by, { id }) => approve(needs, by, id),
    refuse: (by, act) => close(needs, by, { ...act, state: 'refused' }),
    withdraw: (by, act) => close(needs, by, { ...act, state: 'withdrawn' }),
    readiness: (by) =>
      inspect(needs, by, {
        permission: read,
        detail: 'administrators',
        get: async () => {
          const holders = await holdersOf(database, by.tenant)
          const [row] = await database.query(sql<{ since: string }>`
            select since from approvals.separation where tenant = ${by.tenant}`)
          const since = row && localInstant(row.since, needs.runtime.timeZone)
          const mixed = await mixedRoles(needs, by)
          return {
            ...(since ? { since } : {}),
            holders,
            missing: [...missingIn(holders), ...(mixed.length > 0 ? ['roles' as const] : [])],
          }
        },
      }),
    separate: (by, { reason }) => separate(needs, by, reason),
    unite,
  }
}

async function approve(needs: Needs, by: Actor, id: string): Promise<void> {
  const { byTwo, database, runtime } = needs
  demandPermission(needs, by, { action: decide, resourceType: 'Proposal', resourceId: id.slice(0, 64) })
  needs.demandStepUp(by)
  const found = await proposalOf(needs, by, id)
  if (found.askedBy === by.reference)
    throw forbidden('a change of rights needs two people: another one approves it', { code: 'approvals.two' })
  refuseOwnRights(by, found.subject)
  if (found.state !== 'waiting') throw decidedAlready()
  if (epochMs(found.ends) < epochMs(runtime.now())) throw expired()
  const asker = await needs.actorOf(found.askedBy)
  if (!asker)
    throw conflict('the account of the one who asked is disabled: ask anew', { code: 'approvals.asker-gone' })
  const guarded = byTwo.acts.get(found.kind)
  if (!guarded) throw notFound('nothing here does such a change', { code: 'approvals.unknown' })
  const input = { ...found.after, reason: found.reason } as never
  const now = await guarded.before(database, asker, input)
  if (canonical(now) !== canonical(found.before)) {
    await database.query(sql`
      update approvals.proposal set state = 'stale' where id = ${id} and state = 'waiting'`)
    throw conflict('what was to be changed was changed meanwhile: ask anew', { code: 'approvals.stale' })
  }
  await guarded.act({ ...asker, approval: { proposal: id, approver: by } }, input)
}

/** Members in one order: jsonb keeps its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

async function close(
  needs: Needs,
  by: Actor,
  { id, state, reason }: { id: string; state: 'refused' | 'withdrawn'; reason?: string },
): Promise<void> {
  const why = reason === undefined ? undefined : refuseWithoutReason(reason)
  const found = await inspect(needs, by, {
    permission: state === 'refused' ? decide : read,
    detail: `${state}: ${why ?? ''}`,
    get: () => proposalOf(needs, by, id),
  })
  const isAsker = found.askedBy === by.reference
  if (isAsker !== (state === 'withdrawn'))
    throw forbidden('one withdraws what one asked for; another one refuses it', { code: 'approvals.two' })
  await needs.database.transaction(async (transaction) => {
    const closed = await transaction.query(sql`
      update approvals.proposal
      set state = ${state}, decided_by = ${by.reference}, decided_by_display = ${by.display},
        decided_at = ${needs.runtime.now()}::timestamptz, why = ${why}
      where id = ${id} and tenant = ${by.tenant} and state = 'waiting'
      returning id`)
    if (closed.length === 0) throw decidedAlready()
    const data = { proposal: id, state }
    needs.events.append(transaction, { tenant: by.tenant, actor: by.reference }, [
      { kind: 'identity.proposal-closed', data },
    ])
  })
}

async function separate(needs: Needs, by: Actor, given: string): Promise<void> {
  needs.demandStepUp(by)
  await administer(needs, by, {
    permission: 'approvals.separation.write',
    kind: 'identity.administrators-separated',
    subject: { type: 'Separation', id: 'administrators' },
    reason: refuseWithoutReason(given),
    work: async (transaction) => {
      await transaction.query(sql`
        select id from identity.account where tenant = ${by.tenant} order by id for update`)
      const missing = missingIn(await holdersOf(transaction, by.tenant))
      if (missing.length > 0)
        throw conflict(`there are not enough administrators yet: ${missing.join(', ')}`, {
          code: 'approvals.missing',
        })
      const mixed = await mixedRoles(needs, by)
      if (mixed.length > 0)
        throw conflict(`roles of the house hold rights of administrators: ${mixed.join(', ')}`, {
          code: 'approvals.mixed-roles',
        })
      await transaction.query(sql`
        update identity.account
        set roles = array_remove(roles, ${soleAdministrator})
        where tenant = ${by.tenant} and ${soleAdministrator} = any (roles)`)
      await transaction.query(sql`
        insert into approvals.separation (tenant, since, switched_by)
        values (${by.tenant}, ${needs.runtime.now()}::timestamptz, ${by.reference})
        on conflict (tenant) do nothing`)
      transaction.afterCommit(() => forget(needs))
    },
  })
}

async function endSeparation(needs: Needs, by: Actor, reason: string): Promise<void> {
  await administer(needs, by, {
    permission: 'approvals.separation.write',
    kind: 'identity.administrators-united',
    subject: { type: 'Separation', id: 'administrators' },
    reason,
    work: async (transaction) => {
      await transaction.query(sql`delete from approvals.separation where tenant = ${by.tenant}`)
      transaction.afterCommit(() => forget(needs))
    },
  })
}

function forget({ separation, sessions }: Needs): void {
  separation.forget()
  sessions.forget()
}

/** Own roles that hold what only administrators may do: in a separated institution the three hold it, each his part. */
async function mixedRoles({ roles }: Needs, by: Actor): Promise<readonly string[]> {
  const all = await roles.list(by.tenant)
  return all
    .filter(({ id, isBuiltIn }) => !isBuiltIn && isOfAdministrators(roles, by.tenant, id))
    .map(({ id }) => id)
}

type Row = {
  readonly id: string
  readonly kind: ProposalKind
  readonly subjectType: string
  readonly subjectId: string
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
  readonly reason: string
  readonly state: ProposalState
  readonly askedBy: string
  readonly askedByDisplay: string
  readonly askedAt: string
  readonly ends: string
  readonly decidedByDisplay: string | null
  readonly decidedAt: string | null
  readonly why: string | null
}

async function list(
  needs: Needs,
  by: Actor,
  { state, before, limit }: Parameters<Approvals['list']>[1],
): Promise<readonly Proposal[]> {
  const rows = await readRows(
    needs.database,
    sql<Row>`
    select
      id, kind, subject_type as "subjectType", subject_id as "subjectId", before, input as after, reason, state,
      asked_by as "askedBy", asked_by_display as "askedByDisplay", asked_at as "askedAt", ends,
      decided_by_display as "decidedByDisplay", decided_at as "decidedAt", why
    from approvals.proposal
    where tenant = ${by.tenant} and (${state ?? null}::text is null or state = ${state ?? null})
      and (${before ?? null}::text is null or (asked_at, id) <
        (select asked_at, id from approvals.proposal where id = ${before ?? null} and tenant = ${by.tenant}))
    order by asked_at desc, id desc
    limit ${Math.min(limit, mostListed)}`,
  )
  return rows.map((row) => proposalFrom(needs, by, row))
}

async function proposalOf(needs: Needs, by: Actor, id: string): Promise<Proposal> {
  const [row] = await readRows(
    needs.database,
    sql<Row>`
    select
      id, kind, subject_type as "subjectType", subject_id as "subjectId", before, input as after, reason, state,
      asked_by as "askedBy", asked_by_display as "askedByDisplay", asked_at as "askedAt", ends,
      decided_by_display as "decidedByDisplay", decided_at as "decidedAt", why
    from approvals.proposal
    where tenant = ${by.tenant} and id = ${id}`,
  )
  if (!row) throw notFound('there is no such proposal', { code: 'approvals.unknown', at: 'id' })
  return proposalFrom(needs, by, row)
}

function readRows(from: Queryable, statement: ReturnType<typeof sql<Row>>): Promise<readonly Row[]> {
  return from.query(statement)
}

function proposalFrom({ runtime }: Needs, by: Actor, row: Row): Proposal {
  const { subjectType, subjectId, askedAt, ends, decidedAt, decidedByDisplay, why, ...rest } = row
  const at = (text: string) => localInstant(text, runtime.timeZone) ?? runtime.now()
  const isOwn = row.askedBy === by.reference || (subjectType === 'Account' && subjectId === by.id)
  return {
    ...rest,
    subject: { type: subjectType, id: subjectId },
    askedAt: at(askedAt),
    ends: at(ends),
    isYours: row.state === 'waiting' && !isOwn,
    ...(decidedAt === null ? {} : { decidedAt: at(decidedAt) }),
    ...(decidedByDisplay === null ? {} : { decidedByDisplay }),
    ...(why === null ? {} : { why }),
  }
}

function expired() {
  return conflict('nobody decided within a week: ask anew', { code: 'approvals.expired' })
}
