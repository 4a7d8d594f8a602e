/** People and their positions as an administrator keeps them by hand: of the house, or of departments entrusted to him. */
import { sql } from '@xinglin/database'
import { conflict, epochMs, invalid, notFound, OutcomeError } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import { refuseWithoutReason } from '../administer.ts'
import type { Actor } from '../identity.ts'
import { checkedDisplay, checkedLogin, insertAccount } from '../people.ts'
import { oneTimePassword } from '../secrets.ts'
import { noteChange } from './changes.ts'
import type { StaffParts } from './parts.ts'
import { rolesOfPosition } from './rights.ts'
import { refuseBeyond, refuseOutside, type Scope, scopeOf } from './scope.ts'
import { bind, mappingsOf } from './settle.ts'
import type { NewPosition, NewStaff, Staff } from './staff.ts'
import {
  endPosition,
  firstMoment,
  openPositions,
  placeBy,
  practitionerOf,
  startPosition,
  writePractitioner,
} from './write-staff.ts'

export function createEmployment(
  parts: StaffParts,
): Pick<Staff, 'employ' | 'describe' | 'addPosition' | 'endPosition'> {
  return {
    employ: (by, person) => employ(parts, by, person),
    describe: (by, { id, display, employee, licences, reason }) =>
      actOn(parts, by, { id, reason, what: 'person-described' }, async (unit) => {
        const shown = checkedDisplay(display)
        const practitioner = await practitionerFor(parts, unit, id)
        await refuseTakenNumber(unit, employee, practitioner)
        await writePractitioner(unit, practitioner, { display: shown, employee, licences, account: id })
        await unit.transaction.query(sql`update identity.account set display = ${shown} where id = ${id}`)
        unit.transaction.afterCommit(parts.sessions.forget)
      }),
    addPosition: (by, { id, reason, ...position }) =>
      actOn(parts, by, { id, reason, what: 'position-begun' }, async (unit, scope) => {
        const practitioner = await practitionerFor(parts, unit, id)
        await begin(parts, unit, { practitioner, position, scope })
      }),
    endPosition: (by, { id, position, at, reason }) =>
      actOn(parts, by, { id, reason, what: 'position-ended' }, async (unit) => {
        const practitioner = await practitionerFor(parts, unit, id)
        const now = parts.runtime.now()
        if (!(await openPositions(unit, { practitioner, at: now })).includes(position))
          throw notFound('this person has no such position', { code: 'staff.no-position', at: 'position' })
        await endPosition(unit, position, at !== undefined && epochMs(at) > epochMs(now) ? at : now)
      }),
  }
}

type Act = { readonly id: string; readonly reason: string; readonly what: string }

/** One act on one person: scope, record, audit entry and statement in one transaction. */
async function actOn(
  parts: StaffParts,
  by: Actor,
  { id, reason, what }: Act,
  work: (unit: Unit, scope: Scope) => Promise<void>,
): Promise<void> {
  const stated = refuseWithoutReason(reason)
  const scope = await scopeOf(parts, by, 'write', { subject: id, detail: `${what}: ${stated}` })
  await told(parts, by, { scope, id, detail: `${what}: ${stated}` }, async (unit) => {
    const { transaction } = unit
    const [person] = await transaction.query(sql<{ id: string; roles: readonly string[] }>`
      select id, roles
      from identity.account
      where tenant = ${by.tenant} and id = ${id}
      for update`)
    if (!person) throw notFound('there is no such person', { code: 'staff.no-person', at: 'id' })
    await refuseOutside(transaction, { scope, by, person, at: parts.runtime.now() })
    await work(unit, scope)
    noteChange(transaction, parts.runtime, by, { account: id, what, reason: stated })
    unit.state({ kind: `identity.${what}`, data: { subject: id, reason: stated } })
  })
}

type Told = { readonly scope: Scope; readonly id: string; readonly detail: string }

async function told<T>(
  { audit, records }: StaffParts,
  by: Actor,
  { scope, id, detail }: Told,
  work: (unit: Unit) => Promise<T>,
): Promise<T> {
  const action =
    scope.kind === 'all' ? 'administration.people.write' : 'administration.department-people.write'
  const access = { action, resourceType: 'Account', resourceId: id } as const
  try {
    return await records.commit({ tenant: by.tenant, actor: by.reference }, async (unit) => {
      const result = await work(unit)
      audit.write(unit.transaction, by, [{ ...access, detail, outcome: 'allowed' }])
      return result
    })
  } catch (error) {
    const failure = error instanceof OutcomeError ? error.failure : 'fault'
    const outcome = failure === 'forbidden' ? 'refused' : 'failed'
    audit.note(by, { ...access, detail: `${detail} (${failure})`, outcome })
    throw error
  }
}

async function employ(
  parts: StaffParts,
  by: Actor,
  { login, display, employee, licences, position }: NewStaff,
): Promise<{ id: string; oneTimePassword: string }> {
  const { passwords, runtime } = parts
  const scope = await scopeOf(parts, by, 'write')
  const password = oneTimePassword()
  const passwordHash = await passwords.hash(password)
  const id = runtime.newId()
  await told(parts, by, { scope, id, detail: 'person-created' }, async (unit) => {
    const { transaction, tenant } = unit
    const account = { id, tenant, login: checkedLogin(login), display: checkedDisplay(display), roles: [] }
    await insertAccount(transaction, { ...account, passwordHash, at: runtime.now() })
    const practitioner = runtime.newId()
    await refuseTakenNumber(unit, employee, practitioner)
    await writePractitioner(unit, practitioner, {
      ...{ display: account.display, employee, licences, account: id, isActive: true },
    })
    await bind(transaction, { tenant, practitioner }, id)
    noteChange(transaction, runtime, by, { account: id, what: 'person-created' })
    unit.state({ kind: 'identity.person-created', data: { subject: id, roles: [] } })
    await begin(parts, unit, { practitioner, position, scope })
  })
  return { id, oneTimePassword: password }
}

type Beginning = { readonly practitioner: string; readonly position: NewPosition; readonly scope: Scope }

async function begin(
  { runtime }: StaffParts,
  unit: Unit,
  { practitioner, position, scope }: Beginning,
): Promise<void> {
  const { title, specialty } = position
  if (title.trim() === '') throw invalid('a position has a title', { code: 'staff.date', at: 'title' })
  const department = await placeBy(unit, {
    ...{ type: 'Organization', named: position.department, at: 'department' },
  })
  const mappings = await mappingsOf(unit.transaction, unit.tenant)
  refuseBeyond(scope, { department, roles: rolesOfPosition(mappings, { department, titles: [title] }) })
  const location = position.location
    ? await placeBy(unit, { type: 'Location', named: position.location, at: 'location' })
    : undefined
  const since = position.since ? firstMoment(position.since, runtime, 'since') : runtime.now()
  const until = position.until ? firstMoment(position.until, runtime, 'until') : undefined
  if (until !== undefined && epochMs(until) <= epochMs(since))
    throw invalid('a position ends after it began', { code: 'staff.date', at: 'until' })
  await startPosition(unit, runtime, { practitioner, department, title, specialty, location, since, until })
}

/** The Practitioner of an account; made where there is none. */
async function practitionerFor({ runtime }: StaffParts, unit: Unit, account: string): Promise<string> {
  const { transaction, tenant } = unit
  const bound = await transaction.query(sql<{ practitioner: string }>`
    select distinct practitioner
    from staff.bound
    where tenant = ${tenant} and account = ${account}
    limit 2`)
  if (bound.length > 1)
    throw conflict('several practitioners bear this account: correct the record first', {
      code: 'staff.bound-twice',
      at: 'id',
    })
  const [known] = bound
  if (known) return known.practitioner
  const practitioner = runtime.newId()
  const [person] = await transaction.query(sql<{ display: string }>`
    select display from identity.account where id = ${account}`)
  await writePractitioner(unit, practitioner, { display: person?.display, account, isActive: true })
  await bind(transaction, { tenant, practitioner }, account)
  return practitioner
}

async function refuseTakenNumber(
  unit: Unit,
  employee: string | undefined,
  practitioner: string,
): Promise<void> {
  const holder = employee === undefined ? undefined : await practitionerOf(unit, employee)
  if (holder === undefined || holder === practitioner) return
  throw conflict('somebody else has this number', { code: 'staff.employee-twice', at: 'employee' })
}
