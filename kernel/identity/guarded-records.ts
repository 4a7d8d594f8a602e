/** The record as one actor may use it: each call is decided once and leaves one audit entry (law 5). */
import { forbidden, OutcomeError, type ResourceType } from '@xinglin/fhir'
import { allResourceTypes } from '@xinglin/fhir/search'
import type {
  Change,
  CompartmentPage,
  Page,
  Query,
  Records,
  SearchRights,
  Unit,
  Version,
  Wanted,
} from '@xinglin/records'
import type { Access, Audit } from './audit/audit.ts'
import type { Decide } from './decide.ts'
import type { AccessRequest, Actor, GuardedRecords, Interaction, WriteRule } from './identity.ts'
import { patientOf, patientsOf } from './patients-of.ts'

export type Guard = {
  readonly records: Records
  readonly audit: Audit
  readonly decide: Decide
  readonly rules: ReadonlyMap<string, WriteRule>
}

type RecordRequest = Extract<AccessRequest, { kind: 'record' }>
type Seen = Partial<Pick<Access, 'patient' | 'patients' | 'detail'>>

export function guardedRecords(guard: Guard, actor: Actor): GuardedRecords {
  const { records } = guard
  const look = <T>(request: Omit<RecordRequest, 'kind'>, get: () => Promise<T>, seen: (answer: T) => Seen) =>
    audited(guard, actor, { request, get, seen, leave: (access) => guard.audit.note(actor, access) })
  return {
    read: (type, id) =>
      look({ interaction: 'read', type, id }, () => records.read(actor.tenant, type, id), seenVersion),
    readVersion: (type, id, version) =>
      look(
        { interaction: 'read', type, id },
        () => records.readVersion(actor.tenant, type, id, version),
        (found) => ({ ...seenVersion(found), detail: `version ${version}` }),
      ),
    readAsOf: (type, id, asOf) =>
      look(
        { interaction: 'read', type, id },
        () => records.readAsOf(actor.tenant, type, id, asOf),
        (found) => ({ ...seenVersion(found), detail: asOfWords(asOf) }),
      ),
    moments: (patient) =>
      look(
        { interaction: 'read', type: 'Patient', id: patient },
        () => records.moments(actor.tenant, patient),
        ({ moments }) => ({ patient, detail: `chart · ${moments.length} moments` }),
      ),
    history: (options) =>
      look(
        { interaction: 'history', type: options.type ?? '*', id: options.id },
        () => records.history(actor.tenant, options),
        ({ versions }) => ({ ...patientsOf(versions), detail: `${versions.length} versions` }),
      ),
    search: (type, query) =>
      look(
        { interaction: 'search', type },
        async () =>
          allowedOf(guard, actor, await records.search(actor.tenant, type, query, walking(guard, actor))),
        (page) => seenPage(query, page),
      ),
    searchableTypes: async () => {
      const allowed = searchable(guard, actor, undefined)
      if (allowed?.length === 0) searchable(guard, actor, allResourceTypes)
      const held = await records.heldTypes(actor.tenant)
      return allowed ? held.filter((type) => allowed.includes(type)) : held
    },
    compartment: async (asked) => {
      const { type, id } = asked.of
      const types = searchable(guard, actor, asked.types)
      return look(
        { interaction: 'read', type, id },
        () => records.compartment(actor.tenant, { ...asked, types }),
        (page) => seenCompartment(page, asked.asOf),
      )
    },
    snapshot: (asked) =>
      look(
        { interaction: 'search', type: asked.type },
        () => records.snapshot(actor.tenant, asked),
        ({ versions }) => ({ ...patientsOf(versions), detail: `export · ${versions.length} versions` }),
      ),
    labels: (type) =>
      look(
        { interaction: 'search', type: type ?? '*' },
        () => records.labels(actor.tenant, type),
        () => ({ detail: 'labels in use' }),
      ),
    ownParameters: () => records.ownParameters(actor.tenant),
    commit: (work) => guardedCommit(guard, actor, work),
  }
}

/** A page without what it brings along of types that the actor may not search. */
function allowedOf(guard: Guard, actor: Actor, page: Page): Page {
  if (page.included.length === 0) return page
  const isAllowed = ({ type }: Version) =>
    guard.decide(actor, { kind: 'record', interaction: 'search', type }).isAllowed
  return { ...page, included: page.included.filter(isAllowed) }
}

/** Chains go through types that the actor may search. */
function walking(guard: Guard, actor: Actor): SearchRights {
  return {
    mayWalk: (type) => guard.decide(actor, { kind: 'record', interaction: 'search', type }).isAllowed,
  }
}

/** The types of which the actor may see any; undefined for all. Throws `forbidden` for one that was asked for by name. */
function searchable(
  guard: Guard,
  actor: Actor,
  asked: readonly ResourceType[] | undefined,
): readonly ResourceType[] | undefined {
  const decide = (type: ResourceType | '*') =>
    guard.decide(actor, { kind: 'record', interaction: 'search', type })
  if (decide('*').isAllowed) return asked
  if (!asked) return allResourceTypes.filter((type) => decide(type).isAllowed)
  const leave = (access: Access) => guard.audit.note(actor, access)
  for (const type of asked) refuse(guard, actor, { interaction: 'search', type }, leave)
  return asked
}

function seenCompartment({ root, members, referred }: CompartmentPage, asOf: string | undefined): Seen {
  const shown = root ? [root, ...members, ...referred] : [...members, ...referred]
  const past = asOf === undefined ? '' : ` · ${asOfWords(asOf)}`
  return { ...patientsOf(shown), detail: `compartment · ${shown.length} shown${past}` }
}

/** That a look was at the past, and at which. */
function asOfWords(asOf: string): string {
  return `as of ${/^[\d\-T:.+Z ]{4,40}$/.test(asOf) ? asOf : 'an instant'}`
}

async function guardedCommit<T>(guard: Guard, actor: Actor, work: (unit: Unit) => Promise<T>): Promise<T> {
  let trail: Access[] = []
  try {
    return await guard.records.commit({ tenant: actor.tenant, actor: actor.reference }, async (unit) => {
      trail = [] // The work of a transaction that PostgreSQL broke off runs again from its start.
      const result = await work(guardedUnit(guard, actor, unit, trail))
      guard.audit.write(unit.transaction, actor, trail)
      return result
    })
  } catch (error) {
    for (const access of trail)
      guard.audit.note(actor, access.outcome === 'allowed' ? rolledBack(access) : access)
    throw error
  }
}

function guardedUnit(guard: Guard, actor: Actor, unit: Unit, trail: Access[]): Unit {
  const leave = (access: Access) => void trail.push(access)
  return {
    tenant: unit.tenant,
    actor: unit.actor,
    transaction: unit.transaction,
    at: unit.at,
    state: (...statements) => unit.state(...statements),
    read: (type, id) =>
      audited(guard, actor, {
        request: { interaction: 'read', type, id },
        get: () => unit.read(type, id),
        seen: seenVersion,
        leave,
      }),
    search: (type, query) =>
      audited(guard, actor, {
        request: { interaction: 'search', type },
        get: async () => allowedOf(guard, actor, await unit.search(type, query, walking(guard, actor))),
        seen: (page) => seenPage(query, page),
        leave,
      }),
    find: (wanted) => findDecided(guard, actor, { unit, wanted, leave }),
    write: (changes) => writeDecided(guard, actor, { unit, changes, leave }),
  }
}

/** One decision and one audit entry for each type that is looked for. */
async function findDecided(
  guard: Guard,
  actor: Actor,
  { unit, wanted, leave }: { unit: Unit; wanted: readonly Wanted[]; leave: (access: Access) => void },
): Promise<readonly Version[]> {
  const types = [...new Set(wanted.map(({ type }) => type))]
  for (const type of types) refuse(guard, actor, { interaction: 'search', type }, leave)
  const versions = await unit.find(wanted)
  for (const type of types) {
    const found = versions.filter((version) => version.type === type)
    leave({
      ...accessOf({ interaction: 'search', type }),
      outcome: 'allowed',
      ...patientsOf(found),
      detail: `identifier · ${found.length} found`,
    })
  }
  return versions
}

async function writeDecided(
  guard: Guard,
  actor: Actor,
  { unit, changes, leave }: { unit: Unit; changes: readonly Change[]; leave: (access: Access) => void },
): Promise<readonly Version[]> {
  const requests = changes.map(requestOf)
  for (const request of requests) refuse(guard, actor, request, leave)
  try {
    const versions = await unit.write(await governed(guard, actor, { unit, changes }))
    for (const [index, version] of versions.entries()) {
      const { interaction, type } = requests[index] ?? {
        interaction: version.interaction,
        type: version.type,
      }
      leave({
        action: interaction,
        outcome: 'allowed',
        resourceType: type,
        resourceId: version.id,
        patient: patientOf(version),
        detail: `version ${version.version}`,
      })
    }
    return versions
  } catch (error) {
    for (const request of requests) leave({ ...accessOf(request), outcome: 'failed' })
    throw error
  }
}

/** The changes as the rules of their types let them pass; the rules see the unit itself, so what they look up is no access. */
async function governed(
  { rules }: Guard,
  actor: Actor,
  { unit, changes }: { readonly unit: Unit; readonly changes: readonly Change[] },
): Promise<readonly Change[]> {
  const ruleOf = (change: Change) =>
    rules.get(change.kind === 'delete' ? change.type : change.resource.resourceType)
  if (rules.size === 0 || !changes.some(ruleOf)) return changes
  const passed: Change[] = []
  for (const change of changes) passed.push((await ruleOf(change)?.({ actor, unit, change })) ?? change)
  return passed
}

function requestOf(change: Change): Omit<RecordRequest, 'kind'> {
  switch (change.kind) {
    case 'create':
      return { interaction: 'create', type: change.resource.resourceType, id: change.id }
    case 'update':
      return { interaction: 'update', type: change.resource.resourceType, id: change.resource.id }
    case 'delete':
      return { interaction: 'delete', type: change.type, id: change.id }
  }
}

/** One decided, audited look at the record. */
async function audited<T>(
  guard: Guard,
  actor: Actor,
  {
    request,
    get,
    seen,
    leave,
  }: {
    readonly request: Omit<RecordRequest, 'kind'>
    readonly get: () => Promise<T>
    readonly seen: (answer: T) => Seen
    readonly leave: (access: Access) => void
  },
): Promise<T> {
  const wait = guard.audit.room()
  if (wait) await wait
  refuse(guard, actor, request, leave)
  let answer: T
  try {
    answer = await get()
  } catch (error) {
    const isRefused = error instanceof OutcomeError && error.failure === 'forbidden'
    leave({ ...accessOf(request), outcome: isRefused ? 'refused' : 'failed' })
    throw error
  }
  leave({ ...accessOf(request), outcome: 'allowed', ...seen(answer) })
  return answer
}

function refuse(
  guard: Guard,
  actor: Actor,
  request: Omit<RecordRequest, 'kind'>,
  leave: (access: Access) => void,
): void {
  const decision = guard.decide(actor, { kind: 'record', ...request })
  if (decision.isAllowed) return
  leave({ ...accessOf(request), outcome: 'refused' })
  throw forbidden(decision.reason, { code: 'identity.not-allowed' })
}

function accessOf({ interaction, type, id }: { interaction: Interaction; type: string; id?: string }) {
  return { action: interaction, resourceType: type, resourceId: id }
}

function seenVersion(version: Version | undefined): Seen {
  return version ? { patient: patientOf(version) } : { detail: 'not found' }
}

/** Names of search parameters are ours or FHIR's; their values may be a patient's name and are left out. */
function seenPage(query: Query, page: Page): Seen {
  const names = [...new Set(query.map(([name]) => name))].filter((name) => /^[\w\-:.]{1,64}$/.test(name))
  const asOf = query.find(([name]) => name === '_asOf')?.[1]
  const past = asOf === undefined ? '' : ` · ${asOfWords(asOf)}`
  return {
    ...patientsOf([...page.matches, ...page.included]),
    detail: `${names.slice(0, 20).join(',')} · ${page.matches.length} found${past}`,
  }
}

/** A read inside a unit that did not commit was still seen; its writes never were. */
function rolledBack(access: Access): Access {
  const isSeen = access.action === 'read' || access.action === 'search'
  return isSeen ? access : { ...access, outcome: 'failed' }
}
