/** Reckons what somebody may do from where he works now: at every change of his record, and at each instant when one begins or ends. */
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { epochMs, type Instant } from '@xinglin/fhir'
import { insertAccount } from '../people.ts'
import { newSecret } from '../secrets.ts'
import { systemActorOf } from '../system-actor.ts'
import { noteChange } from './changes.ts'
import { disableLeaver } from './leavers.ts'
import type { StaffParts } from './parts.ts'
import { reckonRoles, rolesOfPosition } from './rights.ts'
import type { Mapping } from './staff.ts'

type Whose = { readonly tenant: TenantId; readonly practitioner: string }
type Who = {
  readonly name: string
  readonly login: string | null
  readonly isActive: boolean
  readonly leaves: string | null
  readonly left: string | null
}
type HeldPosition = {
  readonly department: string | null
  readonly titles: readonly string[]
  readonly since: string
  readonly until: string | null
}

/** Those without an account, and without a wish for one, cost one look. */
export async function settleAll(
  parts: StaffParts,
  transaction: Transaction,
  { tenant, practitioners }: { readonly tenant: TenantId; readonly practitioners: readonly string[] },
): Promise<void> {
  const concerned = await transaction.query(sql<{ id: string }>`
    select id
    from staff.practitioner
    where tenant = ${tenant} and id = any (${[...practitioners]}::text[])
    and (login is not null
      or exists (select from staff.bound where bound.tenant = practitioner.tenant and bound.practitioner = practitioner.id))
    order by id
    for update`)
  for (const { id } of concerned) await settle(parts, transaction, { tenant, practitioner: id })
}

async function settle(parts: StaffParts, transaction: Transaction, whose: Whose): Promise<void> {
  const who = await find(transaction, whose)
  const positions = await positionsOf(transaction, whose)
  const now = parts.runtime.now()
  if (who.login !== null && positions.length > 0)
    await makeAccount(parts, transaction, whose, { login: who.login, display: who.name })
  const current = positions.filter((each) => isCurrent(each, now))
  const departments = distinct(current.flatMap(({ department }) => department ?? []))
  const before = await takeStanding(transaction, whose, departments)
  await reckon(parts, transaction, whose, { current, departments, before })
  await leave(parts, transaction, whose, who)
  const instants = [...positions.flatMap(({ since, until }) => [since, until]), who.leaves]
  await planFor(parts, transaction, whose, instants)
}

async function find(transaction: Transaction, { tenant, practitioner }: Whose): Promise<Who> {
  const [who] = await transaction.query(sql<Who>`
    select name, login, is_active as "isActive", leaving.at as leaves, leaving.done as left
    from staff.practitioner
    left join staff.leaving on leaving.tenant = practitioner.tenant and leaving.practitioner = practitioner.id
    where practitioner.tenant = ${tenant} and practitioner.id = ${practitioner}`)
  return who ?? { name: '', login: null, isActive: false, leaves: null, left: null }
}

function positionsOf(
  transaction: Transaction,
  { tenant, practitioner }: Whose,
): Promise<readonly HeldPosition[]> {
  return transaction.query(sql<HeldPosition>`
    select department, titles, since, until
    from staff.position
    where tenant = ${tenant} and practitioner = ${practitioner}
    order by id`)
}

/** Whether a position stands at an instant. */
export function isCurrent(
  { since, until }: { readonly since: string; readonly until: string | null },
  at: Instant,
): boolean {
  const ms = epochMs(at)
  return epochMs(since) <= ms && (until === null || epochMs(until) > ms)
}

/** Nobody knows the password of a new account: an administrator hands over a one-time one. */
async function makeAccount(
  { passwords, runtime, events }: StaffParts,
  transaction: Transaction,
  { tenant, practitioner }: Whose,
  { login, display }: { readonly login: string; readonly display: string },
): Promise<void> {
  const bound = await transaction.query(sql`
    select from staff.bound where tenant = ${tenant} and practitioner = ${practitioner} limit 1`)
  if (bound.length > 0) return
  const id = runtime.newId()
  const passwordHash = await passwords.hash(newSecret())
  const at = runtime.now()
  await insertAccount(transaction, { id, tenant, login, display, roles: [], passwordHash, at })
  await bind(transaction, { tenant, practitioner }, id)
  const by = systemActorOf('staff', tenant)
  noteChange(transaction, runtime, by, { account: id, what: 'person-created' })
  events.append(transaction, { tenant, actor: by.reference }, [
    { kind: 'identity.person-created', data: { subject: id, roles: [] } },
  ])
}

/** From now on this is the account of that Practitioner. */
export async function bind(
  transaction: Transaction,
  { tenant, practitioner }: Whose,
  account: string,
): Promise<void> {
  await transaction.query(sql`
    insert into staff.bound (tenant, account, practitioner, source)
    values (${tenant}, ${account}, ${practitioner}, 'made')
    on conflict do nothing`)
}

/** Keeps where he stands now; gives where he stood before, undefined the first time. */
async function takeStanding(
  transaction: Transaction,
  { tenant, practitioner }: Whose,
  departments: readonly string[],
): Promise<readonly string[] | undefined> {
  const [before] = await transaction.query(sql<{ departments: readonly string[] }>`
    select departments
    from staff.standing
    where tenant = ${tenant} and practitioner = ${practitioner}`)
  await transaction.query(sql`
    insert into staff.standing (tenant, practitioner, departments)
    values (${tenant}, ${practitioner}, ${departments})
    on conflict (tenant, practitioner) do update set departments = excluded.departments`)
  return before?.departments
}

type Reckoning = {
  readonly current: readonly HeldPosition[]
  readonly departments: readonly string[]
  readonly before: readonly string[] | undefined
}
type Account = { readonly id: string; readonly roles: readonly string[] }

async function reckon(
  parts: StaffParts,
  transaction: Transaction,
  whose: Whose,
  { current, departments, before = [] }: Reckoning,
): Promise<void> {
  const { tenant, practitioner } = whose
  const accounts = await transaction.query(sql<Account>`
    select id, roles
    from identity.account
    where tenant = ${tenant}
    and id in (select account from staff.bound where tenant = ${tenant} and practitioner = ${practitioner})
    order by id
    for update`)
  if (accounts.length === 0) return
  const mappings = await mappingsOf(transaction, tenant)
  const wanted = distinct(current.flatMap((position) => rolesOfPosition(mappings, position)))
  for (const account of accounts)
    await give(parts, transaction, { tenant, account, wanted, before, after: departments })
}

type Giving = {
  readonly tenant: TenantId
  readonly account: Account
  readonly wanted: readonly string[]
  readonly before: readonly string[]
  readonly after: readonly string[]
}

async function give(parts: StaffParts, transaction: Transaction, giving: Giving): Promise<void> {
  const { tenant, account, wanted, before, after } = giving
  const rows = await transaction.query(sql<{ role: string }>`
    select role from staff.given where account = ${account.id} order by role`)
  const given = rows.map(({ role }) => role).filter((role) => account.roles.includes(role))
  const reckoned = reckonRoles({ roles: account.roles, given, wanted })
  const { roles, added, removed, kept } = reckoned
  const hasMoved = before.join() !== after.join()
  if (added.length + removed.length > 0 || given.length !== reckoned.given.length)
    await transaction.query(sql`
      with gone as (
        delete from staff.given
        where account = ${account.id} and role <> all (${reckoned.given}::text[])
      ), given as (
        insert into staff.given (account, role)
        select ${account.id}::text, unnest(${reckoned.given}::text[])
        on conflict do nothing
      )
      update identity.account
      set roles = ${roles}
      where id = ${account.id}`)
  if (added.length + removed.length === 0 && !hasMoved) return
  const { audit, events, runtime, sessions } = parts
  const by = systemActorOf('staff', tenant)
  const detail = { added, removed, before, after }
  noteChange(transaction, runtime, by, { account: account.id, what: 'staff-changed', detail })
  audit.write(transaction, by, [
    {
      ...{ action: 'staff-rights', outcome: 'allowed', resourceType: 'Account', resourceId: account.id },
      detail: [...added.map((role) => `+${role}`), ...removed.map((role) => `-${role}`)].join(' '),
    },
  ])
  events.append(transaction, { tenant, actor: by.reference }, [
    { kind: 'identity.staff-changed', data: { subject: account.id, ...detail } },
  ])
  transaction.afterCommit(sessions.forget)
  // Who comes or goes is nobody's move; who changes departments brings rights along that somebody should look at.
  if (!hasMoved || before.length === 0 || after.length === 0) return
  await transaction.query(sql`
    insert into staff.review
      (tenant, id, account, at, departments_before, departments_after, added, removed, kept)
    values (${tenant}, ${runtime.newId()}, ${account.id}, ${runtime.now()}::timestamptz, ${before}, ${after},
      ${added}, ${removed}, ${kept})`)
}

/** All rules of an institution. */
export async function mappingsOf(
  queryable: Pick<Transaction, 'query'>,
  tenant: TenantId,
): Promise<readonly Mapping[]> {
  const rows = await queryable.query(sql<{
    readonly id: string
    readonly title: string | null
    readonly department: string | null
    readonly roles: readonly string[]
  }>`
    select id, title, department, roles
    from staff.mapping
    where tenant = ${tenant}
    order by title nulls last, department nulls last`)
  return rows.map(({ title, department, ...mapping }) => ({
    ...mapping,
    ...(title === null ? {} : { title }),
    ...(department === null ? {} : { department }),
  }))
}

/** A Practitioner who is no longer active leaves at once, where the platform made his account. */
async function leave(parts: StaffParts, transaction: Transaction, whose: Whose, who: Who): Promise<void> {
  const { tenant, practitioner } = whose
  const now = parts.runtime.now()
  if (who.left !== null) return
  const leaves = who.leaves !== null && epochMs(who.leaves) <= epochMs(now)
  if (!leaves && (who.isActive || who.leaves !== null)) return
  await transaction.query(sql`
    insert into staff.leaving (tenant, practitioner, at, done)
    select ${tenant}, ${practitioner}, ${now}::timestamptz, ${now}::timestamptz
    where ${leaves} or exists (
      select from staff.bound where tenant = ${tenant} and practitioner = ${practitioner} and source = 'made')
    on conflict (tenant, practitioner) do update set done = excluded.done`)
  const accounts = await transaction.query(sql<{ account: string }>`
    select distinct account
    from staff.bound
    where tenant = ${tenant} and practitioner = ${practitioner} and source = 'made'
    order by account`)
  for (const { account } of accounts) await disableLeaver(parts, transaction, { tenant, account })
}

/** Asks to be called at every instant to come. */
async function planFor(
  { runtime, schedule }: StaffParts,
  transaction: Transaction,
  { tenant, practitioner }: Whose,
  instants: readonly (string | null)[],
): Promise<void> {
  const nowMs = epochMs(runtime.now())
  const due = distinct(instants.flatMap((at) => (at !== null && epochMs(at) > nowMs ? [at] : [])))
  for (const at of due) {
    await transaction.query(sql`
      insert into staff.due (at, tenant, practitioner)
      values (${at}::timestamptz, ${tenant}, ${practitioner})
      on conflict do nothing`)
    await schedule.now?.(transaction, at as Instant)
  }
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort()
}
