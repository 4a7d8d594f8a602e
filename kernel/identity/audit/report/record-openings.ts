/**
 * Who opened one record, as its patient may read it: staff by role, department and a masked name, machines and apps by
 * name. Addresses, sessions and search words of those who looked are not the patient's.
 */
import { parseVersion, type Records } from '@xinglin/records'
import { builtInRoles } from '../../built-in-roles.ts'
import type { Actor, AuditEntry, Identity } from '../../identity.ts'
import { maskName } from '../../masking/words.ts'
import { type Opening, openingsOf, type WhoOf } from './openings.ts'

type Parts = { readonly identity: Identity; readonly records: Records }
type Tenant = Pick<Actor, 'tenant'>

/** Openings from entries about one patient, newest first; `self` is the reference of the patient who reads them. */
export async function recordOpenings(
  parts: Parts,
  by: Tenant & { readonly self?: string },
  entries: readonly AuditEntry[],
): Promise<readonly Opening[]> {
  const [whoOf, apps] = await Promise.all([whoIn(parts, by, entries), appNames(parts, entries)])
  return openingsOf(entries, { whoOf, appOf: (client) => apps.get(client) ?? client })
}

async function whoIn(
  parts: Parts,
  by: Tenant & { readonly self?: string },
  entries: readonly AuditEntry[],
): Promise<WhoOf> {
  const staff = [...new Set(entries.map(({ actor }) => actor).filter((each) => each.startsWith('user/')))]
  // Consents name the roles of care; administrators look too.
  const titles = new Map(
    [...builtInRoles, ...(await parts.identity.consents.roles(by.tenant))].map(
      ({ id, title }) => [id, title] as const,
    ),
  )
  const places = createPlaces(parts, by)
  const known = new Map<string, Pick<Staff, 'roles' | 'departments'>>()
  for (const reference of staff) {
    const person = await parts.identity.actorOf(reference)
    if (!person) continue
    const roles = person.roles.map((role): Title => titles.get(role) ?? { zh: role, en: role })
    known.set(reference, { roles, departments: await places(person.departments ?? []) })
  }
  return ({ actor, actorDisplay }: Pick<AuditEntry, 'actor' | 'actorDisplay'>): Opening['who'] => {
    if (actor === by.self) return { kind: 'self' }
    if (actor.startsWith('patient/')) return { kind: 'relative', name: maskName(actorDisplay) }
    if (actor.startsWith('system/')) return { kind: 'platform' }
    if (!actor.startsWith('user/')) return { kind: 'system', name: actorDisplay }
    const name = maskName(actorDisplay)
    return { kind: 'staff', name, ...(known.get(actor) ?? { roles: [], departments: [] }) }
  }
}

type Title = Extract<Opening['who'], { kind: 'staff' }>['roles'][number]
type Staff = Extract<Opening['who'], { kind: 'staff' }>

/** Names of Organizations and Locations, each read once: no part of anybody's record. */
function createPlaces({ records }: Parts, { tenant }: Tenant) {
  const names = new Map<string, string | undefined>()
  const nameOf = async (id: string) => {
    for (const type of ['Organization', 'Location'] as const) {
      const version = await records.read(tenant, type, id)
      if (version && version.interaction !== 'delete') return parseVersion(version, type).name
    }
    return undefined
  }
  return async (ids: readonly string[]): Promise<readonly string[]> => {
    const found: string[] = []
    for (const id of ids) {
      if (!names.has(id)) names.set(id, await nameOf(id))
      const name = names.get(id)
      if (name !== undefined) found.push(name)
    }
    return found
  }
}

async function appNames(
  { identity }: Parts,
  entries: readonly AuditEntry[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (const id of new Set(entries.flatMap(({ client }) => client ?? []))) {
    const app = await identity.oauth.app(id)
    if (app) names.set(id, app.name)
  }
  return names
}
