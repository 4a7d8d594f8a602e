/** Writing people and their positions into the record: FHIR R4 Practitioner §8.4 and PractitionerRole §8.5. */
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict, epochMs, type Instant, instantOf, invalid, notFound, type ResourceOf } from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'
import { parseVersion, type Unit } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import { accountSystem } from '../consent/consent.ts'
import { employeeSystem, type Licence, licenceSystem } from './staff.ts'

type Practitioner = ResourceOf<'Practitioner'>
type PractitionerRole = ResourceOf<'PractitionerRole'>

export type Person = {
  readonly display?: string | undefined
  readonly employee?: string | undefined
  readonly licences?: readonly Licence[] | undefined
  /** Id of the account that is his. */
  readonly account?: string | undefined
  readonly isActive?: boolean
}

/** Writes what is given and leaves what else stands in the Practitioner. */
export async function writePractitioner(unit: Unit, id: string, person: Person): Promise<void> {
  const version = await unit.read('Practitioner', id)
  const present: Practitioner =
    version && version.interaction !== 'delete'
      ? parseVersion(version, 'Practitioner')
      : { resourceType: 'Practitioner', id, active: true }
  await unit.write([{ kind: 'update', resource: described(present, person) }])
}

function described(present: Practitioner, person: Person): Practitioner {
  const { display, employee, licences, account, isActive } = person
  const own = [
    ...(employee ? [{ system: employeeSystem, value: employee }] : []),
    ...(account ? [{ system: accountSystem, value: `user/${account}` }] : []),
  ]
  const isReplaced = (system: string | undefined) => own.some((each) => each.system === system)
  const identifier = [...(present.identifier ?? []).filter(({ system }) => !isReplaced(system)), ...own]
  const names = (present.name ?? []).filter(({ use }) => use !== 'official')
  const { qualification, ...rest } = present
  return {
    ...rest,
    ...(identifier.length > 0 ? { identifier } : {}),
    ...(isActive === undefined ? {} : { active: isActive }),
    ...(display === undefined || present.name?.[0]?.text === display
      ? {}
      : { name: [{ use: 'official', text: display }, ...names] }),
    ...(licences === undefined ? (qualification ? { qualification } : {}) : qualifications(licences)),
  }
}

function qualifications(licences: readonly Licence[]): Pick<Practitioner, 'qualification'> {
  if (licences.length === 0) return {}
  return {
    qualification: licences.map(({ kind, number, from, until }) => ({
      identifier: [{ system: licenceSystem, value: number }],
      code: { text: kind },
      ...(from || until
        ? { period: { ...(from ? { start: from } : {}), ...(until ? { end: until } : {}) } }
        : {}),
    })),
  }
}

export type StartedPosition = {
  readonly practitioner: string
  /** Id of the Organization. */
  readonly department: string
  readonly title: string
  readonly specialty?: string | undefined
  /** Id of the Location. */
  readonly location?: string | undefined
  readonly since: Instant
  readonly until?: Instant | undefined
}

/** A PractitionerRole from its first moment on. */
export async function startPosition(unit: Unit, runtime: Runtime, started: StartedPosition): Promise<void> {
  await unit.write([startedPosition(runtime, started)])
}

type Writing = Parameters<Unit['write']>[0][number]

/** The change that begins a position, for a write together with others: rights are reckoned once a write. */
export function startedPosition({ newId }: Pick<Runtime, 'newId'>, started: StartedPosition): Writing {
  const { practitioner, department, title, specialty, location, since, until } = started
  const id = newId()
  const resource: PractitionerRole = {
    resourceType: 'PractitionerRole',
    id,
    active: true,
    period: { start: since, ...(until ? { end: lastMoment(until) } : {}) },
    practitioner: { reference: `Practitioner/${practitioner}` },
    organization: { reference: `Organization/${department}` },
    code: [{ text: title }],
    ...(specialty ? { specialty: [{ text: specialty }] } : {}),
    ...(location ? { location: [{ reference: `Location/${location}` }] } : {}),
  }
  return { kind: 'create', id, resource }
}

/** FHIR's periods hold their last moment; a millisecond before the instant at which something else begins. */
function lastMoment(until: Instant): Instant {
  return instantOf(epochMs(until) - 1, 'UTC')
}

/** From `at` on it is no more; one that would have begun later was never one. */
export async function endPosition(unit: Unit, id: string, at: Instant): Promise<void> {
  await unit.write([await endedPosition(unit, id, at)])
}

/** The change that ends a position, for a write together with others. */
export async function endedPosition(unit: Unit, id: string, at: Instant): Promise<Writing> {
  const version = await unit.read('PractitionerRole', id)
  if (!version || version.interaction === 'delete')
    throw notFound('there is no such position', { code: 'staff.no-position', at: 'position' })
  const role = parseVersion(version, 'PractitionerRole')
  const start = role.period?.start
  const isNever = start !== undefined && epochMs(start as Instant) >= epochMs(at)
  const resource: PractitionerRole = isNever
    ? { ...role, active: false }
    : { ...role, period: { ...(start ? { start } : {}), end: lastMoment(at) } }
  return { kind: 'update', resource }
}

/** Positions that stand at `at` or begin later, in one department or in all. */
export async function openPositions(
  unit: Unit,
  { practitioner, at, department }: { practitioner: string; at: Instant; department?: string | undefined },
): Promise<readonly string[]> {
  const rows = await unit.transaction.query(sql<{ id: string }>`
    select id
    from staff.position
    where tenant = ${unit.tenant} and practitioner = ${practitioner}
    and (until is null or until > ${at}::timestamptz)
    and (${department}::text is null or department = ${department}::text)
    order by id`)
  return rows.map(({ id }) => id)
}

/** The id of a department or ward by its id or one of its codes. Throws `invalid` (`staff.no-place`) where it names none or several. */
export async function placeBy(
  unit: Pick<Unit, 'tenant' | 'transaction'>,
  { type, named, at }: { type: 'Organization' | 'Location'; named: string; at: string },
): Promise<string> {
  const found = await placesNamed(unit, type, named)
  const [only] = found
  if (only && found.length === 1) return only.id
  const what = type === 'Organization' ? 'department' : 'ward'
  const reason = found.length === 0 ? `there is no ${what}` : `there are several ${what}s`
  throw invalid(`${reason} with the code ${named.slice(0, 64)}`, { code: 'staff.no-place', at })
}

function placesNamed(
  { transaction, tenant }: Pick<Unit, 'tenant' | 'transaction'>,
  type: string,
  named: string,
): Promise<readonly { id: string }[]> {
  return transaction.query(sql<{ id: string }>`
    select id
    from staff.place
    where tenant = ${tenant} and type = ${type} and is_active
    and (id = ${named} or codes @> array[${named}::text])
    order by id
    limit 2`)
}

/** The first moment of a day or an instant. Throws `invalid` (`staff.date`). */
export function firstMoment(text: string, { timeZone }: { timeZone: string }, at: string): Instant {
  const range = dateRange(text, timeZone)
  if (range) return instantOf(range.lowMs, timeZone)
  throw invalid(`${at} must be a day or an instant with offset`, { code: 'staff.date', at })
}

/** The Practitioner with an employee's number; undefined where there is none. Throws `conflict` where there are several. */
export async function practitionerOf(
  { transaction, tenant }: Pick<Unit, 'tenant' | 'transaction'> & { tenant: TenantId },
  employee: string,
): Promise<string | undefined> {
  const rows = await transaction.query(sql<{ id: string }>`
    select id
    from staff.practitioner
    where tenant = ${tenant} and employee = ${employee}
    order by id
    limit 2`)
  if (rows.length > 1)
    throw conflict('several practitioners bear this number: correct the record first', {
      code: 'staff.employee-twice',
      at: 'employee',
    })
  return rows[0]?.id
}
