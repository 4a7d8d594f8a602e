/** People as lists and as pages: where they work, what they may do and why, what was changed. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { type Instant, notFound } from '@xinglin/fhir'
import type { Actor } from '../identity.ts'
import { localInstant } from '../local-instant.ts'
import { lockEnds } from '../people-list.ts'
import { changesOf } from './changes.ts'
import type { StaffParts } from './parts.ts'
import { type PlaceNames, placeNames } from './places.ts'
import { reviewsOf } from './reviews.ts'
import { rolesOfPosition } from './rights.ts'
import { rolesWithin, type Scope, scopeOf, whyNot } from './scope.ts'
import { isCurrent, mappingsOf } from './settle.ts'
import type { Licence, Position, Staff, StaffPerson, StaffRow } from './staff.ts'

export function createPeoplePages(parts: StaffParts): Pick<Staff, 'list' | 'person' | 'choices'> {
  const look = async <T>(by: Actor, subject: string | undefined, get: (scope: Scope) => Promise<T>) => {
    await parts.audit.room()
    const scope = await scopeOf(parts, by, 'read', { subject })
    const answer = await get(scope)
    const action =
      scope.kind === 'all' ? 'administration.people.read' : 'administration.department-people.read'
    const whose =
      subject === undefined ? { detail: 'list' } : { resourceType: 'Account', resourceId: subject }
    parts.audit.note(by, { action, outcome: 'allowed', ...whose })
    return answer
  }
  return {
    list: (by, options) => look(by, undefined, (scope) => listStaff(parts, by, { ...options, scope })),
    person: (by, id) => look(by, id, (scope) => personOf(parts, by, { id, scope })),
    choices: (by) => look(by, undefined, (scope) => choicesOf(parts, by, scope)),
  }
}

type Row = Omit<StaffRow, 'departments' | 'titles' | 'lockedUntil' | 'employee' | 'licenceUntil'> & {
  readonly practitioner: string | null
  readonly employee: string | null
  readonly licenceUntil: string | null
}

const columns = (at: string) => sql`
  account.id, account.login, account.display, account.roles, account.created,
  account.password_set as "passwordSet", account.last_sign_in as "lastSignIn", account.disabled,
  account.must_change_password as "mustChangePassword",
  (select count(*) from identity.session where session.account = account.id and session.ends > ${at}::timestamptz)::int
    as sessions,
  who.id as practitioner, who.employee, who.licence_until::text as "licenceUntil",
  exists (select from staff.review where review.account = account.id and reviewed is null) as "isReviewDue"
  ${source}`

const source = sql`
  from identity.account
  left join lateral (
    select practitioner.*
    from staff.bound
    join staff.practitioner on practitioner.tenant = bound.tenant and practitioner.id = bound.practitioner
    where bound.account = account.id and bound.tenant = account.tenant
    order by bound.source, bound.practitioner
    limit 1) as who on true`

type Asked = Parameters<Staff['list']>[1] & { readonly scope: Scope }

async function listStaff(
  { database, runtime, settings }: StaffParts,
  { tenant }: Actor,
  { after, limit, ...asked }: Asked,
): ReturnType<Staff['list']> {
  const at = runtime.now()
  const found = conditions(tenant, at, asked)
  const [rows, [total]] = await Promise.all([
    database.query(sql<Row>`
      select ${columns(at)}
      where ${found}
      and lower(account.login) > lower(${after ?? ''})
      order by lower(account.login)
      limit ${limit}`),
    database.query(sql<{ count: number }>`
      select count(*)::int as count ${source} where ${found}`),
  ])
  return {
    people: await shown({ database, runtime, settings }, { tenant, at, rows }),
    total: total?.count ?? 0,
  }
}

function conditions(
  tenant: TenantId,
  at: Instant,
  { text, role, department, state, scope }: Omit<Asked, 'after' | 'limit'>,
): Sql {
  const pattern = text ? `%${text.replace(/[\\%_]/g, '\\$&')}%` : undefined
  const within = scope.kind === 'all' ? undefined : [...scope.entrusted.keys()]
  return sql`
    account.tenant = ${tenant}
    and (${pattern}::text is null
      or account.login ilike ${pattern} or account.display ilike ${pattern} or who.employee ilike ${pattern})
    and (${role}::text is null or ${role}::text = any (account.roles))
    and (${department}::text is null or ${worksIn(sql`position.department = ${department}::text`, at)})
    and (${within}::text[] is null or ${worksIn(sql`position.department = any (${within}::text[])`, at)})
    and (${state}::text is null
      or ${state}::text = 'active' and account.disabled is null
      or ${state}::text = 'disabled' and account.disabled is not null
      or ${state}::text = 'licence' and who.licence_until < ${at.slice(0, 10)}::date
      or ${state}::text = 'licence-soon' and account.disabled is null
        and who.licence_until < ${at.slice(0, 10)}::date + ${licenceNoticeDays}::int
      or ${state}::text = 'review'
        and exists (select from staff.review where review.account = account.id and reviewed is null))`
}

/** A renewal takes the authority some weeks. */
const licenceNoticeDays = 60

const worksIn = (where: Sql, at: Instant) => sql`exists (
  select
  from staff.bound
  join staff.position on position.tenant = bound.tenant and position.practitioner = bound.practitioner
  where bound.account = account.id and bound.tenant = account.tenant and ${where}
  and (position.until is null or position.until > ${at}::timestamptz))`

type Shown = { readonly tenant: TenantId; readonly at: Instant; readonly rows: readonly Row[] }

async function shown(
  parts: Pick<StaffParts, 'database' | 'runtime' | 'settings'>,
  { tenant, at, rows }: Shown,
): Promise<readonly StaffRow[]> {
  const { database, runtime } = parts
  const zone = runtime.timeZone
  const practitioners = rows.flatMap(({ practitioner }) => practitioner ?? [])
  const [positions, places, locks] = await Promise.all([
    positionRows(database, tenant, practitioners),
    placeNames(database, tenant),
    lockEnds(
      parts,
      rows.map(({ login }) => login),
    ),
  ])
  return rows.map(({ practitioner, employee, licenceUntil, ...row }) => {
    const current = positions.filter((each) => each.practitioner === practitioner && isCurrent(each, at))
    const lockedUntil = locks(row.login)
    return {
      ...row,
      created: localInstant(row.created, zone) ?? row.created,
      passwordSet: localInstant(row.passwordSet, zone) ?? row.passwordSet,
      lastSignIn: localInstant(row.lastSignIn, zone),
      disabled: localInstant(row.disabled, zone),
      lockedUntil,
      ...(employee ? { employee } : {}),
      ...(licenceUntil ? { licenceUntil } : {}),
      departments: distinct(current.flatMap(({ department }) => department ?? [])).map((id) =>
        places('Organization', id),
      ),
      titles: distinct(current.flatMap(({ title }) => title ?? [])),
    }
  })
}

type PositionRow = {
  readonly id: string
  readonly practitioner: string
  readonly department: string | null
  readonly locations: readonly string[]
  readonly titles: readonly string[]
  readonly title: string | null
  readonly specialty: string | null
  readonly since: Instant
  readonly until: Instant | null
}

function positionRows(
  from: Queryable,
  tenant: TenantId,
  practitioners: readonly string[],
): Promise<readonly PositionRow[]> {
  return from.query(sql<PositionRow>`
    select id, practitioner, department, locations, titles, title, specialty, since, until
    from staff.position
    where tenant = ${tenant} and practitioner = any (${practitioners}::text[])
    order by since desc, id`)
}

async function personOf(
  parts: StaffParts,
  by: Actor,
  { id, scope }: { readonly id: string; readonly scope: Scope },
): Promise<StaffPerson> {
  const { database, runtime } = parts
  const { tenant } = by
  const at = runtime.now()
  const within = conditions(tenant, at, { scope })
  const [row] = await database.query(sql<Row>`select ${columns(at)} where account.id = ${id} and ${within}`)
  if (!row) throw notFound('there is no such person whom you may see', { code: 'staff.no-person', at: 'id' })
  const practitioner = row.practitioner ?? ''
  const [[person], positions, places, mappings, given, extra, reviews, changes, badges] = await Promise.all([
    shown(parts, { tenant, at, rows: [row] }),
    positionRows(database, tenant, [practitioner]),
    placeNames(database, tenant),
    mappingsOf(database, tenant),
    database.query(sql<{ role: string }>`select role from staff.given where account = ${id} order by role`),
    moreOf(database, tenant, practitioner),
    reviewsOf(parts, tenant, { account: id }),
    changesOf(database, runtime, id),
    database.query(sql`select from staff.badge where account = ${id}`),
  ])
  if (!person) throw notFound('there is no such person', { code: 'staff.no-person', at: 'id' })
  const open = positions.filter(({ until }) => until === null || until > at)
  const departments = open.flatMap(({ department }) => department ?? [])
  const refusal = whyNot(scope, by, { ...row, departments })
  const leaves = localInstant(extra?.leaves, runtime.timeZone)
  const mayWrite = parts.decide(by, {
    kind: 'permission',
    permission: `administration.${scope.kind === 'all' ? 'people' : 'department-people'}.write`,
  }).isAllowed
  return {
    ...person,
    ...(row.practitioner ? { practitioner: row.practitioner } : {}),
    licences: extra?.licences ?? [],
    positions: positions.map((each) => ({
      ...positionOf(each, places, { at, timeZone: runtime.timeZone }),
      roles: rolesOfPosition(mappings, each),
    })),
    given: given.map(({ role }) => role).filter((role) => row.roles.includes(role)),
    hasBadge: badges.length > 0,
    ...(leaves ? { leaves } : {}),
    reviews,
    changes,
    may: {
      administer: mayWrite && refusal === undefined,
      roles: rolesWithin(scope, departments) ?? 'any',
    },
  }
}

function positionOf(
  { id, department, locations, title, specialty, since, until }: PositionRow,
  places: PlaceNames,
  { at, timeZone }: { readonly at: Instant; readonly timeZone: string },
): Omit<Position, 'roles'> {
  const isOpen = since.startsWith('0001')
  const end = localInstant(until, timeZone)
  return {
    id,
    ...(department ? { department: places('Organization', department) } : {}),
    locations: locations.map((each) => places('Location', each)),
    ...(title ? { title } : {}),
    ...(specialty ? { specialty } : {}),
    ...(isOpen ? {} : { since: localInstant(since, timeZone) ?? since }),
    ...(end ? { until: end } : {}),
    isCurrent: isCurrent({ since, until }, at),
  }
}

async function moreOf(from: Queryable, tenant: TenantId, practitioner: string) {
  const [row] = await from.query(sql<{ licences: readonly Licence[]; leaves: string | null }>`
    select licences, leaving.at as leaves
    from staff.practitioner
    left join staff.leaving on leaving.tenant = practitioner.tenant and leaving.practitioner = practitioner.id
    where practitioner.tenant = ${tenant} and practitioner.id = ${practitioner}`)
  return row
}

async function choicesOf(
  { database }: StaffParts,
  { tenant }: Actor,
  scope: Scope,
): ReturnType<Staff['choices']> {
  const within = scope.kind === 'all' ? undefined : [...scope.entrusted.keys()]
  const [departments, locations, titles] = await Promise.all([
    database.query(sql<{ id: string; name: string }>`
      select id, name
      from staff.place
      where tenant = ${tenant} and type = 'Organization' and is_active
      and (${within}::text[] is null or id = any (${within}::text[]))
      order by name`),
    database.query(sql<{ id: string; name: string }>`
      select id, name from staff.place where tenant = ${tenant} and type = 'Location' and is_active order by name`),
    database.query(sql<{ title: string }>`
      select title from staff.mapping where tenant = ${tenant} and title is not null
      union
      select title from staff.position where tenant = ${tenant} and title is not null
      order by title`),
  ])
  return {
    departments,
    locations,
    titles: titles.map(({ title }) => title),
    roles: rolesWithin(scope) ?? 'any',
  }
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}
