/**
 * Two records of one person become one (docs/decisions/0008, 0073): in one transaction the merged Patient becomes inactive
 * and names the survivor, the survivor takes its identifiers as old ones, all that refers to it refers to the survivor, and
 * every version before and after is written down.
 */
import type { Kernel } from '@xinglin/app'
import { conflict, type Identifier, notFound, type Patient, type ResourceOf } from '@xinglin/fhir'
import { type Change, parseVersion, type Unit, type Version } from '@xinglin/records'
import { replacedBy } from '../index/replaced-by.ts'
import { referringTo } from './chart.ts'
import { type Moved, writeMerge } from './ledger.ts'
import { lifecycleProvenance } from './lifecycle.ts'
import { withPatient } from './references.ts'

export type Merging = {
  readonly survivor: string
  readonly merged: string
  readonly reason: string
  /** Shown in the list of merges. */
  readonly actorDisplay: string
}

/** Merges, and answers the number of the merge and how many resources it moved. */
export async function mergePatients(
  kernel: Pick<Kernel, 'records' | 'runtime'>,
  unit: Unit,
  { survivor, merged, reason, actorDisplay }: Merging,
): Promise<{ readonly merge: string; readonly moved: number }> {
  const { keeps, goes, chart, taken } = await planMerge(kernel, unit, { survivor, merged })
  const changes: readonly Update[] = [
    updated(keeps.version, survivorOf(keeps.patient, taken, merged)),
    updated(goes.version, mergedOf(goes.patient, survivor)),
    ...chart.map((version) =>
      updated(version, withPatient(parseVersion(version, version.type), merged, survivor)),
    ),
  ]
  const written = await unit.write(changes)
  const moved = written.map(({ type, id, version }, index): Moved => {
    const before = changes[index]?.ifVersion ?? version - 1
    return { type, id, before, after: version }
  })
  const id = kernel.runtime.newId()
  const { at, actor } = unit
  await writeMerge(unit.transaction, unit.tenant, {
    ...{ id, survivor, merged, at, actor, actorDisplay, reason, moved, origin: 'desk' },
  })
  const provenance = { activity: 'merge', merge: id, reason, actorDisplay, at, versions: written } as const
  await unit.write([{ kind: 'create', resource: lifecycleProvenance(provenance) }])
  unit.state({
    ...{
      kind: 'master-index.patients-merged',
      resourceType: 'Patient',
      resourceId: survivor,
      patient: survivor,
    },
    data: { merge: id, merged, resources: chart.length },
  })
  return { merge: id, moved: chart.length }
}

export type MergePlan = {
  readonly keeps: Standing
  readonly goes: Standing
  /** What refers to the merged patient and will refer to the survivor. */
  readonly chart: readonly Version[]
  /** Numbers of the merged patient that the survivor takes as old ones. */
  readonly taken: readonly Identifier[]
}

/** What a merge would do; throws where either record is not there, or was merged before. */
export async function planMerge(
  kernel: Pick<Kernel, 'records'>,
  unit: Unit,
  { survivor, merged }: Pick<Merging, 'survivor' | 'merged'>,
): Promise<MergePlan> {
  if (survivor === merged)
    throw conflict('a record cannot be merged into itself', {
      code: 'master-index.same-record',
      at: 'merged',
    })
  const [keeps, goes] = [await standing(unit, survivor, 'survivor'), await standing(unit, merged, 'merged')]
  const chart = await referringTo(kernel, unit, merged)
  return { keeps, goes, chart, taken: takenFrom(keeps.patient, goes.patient) }
}

type Standing = { readonly version: Version; readonly patient: ResourceOf<'Patient'> }

async function standing(unit: Unit, id: string, at: 'survivor' | 'merged'): Promise<Standing> {
  const version = await unit.read('Patient', id)
  if (!version || version.interaction === 'delete')
    throw notFound(`there is no Patient/${id}`, { code: 'master-index.no-patient', at })
  const patient = parseVersion(version, 'Patient')
  const into = replacedBy(patient)
  if (into)
    throw conflict(`Patient/${id} was merged into Patient/${into}; merge that record instead`, {
      ...{ code: 'master-index.merged-already', at },
    })
  return { version, patient }
}

type Update = Extract<Change, { readonly kind: 'update' }>

function updated({ version }: Version, resource: Update['resource']): Update {
  return { kind: 'update', resource, ifVersion: version }
}

function takenFrom({ identifier: own = [] }: Patient, goes: Patient): readonly Identifier[] {
  const isOwn = (identifier: Identifier) =>
    own.some(({ system, value }) => system === identifier.system && value === identifier.value)
  return (goes.identifier ?? []).flatMap((each) => (isOwn(each) ? [] : [{ ...each, use: 'old' as const }]))
}

function survivorOf(keeps: Patient, taken: readonly Identifier[], merged: string): Patient {
  const own = keeps.identifier ?? []
  return {
    ...keeps,
    ...(own.length + taken.length > 0 ? { identifier: [...own, ...taken] } : {}),
    link: linked(keeps, merged, 'replaces'),
  }
}

function mergedOf(goes: Patient, survivor: string): Patient {
  return { ...goes, active: false, link: linked(goes, survivor, 'replaced-by') }
}

function linked(
  { link = [] }: Patient,
  id: string,
  type: 'replaces' | 'replaced-by',
): NonNullable<Patient['link']> {
  const other = { reference: `Patient/${id}` }
  return [...link.filter((each) => each.other.reference !== other.reference), { other, type }]
}
