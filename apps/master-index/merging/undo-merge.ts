/**
 * An undone merge: both charts as they stood, from what the merge wrote down. What nobody has touched since becomes what
 * it was; what was changed since keeps its change and goes back with its references; what came since stays with the
 * survivor unless the one who undoes names it. A conflict is told and left for a person.
 */
import type { Kernel } from '@xinglin/app'
import type { Queryable } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import {
  conflict,
  type Identifier,
  notFound,
  type Patient,
  type Resource,
  type ResourceType,
} from '@xinglin/fhir'
import { type Change, parseVersion, type Unit, type Version } from '@xinglin/records'
import { referringTo } from './chart.ts'
import { type Merge, type Moved, markUndone, movedBy, readMerge, standingMergeOf } from './ledger.ts'
import { lifecycleProvenance } from './lifecycle.ts'
import { isSame, movedBack, withoutMeta, withPatient } from './references.ts'

export type PlannedItem = {
  readonly type: ResourceType
  readonly id: string
  /** `restored`: as before; `moved-back`: with what was changed since; `deleted` and `conflict` stay as they are. */
  readonly kind: 'restored' | 'moved-back' | 'deleted' | 'conflict'
}

export type UndoPlan = {
  readonly merge: Merge
  readonly items: readonly PlannedItem[]
  /** What came to the survivor since, newest first; it stays there unless it is named. */
  readonly since: readonly { readonly type: ResourceType; readonly id: string }[]
  readonly changes: readonly Update[]
}

type Update = Extract<Change, { readonly kind: 'update' }>
type Needs = Pick<Kernel, 'records' | 'runtime'>
type Reading = Pick<Unit, 'find' | 'search' | 'tenant'> & { readonly from: Queryable }

/** What undoing a merge would do; throws where it was undone, or where a later merge must be undone first. */
export async function planUndo(
  kernel: Pick<Kernel, 'records'>,
  unit: Reading,
  { merge: id, alsoMove = [] }: { readonly merge: string; readonly alsoMove?: readonly string[] },
): Promise<UndoPlan> {
  const merge = await undoable(unit.from, unit.tenant, id)
  const moved = await movedBy(unit.from, unit.tenant, id)
  const states = await statesOf(kernel, unit, moved)
  const planned = states.map((state) => plannedItem(merge, state))
  const movedKeys = new Set(moved.map(keyOf))
  const since = (await referringTo(kernel, unit, merge.survivor)).filter(
    (version) => !movedKeys.has(keyOf(version)) && isSince(version, merge),
  )
  const named = since.filter((version) => alsoMove.includes(keyOf(version)))
  return {
    merge,
    items: planned.map(({ item }) => item),
    since: since.map(({ type, id: resource }) => ({ type, id: resource })),
    changes: [
      ...planned.flatMap(({ change }) => change ?? []),
      ...named.map((version) =>
        changeOf(version, withPatient(parseVersion(version, version.type), merge.survivor, merge.merged)),
      ),
    ],
  }
}

/** Undoes a merge; answers what became of each resource. */
export async function undoMerge(
  kernel: Needs,
  unit: Unit,
  asked: {
    readonly merge: string
    readonly alsoMove?: readonly string[]
    readonly reason: string
    readonly actorDisplay: string
  },
): Promise<UndoPlan> {
  const reading = { find: unit.find, search: unit.search, tenant: unit.tenant, from: unit.transaction }
  const plan = await planUndo(kernel, reading, asked)
  const { merge, items, changes } = plan
  const blocked = items.find(({ type, kind }) => type === 'Patient' && kind === 'deleted')
  if (blocked)
    throw conflict(`Patient/${blocked.id} has been deleted since; it cannot be taken apart`, {
      code: 'master-index.patient-deleted',
    })
  const versions = await unit.write(changes)
  const { reason, actorDisplay } = asked
  await markUndone(unit.transaction, unit.tenant, {
    ...{ id: merge.id, at: unit.at, by: unit.actor, display: actorDisplay, reason },
  })
  const provenance = {
    activity: 'unmerge',
    merge: merge.id,
    reason,
    actorDisplay,
    at: unit.at,
    versions,
  } as const
  await unit.write([{ kind: 'create', resource: lifecycleProvenance(provenance) }])
  const { survivor, merged } = merge
  unit.state({
    ...{
      kind: 'master-index.merge-undone',
      resourceType: 'Patient',
      resourceId: survivor,
      patient: survivor,
    },
    data: { merge: merge.id, merged, resources: changes.length },
  })
  return plan
}

async function undoable(from: Queryable, tenant: TenantId, id: string): Promise<Merge> {
  const merge = await readMerge(from, tenant, id)
  if (!merge) throw notFound(`there is no merge ${id}`, { code: 'master-index.no-merge', at: 'merge' })
  if (merge.undone)
    throw conflict(`merge ${id} was undone already`, { code: 'master-index.undone-already', at: 'merge' })
  const later = await standingMergeOf(from, tenant, merge.survivor)
  if (later)
    throw conflict(`Patient/${merge.survivor} was itself merged later; undo merge ${later.id} first`, {
      ...{ code: 'master-index.merged-further', at: 'merge' },
    })
  return merge
}

type State = {
  readonly moved: Moved
  readonly before: Resource
  readonly after: Resource
  readonly current: Version | undefined
}

const keyOf = ({ type, id }: { readonly type: string; readonly id: string }) => `${type}/${id}`

async function statesOf(
  { records }: Pick<Kernel, 'records'>,
  unit: Reading,
  moved: readonly Moved[],
): Promise<readonly State[]> {
  const wanted = moved.flatMap(({ type, id, before, after }) => [
    { type, id, version: before },
    { type, id, version: after },
  ])
  const stored = new Map(
    (await records.readVersions(unit.tenant, wanted)).map((version) => [
      `${keyOf(version)}/${version.version}`,
      version,
    ]),
  )
  const current = new Map(
    (await unit.find(moved.map(({ type, id }) => ({ type, id })))).map((each) => [keyOf(each), each]),
  )
  return moved.flatMap((each) => {
    const [before, after] = [each.before, each.after].map((version) =>
      stored.get(`${keyOf(each)}/${version}`),
    )
    if (!before || !after) return []
    return [
      {
        moved: each,
        before: parseVersion(before, before.type),
        after: parseVersion(after, after.type),
        current: current.get(keyOf(each)),
      },
    ]
  })
}

function plannedItem(
  merge: Merge,
  { moved: { type, id }, before, after, current }: State,
): { readonly item: PlannedItem; readonly change?: Update } {
  if (!current) return { item: { type, id, kind: 'deleted' } }
  const now = parseVersion(current, current.type)
  const back =
    before.resourceType === 'Patient' && after.resourceType === 'Patient' && now.resourceType === 'Patient'
      ? patientBack({ before, after, current: now })
      : movedBack({ before, after, current: now }, merge.merged, merge.survivor)
  if (back.kind === 'conflict') return { item: { type, id, kind: 'conflict' } }
  return { item: { type, id, kind: back.kind }, change: changeOf(current, back.resource) }
}

/** A Patient loses what the merge gave it: links, numbers taken as old ones, and being inactive. */
function patientBack(versions: {
  readonly before: Patient
  readonly after: Patient
  readonly current: Patient
}) {
  const { before, after, current } = versions
  if (isSame(after, current)) return { kind: 'restored', resource: withoutMeta(before) } as const
  const link = (current.link ?? []).filter(
    (each) => !added(before.link, after.link, sameLink).some((one) => sameLink(one, each)),
  )
  const given = added(before.identifier, after.identifier, sameNumber)
  const identifier = (current.identifier ?? []).filter((each) => !given.some((one) => sameNumber(one, each)))
  const { link: _link, identifier: _identifier, active: _active, ...rest } = current
  const active = before.active === after.active ? current.active : before.active
  const resource: Patient = {
    ...rest,
    ...(active === undefined ? {} : { active }),
    ...(link.length > 0 ? { link } : {}),
    ...(identifier.length > 0 ? { identifier } : {}),
  }
  return { kind: 'moved-back', resource } as const
}

type Link = NonNullable<Patient['link']>[number]
const sameLink = (left: Link, right: Link) =>
  left.type === right.type && left.other.reference === right.other.reference
const sameNumber = (left: Identifier, right: Identifier) =>
  left.system === right.system && left.value === right.value

function added<T>(
  before: readonly T[] = [],
  after: readonly T[] = [],
  isSameOne: (left: T, right: T) => boolean,
): readonly T[] {
  return after.filter((each) => !before.some((one) => isSameOne(one, each)))
}

function changeOf({ id, version }: Version, resource: Resource): Update {
  return { kind: 'update', resource: { ...resource, id }, ifVersion: version }
}

/** Whether a resource was made after the merge: it was not there to be moved. */
function isSince({ version, updated }: Version, { at }: Merge): boolean {
  return version === 1 && Date.parse(updated) > Date.parse(at)
}
