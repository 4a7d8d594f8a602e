/** By which weights and thresholds an institution judges; every change is a version that says who and why. */
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import {
  type EvidenceRule,
  frequenciesOf,
  type Judging,
  type Model,
  matchingAmong,
  type NameFrequencies,
  type Person,
  type Thresholds,
  usualModel,
  usualThresholds,
} from '@xinglin/matching'

export type Settings = {
  /** 0 until somebody saves. */
  readonly version: number
  readonly thresholds: Thresholds
  readonly isAutomatic: boolean
  readonly training?: string
  readonly model: Model
  readonly people: number
}

type SettingsRow = {
  readonly version: number
  readonly upper: number
  readonly lower: number
  readonly evidence: readonly EvidenceRule[]
  readonly automatic: boolean
  readonly training: string | null
  readonly model: Model | null
}

/** What is in force now. */
export async function settingsOf(from: Queryable, tenant: TenantId): Promise<Settings> {
  const [saved] = await from.query<SettingsRow>(sql<SettingsRow>`
    select version, upper, lower, evidence, automatic, settings.training, training.model
    from master_index.settings as settings
    left join master_index.training as training
      on training.tenant = settings.tenant and training.id = settings.training
    where settings.tenant = ${tenant}
    order by version desc
    limit 1`)
  const [{ people } = { people: 0 }] = await from.query<{ people: number }>(sql<{ people: number }>`
    select people from master_index.population where tenant = ${tenant}`)
  const model = saved?.model ? { ...saved.model, matching: matchingAmong(people) } : usualModel(people)
  if (!saved) return { version: 0, thresholds: usualThresholds, isAutomatic: false, model, people }
  const { version, upper, lower, evidence, automatic: isAutomatic, training } = saved
  return {
    ...{ version, thresholds: { upper, lower, evidence }, isAutomatic, model, people },
    ...(training ? { training } : {}),
  }
}

/** How frequent the names of these people are in the institution. */
export async function namesAmong(
  from: Queryable,
  { tenant, people }: { readonly tenant: TenantId; readonly people: number },
  asked: readonly Person[],
): Promise<NameFrequencies> {
  const names = [...new Set(asked.flatMap((person) => person.names.map(({ text }) => text)))]
  const rows = await from.query<{ name: string; bearers: number }>(sql<{ name: string; bearers: number }>`
    select name, bearers
    from master_index.name_count
    where tenant = ${tenant} and name = any(${names}::text[])`)
  return frequenciesOf(new Map(rows.map(({ name, bearers }) => [name, bearers])), people)
}

/** What `judge` needs for one pair. */
export function judgingOf(
  { model, thresholds }: Settings,
  names: NameFrequencies,
  pair: readonly [Person, Person],
): Judging {
  return { model, thresholds, frequencyOf: names.of(...pair) }
}
