/** FHIR R4 patient-operation-everything of a chart as it stood at an instant, by pages, in the order of the present one. */
import type { Queryable } from '@xinglin/database'
import { epochMs, type ResourceType } from '@xinglin/fhir'
import { allResourceTypes } from '@xinglin/fhir/search'
import type { CompartmentPage, CompartmentQuery } from '../compartment.ts'
import { memberTypes } from '../compartment-parameters.ts'
import { badToken, tokenOf, valuesOf } from '../page-token.ts'
import { isMainMoment } from '../search/main-moment.ts'
import { chartAt, notOfOthers, type Past, type PastResource, resourcesAt } from './past-versions.ts'
import { readBefore } from './read-as-of.ts'

/** One page; the root is a deletion where the patient was deleted then, and undefined where it was not there yet. */
export async function compartmentBefore(
  from: Queryable,
  past: Past,
  asked: CompartmentQuery,
): Promise<CompartmentPage> {
  const of = { type: 'Patient', id: past.patient } as const
  const root = await readBefore(from, past, of)
  const isFirst = asked.after === undefined
  if (!root || root.interaction === 'delete')
    return { members: [], referred: [], ...(root && isFirst ? { root } : {}) }
  const chart = await chartAt(from, past, asked.types)
  const members = chart
    .filter(({ name }) => name !== `Patient/${of.id}`)
    .filter((resource) => isWanted(resource, asked))
    .sort((left, right) => inChartOrder(left, right, of.id))
  const start = isFirst ? 0 : placeAfter(members, asked.after ?? '')
  const shown = members.slice(start, start + asked.count)
  const last = start + asked.count < members.length ? shown.at(-1) : undefined
  const roots = isFirst ? await resourcesAt(from, past, [of]) : []
  const referred = await referredBy(from, past, { asked, resources: [...roots, ...shown] })
  return {
    ...(isFirst ? { root } : {}),
    members: shown.map(({ version }) => version),
    referred: referred.map(({ version }) => version),
    ...(last ? { next: tokenOf([last.name]) } : {}),
  }
}

function isWanted({ version, values }: PastResource, { since, care }: CompartmentQuery): boolean {
  if (since !== undefined && epochMs(version.updated) < epochMs(since)) return false
  const { clinicalMs } = values
  if (clinicalMs === undefined) return true
  if (care?.beforeMs !== undefined && clinicalMs >= care.beforeMs) return false
  const { fromMs } = care ?? {}
  if (fromMs === undefined || clinicalMs >= fromMs) return true
  // A stay that began before and lasted into the time that was asked.
  return values.dates.some(
    ({ parameter, highMs }) => isMainMoment(version.type, parameter) && highMs > fromMs,
  )
}

/** What is ordered by the chart first, by type and newest first; then what names the patient otherwise, as it was made. */
function inChartOrder(left: PastResource, right: PastResource, patient: string): number {
  const isOther = ({ charts }: PastResource) => Number(charts[0] !== patient)
  const others = isOther(left) - isOther(right)
  if (others !== 0) return others
  const byKey = left.key < right.key ? -1 : 1
  if (isOther(left) === 1) return byKey
  return (
    placeOfType(left.version.type) - placeOfType(right.version.type) ||
    momentOf(right) - momentOf(left) ||
    -byKey
  )
}

const places = new Map(allResourceTypes.map((type, place) => [type, place]))

function placeOfType(type: ResourceType): number {
  return places.get(type) ?? 0
}

/** Before every FHIR date where there is none: a difference of infinities has no order. */
function momentOf({ values }: PastResource): number {
  return values.clinicalMs ?? Number.MIN_SAFE_INTEGER
}

function placeAfter(members: readonly PastResource[], after: string): number {
  const [name] = valuesOf(after, 1)
  const index = members.findIndex((member) => member.name === name)
  if (index < 0) throw badToken()
  return index + 1
}

async function referredBy(
  from: Queryable,
  past: Past,
  { asked, resources }: { readonly asked: CompartmentQuery; readonly resources: readonly PastResource[] },
): Promise<readonly PastResource[]> {
  const members = memberTypes('Patient')
  const names = resources.flatMap(({ values }) =>
    values.references.flatMap(({ type, id }) =>
      type !== undefined &&
      id !== undefined &&
      !members.has(type) &&
      (!asked.types || isOf(asked.types, type))
        ? [{ type, id }]
        : [],
    ),
  )
  const found = notOfOthers(await resourcesAt(from, past, names), past)
  const isRecent = ({ version }: PastResource) =>
    asked.since === undefined || epochMs(version.updated) >= epochMs(asked.since)
  return found.filter(isRecent).toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

function isOf(types: readonly ResourceType[], type: string): boolean {
  return types.some((each) => each === type)
}
