/** What an erasure comes to: all ids of the person, what of his chart a law keeps, and what may go. */

import type { TenantId } from '@xinglin/events'
import { type Patient, parseReference } from '@xinglin/fhir'
import { parseVersion } from '@xinglin/records'
import type { ErasureKept, Retention } from '../contract.ts'
import { type Kept, keptBy, lawOf, retentionsOf } from '../retention/retention.ts'
import type { ErasureKernel, SealedPerson } from './erasure.ts'
import type { PlannedPart } from './rows.ts'

export type Plan = SealedPerson & {
  readonly parts: readonly PlannedPart[]
  readonly kept: readonly ErasureKept[]
}

/** Shorter values stand in other people's texts by chance. */
const leastCharacters = 5
const versionsAtOnce = 200

export async function makePlan(kernel: ErasureKernel, tenant: TenantId, patient: string): Promise<Plan> {
  const patients = await idsOf(kernel, tenant, patient)
  const numbers = await numbersOf(kernel, tenant, patients)
  const { own, others } = await chartOf(kernel, tenant, patients)
  const { runtime } = kernel
  const chart = new Map(own.map((part) => [`${part.type}/${part.id}`, part]))
  const retentions = retentionsOf(own, { now: runtime.now(), timeZone: runtime.timeZone })
  const judged = own.map((part) => ({ part, keeping: keptBy(part, { chart, retentions }) }))
  const kept = retentions.flatMap(({ rule, until }) => {
    const resources = judged.filter(({ keeping }) => keeping?.rule === rule).length
    return resources === 0 ? [] : [{ rule, until, resources, ...lawOf(rule) }]
  })
  const parts = [
    ...judged.map(({ part, keeping }) => plannedOf(part, keeping ? 'keep' : 'erase')),
    ...others.map((part) => plannedOf(part, 'unname')),
  ]
  return { patients, numbers, parts, kept }
}

type Held = Kept & {
  readonly type: PlannedPart['type']
  readonly version: number
  readonly isDeleted: boolean
}

function plannedOf({ type, id, version, isDeleted }: Held, fate: PlannedPart['fate']): PlannedPart {
  return { type, id, version, fate, isDeleted }
}

/** Records that were merged into one another are one person. */
async function idsOf(
  { records }: Pick<ErasureKernel, 'records'>,
  tenant: TenantId,
  patient: string,
): Promise<readonly string[]> {
  const ids = new Set([patient])
  for (const id of ids) {
    const own = await records.read(tenant, 'Patient', id)
    const pointing = await records.search(tenant, 'Patient', [
      ['link', `Patient/${id}`],
      ['_count', '100'],
    ])
    const present = own && own.interaction !== 'delete' ? [own] : []
    for (const version of [...present, ...pointing.matches])
      for (const [one, other] of mergesIn(version.id, parseVersion(version, 'Patient')))
        if (one === id || other === id) ids.add(one).add(other)
  }
  return [...ids]
}

function mergesIn(id: string, { link = [] }: Patient): readonly (readonly [string, string])[] {
  return link.flatMap(({ type, other }) => {
    const target = parseReference(other.reference)
    const isMerge = type === 'replaced-by' || type === 'replaces'
    return isMerge && target?.type === 'Patient' ? [[id, target.id] as const] : []
  })
}

/** What in his Patients, in any version, tells him from others: numbers of papers and cards, phones, mail. */
async function numbersOf(
  { records }: ErasureKernel,
  tenant: TenantId,
  patients: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const id of patients) {
    let before: string | undefined
    do {
      const page = await records.history(tenant, {
        ...{ type: 'Patient', id, count: versionsAtOnce },
        ...(before === undefined ? {} : { before }),
      })
      for (const version of page.versions.filter(({ json }) => json !== '')) {
        const { identifier = [], telecom = [] } = parseVersion(version, 'Patient')
        for (const { value } of [...identifier, ...telecom])
          if (value && value.length >= leastCharacters) found.add(value)
      }
      before = page.next
    } while (before !== undefined)
  }
  return [...found].sort()
}

/** Until when a law keeps anything of the chart; undefined where none ever did. */
export async function retentionOf(
  kernel: Pick<ErasureKernel, 'records' | 'runtime'>,
  tenant: TenantId,
  patient: string,
): Promise<Retention | undefined> {
  const { own } = await chartOf(kernel, tenant, await idsOf(kernel, tenant, patient))
  const { runtime } = kernel
  return retentionsOf(own, { now: runtime.now(), timeZone: runtime.timeZone })[0]
}

async function chartOf(
  { records }: Pick<ErasureKernel, 'records'>,
  tenant: TenantId,
  patients: readonly string[],
): Promise<{ readonly own: readonly Held[]; readonly others: readonly Held[] }> {
  const own: Held[] = []
  const others: Held[] = []
  let after: string | undefined
  do {
    const page = await records.erasing.parts({ tenant, patients }, after)
    for (const { version, belonging } of page.parts) {
      const { type, id, interaction, json } = version
      const isDeleted = interaction === 'delete'
      const held = {
        type,
        id,
        version: version.version,
        isDeleted,
        ...(isDeleted ? {} : { resource: JSON.parse(json) }),
      }
      ;(belonging === 'own' ? own : others).push(held)
    }
    after = page.next
  } while (after !== undefined)
  return { own, others }
}
