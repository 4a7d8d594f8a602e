/** Whom an administrator may administer: everybody, or the people of departments that were entrusted to him. */
import { type Database, type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { forbidden, type Instant } from '@xinglin/fhir'
import { type Administration, demandPermission } from '../administer.ts'
import type { Actor } from '../identity.ts'

export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'departments'; readonly entrusted: ReadonlyMap<string, readonly string[]> }

type Verb = 'read' | 'write'

/** Throws `forbidden` and leaves a refused entry where neither the house nor a department is his to administer. */
export async function scopeOf(
  parts: Administration,
  by: Actor,
  verb: Verb,
  { subject, detail }: { readonly subject?: string | undefined; readonly detail?: string } = {},
): Promise<Scope> {
  const whole = { kind: 'permission', permission: `administration.people.${verb}` } as const
  if (parts.decide(by, whole).isAllowed) return { kind: 'all' }
  const part = `administration.department-people.${verb}` as const
  const access = {
    resourceType: 'Account',
    ...(subject === undefined ? {} : { resourceId: subject }),
    ...(detail === undefined ? {} : { detail }),
  }
  if (!parts.decide(by, { kind: 'permission', permission: part }).isAllowed)
    demandPermission(parts, by, { ...access, action: whole.permission })
  const entrusted = await entrustedTo(parts.database, by)
  if (entrusted.size > 0) return { kind: 'departments', entrusted }
  parts.audit.note(by, { ...access, action: part, outcome: 'refused', detail: 'no department is entrusted' })
  throw forbidden('no department is entrusted to you', { code: 'staff.no-department' })
}

async function entrustedTo(database: Database, by: Actor): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await database.query(sql<{ department: string; roles: readonly string[] }>`
    select department, roles
    from staff.delegation
    where tenant = ${by.tenant} and account = ${by.id}
    order by department`)
  return new Map(rows.map(({ department, roles }) => [department, roles]))
}

/** The roles that may be given within a scope; undefined: any. */
export function rolesWithin(scope: Scope, departments?: readonly string[]): readonly string[] | undefined {
  if (scope.kind === 'all') return undefined
  const ofDepartments = [...scope.entrusted].filter(([id]) => departments?.includes(id) ?? true)
  return [...new Set(ofDepartments.flatMap(([, roles]) => roles))].sort()
}

export type Person = { readonly id: string; readonly roles: readonly string[] }

/** Why an administrator of departments may not act on somebody; undefined where he may. */
export function whyNot(
  scope: Scope,
  by: Actor,
  person: Person & { readonly departments: readonly string[] },
): string | undefined {
  if (scope.kind === 'all') return undefined
  if (person.id === by.id) return 'nobody administers himself'
  if (person.departments.length === 0) return 'this person works in none of your departments'
  if (!person.departments.every((id) => scope.entrusted.has(id)))
    return 'this person works in a department that is not entrusted to you'
  const roles = rolesWithin(scope, person.departments) ?? []
  if (person.roles.every((role) => roles.includes(role))) return undefined
  return 'this person has a role that you may not give'
}

/** Throws `forbidden` (`staff.beyond-department`) where the person is outside the scope. */
export async function refuseOutside(
  from: Queryable,
  {
    scope,
    by,
    person,
    at,
  }: { readonly scope: Scope; readonly by: Actor; readonly person: Person; readonly at: Instant },
): Promise<void> {
  if (scope.kind === 'all') return
  const departments = await departmentsOf(from, { tenant: by.tenant, account: person.id, at })
  const reason = whyNot(scope, by, { ...person, departments })
  if (reason) throw beyond(reason)
}

/** Throws `forbidden` (`staff.beyond-department`) for a department or a role beyond the scope. */
export function refuseBeyond(
  scope: Scope,
  asked: {
    readonly department?: string
    readonly departments?: readonly string[]
    readonly roles: readonly string[]
  },
): void {
  if (scope.kind === 'all') return
  const { department, departments, roles } = asked
  if (department !== undefined && !scope.entrusted.has(department))
    throw beyond('this department is not entrusted to you')
  const may = rolesWithin(scope, department === undefined ? departments : [department]) ?? []
  const wrong = roles.find((role) => !may.includes(role))
  if (wrong !== undefined) throw beyond(`the role ${wrong.slice(0, 64)} is not among those that you may give`)
}

function beyond(reason: string) {
  return forbidden(reason, { code: 'staff.beyond-department' })
}

/** Departments where somebody works now or will work. */
export async function departmentsOf(
  from: Queryable,
  { tenant, account, at }: { readonly tenant: TenantId; readonly account: string; readonly at: Instant },
): Promise<readonly string[]> {
  const rows = await from.query(sql<{ department: string }>`
    select distinct department
    from staff.bound
    join staff.position on position.tenant = bound.tenant and position.practitioner = bound.practitioner
    where bound.tenant = ${tenant} and bound.account = ${account} and department is not null
    and (until is null or until > ${at}::timestamptz)
    order by department`)
  return rows.map(({ department }) => department)
}
