/** The record as one actor may use it: each call is decided once and leaves one audit entry (law 5). */
import { OutcomeError, type ResourceType } from '@xinglin/fhir'
import { allResourceTypes } from '@xinglin/fhir/search'
import type {
  Change,
  CompartmentPage,
  Named,
  OpenUnit,
  Page,
  Query,
  Records,
  SearchRights,
  Unit,
  Version,
  Wanted,
} from '@xinglin/records'
import type { Access as AccessOfActor } from './access/create-access.ts'
import type { Sight } from './access/sight.ts'
import { hiddenBy, refuseNothing, rightsOf, shownBy, type View, viewOf } from './access/view.ts'
import type { Access, Audit } from './audit/audit.ts'
import { type Decide, refusalOf } from './decide.ts'
import { refuseBlindConditions, refuseOutside, refuseUnseen, type WriteRequest } from './hidden-writes.ts'
import type { AccessRequest, Actor, GuardedRecords, Interaction, WriteRule } from './identity.ts'
import { patientOf, patientsOf } from './patients-of.ts'

export type Guard = {
  readonly records: Records
  readonly audit: Audit
  readonly decide: Decide
  readonly rules: ReadonlyMap<string, WriteRule>
  /** What of the rows and elements the actor sees; undefined: all. */
  readonly sightOf: AccessOfActor['sightOf']
}

type RecordRequest = Extract<AccessRequest, { kind: 'record' }>
type Look = Omit<RecordRequest, 'kind'>
type Seen = Partial<Pick<Access, 'patient' | 'patients' | 'detail' | 'outcome'>>

/** The record as an actor may use it. */
export function guardedRecords(guard: Guard, actor: Actor): GuardedRecords {
  const { records } = guard
  const { tenant } = actor
  const look = <T>(request: Look, get: (view: View) => Promise<T>, seen: (answer: T) => Seen) =>
    audited(guard, actor, {
      request,
      get: () => inSight(guard, actor, request, get),
      seen,
      leave: (access) => guard.audit.note(actor, access),
    })
  /** A look at one resource; where it is hidden the trail says by what, whatever the answer says. */
  const lookAtOne = <T>(
    request: Named & { readonly interaction: 'read' | 'history' },
    get: (view: View) => Promise<T>,
    { isFound, seen }: { readonly isFound: (answer: T) => boolean; readonly seen: (answer: T) => Seen },
  ) => {
    let hiding: readonly string[] = []
    const { type, id } = request
    return look(
      request,
      async (view) => {
        const answer = await get(view)
        const { sight } = view
        if (sight && !isFound(answer))
          hiding = await hiddenBy(records, actor, { sight, type, id, interaction: 'read' })
        return answer
      },
      (answer) =>
        hiding.length === 0 ? seen(answer) : { outcome: 'refused', detail: `hidden by ${hiding.join(', ')}` },
    )
  }
  const lookAtVersion = (named: Named, get: (view: View) => Promise<Version | undefined>, detail?: string) =>
    lookAtOne(
      { interaction: 'read', ...named },
      async (view) => {
        const version = await get(view)
        return version && view.shown(version)
      },
      {
        isFound: (version) => version !== undefined,
        seen: (version) => ({ ...seenVersion(version), ...(detail === undefined ? {} : { detail }) }),
      },
    )
  return {
    read: (type, id) => lookAtVersion({ type, id }, (view) => view.records.read(tenant, type, id)),
    readVersion: (type, id, version) =>
      lookAtVersion(
        { type, id },
        (view) => view.records.readVersion(tenant, type, id, version),
        `version ${version}`,
      ),
    readAsOf: (type, id, asOf) =>
      lookAtVersion({ type, id }, (view) => view.records.readAsOf(tenant, type, id, asOf), asOfWords(asOf)),
    moments: (patient) =>
      lookAtOne(
        { interaction: 'read', type: 'Patient', id: patient },
        (view) => view.records.moments(tenant, patient),
        {
          isFound: ({ moments }) => moments.length > 0,
          seen: ({ moments }) => ({ patient, detail: `chart · ${moments.length} moments` }),
        },
      ),
    history: (options) => {
      const { type, id } = options
      const get = async (view: View) => {
        const page = await view.records.history(tenant, options)
        return { ...page, versions: page.versions.map(view.shown) }
      }
      const seen = ({ versions }: { readonly versions: readonly Version[] }) => ({
        ...patientsOf(versions),
        detail: `${versions.length} versions`,
      })
      if (type === undefined || id === undefined)
        return look({ interaction: 'history', type: type ?? '*' }, get, seen)
      const isFound = ({ versions }: { readonly versions: readonly Version[] }) => versions.length > 0
      return lookAtOne({ interaction: 'history', type, id }, get, { isFound, seen })
    },
    search: (type, query) =>
      look(
        { interaction: 'search', type },
        async (view) =>
          shownPage(
            view,
            allowedOf(guard, actor, await view.records.search(tenant, type, query, view.rights)),
          ),
        (page) => seenPage(query, page),
      ),
    searchableTypes: async () => {
      const allowed = searchable(guard, actor, undefined)
      if (allowed?.length === 0) searchable(guard, actor, allResourceTypes)
      const held = await records.heldTypes(tenant)
      return allowed ? held.filter((type) => allowed.includes(type)) : held
    },
    compartment: async (asked) => {
      const types = searchable(guard, actor, asked.types)
      return lookAtOne(
        { interaction: 'read', ...asked.of },
        async (view) => {
          const page = await view.records.compartment(tenant, { ...asked, types })
          const { root, members, referred } = page
          return {
            ...page,
            ...(root ? { root: view.shown(root) } : {}),
            members: members.map(view.shown),
            referred: referred.map(view.shown),
          }
        },
        {
          isFound: ({ root }) => root !== undefined || asked.after !== undefined,
          seen: (page) => seenCompartment(page, asked.asOf),
        },
      )
    },
    snapshot: (asked) =>
      look(
        { interaction: 'search', type: asked.type },
        async (view) => {
          const page = await view.records.snapshot(tenant, asked)
          return { ...page, versions: page.versions.map(view.shown) }
        },
        ({ versions }) => ({ ...patientsOf(versions), detail: `export · ${versions.length} versions` }),
      ),
    labels: (type) =>
      look(
        { interaction: 'search', type: type ?? '*' },
        (view) => view.records.labels(tenant, type),
        () => ({ detail: 'labels in use' }),
      ),
    ownParameters: () => records.ownParameters(tenant),
    commit: (work) => guardedCommit(guard, actor, work),
  }
}

/** Gives the look its view; where nothing narrows the actor's, not even a turn of the loop is lost. */
function inSight<T>(guard: Guard, actor: Actor, request: Look, get: (view: View) => Promise<T>): Promise<T> {
  const { mayWalk } = walking(guard, actor)
  const isOfOne = request.id !== undefined && request.interaction === 'history'
  const interaction = isOfOne ? 'read' : request.interaction
  const go = (sight: Sight | undefined) => {
    refuseNothing(sight, { interaction, type: request.type })
    return get(viewOf(guard.records, sight, { interaction, mayWalk }))
  }
  const sight = guard.sightOf(actor)
  return sight instanceof Promise ? sight.then(go) : go(sight)
}

function shownPage({ sight, shown }: View, page: Page): Page {
  if (!sight) return page
  return { ...page, matches: page.matches.map(shown), included: page.included.map(shown) }
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
      const sight = await guard.sightOf(actor)
      const result = await work(guardedUnit(guard, actor, { unit, sight, trail }))
      guard.audit.write(unit.transaction, actor, trail)
      return result
    })
  } catch (error) {
    for (const access of trail)
      guard.audit.note(actor, access.outcome === 'allowed' ? rolledBack(access) : access)
    throw error
  }
}

type Guarding = { readonly unit: OpenUnit; readonly sight: Sight | undefined; readonly trail: Access[] }

function guardedUnit(guard: Guard, actor: Actor, { unit, sight, trail }: Guarding): Unit {
  const leave = (access: Access) => void trail.push(access)
  const { mayWalk } = walking(guard, actor)
  const seen = (interaction: Interaction) =>
    sight ? unit.seenBy(rightsOf(sight, interaction, mayWalk)) : unit
  const shown = sight ? shownBy(sight) : (version: Version) => version
  return {
    tenant: unit.tenant,
    actor: unit.actor,
    transaction: unit.transaction,
    at: unit.at,
    state: (...statements) => unit.state(...statements),
    read: (type, id) =>
      audited(guard, actor, {
        request: { interaction: 'read', type, id },
        get: async () => {
          const version = await seen('read').read(type, id)
          return version && shown(version)
        },
        seen: seenVersion,
        leave,
      }),
    search: (type, query) =>
      audited(guard, actor, {
        request: { interaction: 'search', type },
        get: async () => {
          const rights = sight ? rightsOf(sight, 'search', mayWalk) : { mayWalk }
          const page = allowedOf(guard, actor, await unit.search(type, query, rights))
          return { ...page, matches: page.matches.map(shown), included: page.included.map(shown) }
        },
        seen: (page) => seenPage(query, page),
        leave,
      }),
    find: async (wanted) =>
      (await findDecided(guard, actor, { unit: seen('search'), wanted, leave })).map(shown),
    write: (changes) => writeDecided(guard, actor, { unit, sight, changes, leave }),
  }
}

/** One decision and one audit entry for each type that is looked for. */
async function findDecided(
  guard: Guard,
  actor: Actor,
  {
    unit,
    wanted,
    leave,
  }: { unit: Pick<Unit, 'find'>; wanted: readonly Wanted[]; leave: (access: Access) => void },
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
  {
    unit,
    sight,
    changes,
    leave,
  }: Omit<Guarding, 'trail'> & { changes: readonly Change[]; leave: (access: Access) => void },
): Promise<readonly Version[]> {
  const requests = changes.map(requestOf)
  for (const request of requests) refuse(guard, actor, request, leave)
  if (sight) {
    const note = (request: WriteRequest, reason: string) =>
      leave({ ...accessOf(request), outcome: 'refused', detail: reason })
    await refuseUnseen(unit, { actor, sight, requests, changes, note })
    await refuseBlindConditions(unit, { actor, sight, changes })
  }
  try {
    const versions = await unit.write(await governed(guard, actor, { unit, changes }))
    if (sight) await refuseOutside(unit, { actor, sight, requests, versions })
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
  throw refusalOf(decision)
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
