/** `GET /api/my-record/:patient/openings`: who opened this record; staff by role, department and a masked name. */
import type { Kernel } from '@xinglin/app'
import { forbidden } from '@xinglin/fhir'
import { type Actor, type AuditEntry, maskName } from '@xinglin/identity'
import { parseVersion } from '@xinglin/records'
import { chartAsked } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { Opening, OpeningsAnswer, Text } from '../contract.ts'
import { openingsOf } from '../reading/openings.ts'

/** Some months of a usual record; older ones are handed out at a desk. */
const mostEntries = 1_000

export function openingRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity } = kernel
  http.get('/:patient/openings', async (request): Promise<OpeningsAnswer> => {
    const { actor, patient } = chartAsked(request)
    const charts = await identity.patients.charts(actor)
    if (charts.find((chart) => chart.patient === patient)?.relation === 'delegate')
      throw forbidden('you may look at this record, and not at who else does', {
        code: 'my-record.not-yours',
      })
    const { entries, next } = await identity.auditTrail.forPatient(actor.tenant, patient, mostEntries)
    await identity.audit(actor, {
      ...{ action: 'my-record.openings.read', outcome: 'allowed', patient },
      detail: `${entries.length} accesses`,
    })
    const [whoOf, apps] = await Promise.all([whoIn(kernel, actor, entries), appNames(kernel, entries)])
    const openings = openingsOf(entries, { whoOf, appOf: (client) => apps.get(client) ?? client })
    return { openings, hasMore: next !== undefined }
  })
}

async function whoIn(kernel: Kernel, by: Actor, entries: readonly AuditEntry[]) {
  const staff = [...new Set(entries.map(({ actor }) => actor).filter((each) => each.startsWith('user/')))]
  const titles = new Map(
    (await kernel.identity.consents.roles(by.tenant)).map(({ id, title }) => [id, title] as const),
  )
  const places = createPlaces(kernel, by)
  const known = new Map<string, Pick<Staff, 'roles' | 'departments'>>()
  for (const reference of staff) {
    const person = await kernel.identity.actorOf(reference)
    if (!person) continue
    const roles = person.roles.map((role): Text => titles.get(role) ?? { zh: role, en: role })
    known.set(reference, { roles, departments: await places(person.departments ?? []) })
  }
  return ({ actor, actorDisplay }: Pick<AuditEntry, 'actor' | 'actorDisplay'>): Opening['who'] => {
    if (actor === by.reference) return { kind: 'self' }
    if (actor.startsWith('patient/')) return { kind: 'relative', name: maskName(actorDisplay) }
    if (actor.startsWith('system/')) return { kind: 'platform' }
    if (!actor.startsWith('user/')) return { kind: 'system', name: actorDisplay }
    const name = maskName(actorDisplay)
    return { kind: 'staff', name, ...(known.get(actor) ?? { roles: [], departments: [] }) }
  }
}

type Staff = Extract<Opening['who'], { kind: 'staff' }>

/** Names of Organizations and Locations, each read once: no part of anybody's record. */
function createPlaces({ records }: Kernel, { tenant }: Actor) {
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
  { identity }: Kernel,
  entries: readonly AuditEntry[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (const id of new Set(entries.flatMap(({ client }) => client ?? []))) {
    const app = await identity.oauth.app(id)
    if (app) names.set(id, app.name)
  }
  return names
}
