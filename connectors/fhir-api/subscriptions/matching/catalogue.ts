/** Subscriptions and topics as the matching of changes needs them: in memory, by type, read again when something of them changed. */

import type { TenantId } from '@xinglin/events'
import { epochMs, type ResourceType } from '@xinglin/fhir'
import type { ParseOptions } from '@xinglin/fhir/search'
import { type Filter, parseFilters } from '../definition/filters.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import type { SubscriptionSettings } from '../settings.ts'
import type { SubscriptionRow } from '../store/rows.ts'
import { changeMark, listeningSubscriptions } from '../store/subscriptions.ts'
import { ownTopics } from '../store/topics.ts'
import { builtInTopics } from '../topics/built-in.ts'
import type { Topic, TriggerType } from '../topics/topic.ts'
import { type ReadyTopic, readyTopic } from './judge.ts'

/** A topic with everybody who listens to it. */
export type Audience = { readonly topic: ReadyTopic; readonly listeners: readonly Listener[] }
export type Listener = { readonly row: SubscriptionRow; readonly filters: readonly Filter[] }

export interface Catalogue {
  /** Reads again what changed; called before each batch. Gives the subscriptions whose topic does not serve them any more. */
  refresh(): Promise<readonly SubscriptionRow[]>
  /** Who may be concerned by a change of a type; nothing for most types. */
  audiences(tenant: TenantId, type: ResourceType): readonly Audience[]
}

type Needs = Pick<SubscriptionsKernel, 'database' | 'runtime'> & { readonly settings: SubscriptionSettings }

/** An empty catalogue; `refresh` fills it. */
export function createCatalogue({ database, runtime, settings }: Needs): Catalogue {
  let mark: string | undefined
  let byType: ReadonlyMap<string, readonly Audience[]> = new Map()
  return {
    async refresh() {
      const present = await changeMark(database)
      if (present === mark) return []
      const [rows, own] = await Promise.all([listeningSubscriptions(database), ownTopics(database)])
      const parse = parseOptions(runtime, settings)
      const { served, orphans } = sorted(rows, (tenant) => topicsOf(tenant, own), parse)
      byType = await gather(served, parse)
      mark = present
      return orphans
    },
    audiences: (tenant, type) => [
      ...(byType.get(`${tenant} ${type}`) ?? []),
      ...(byType.get(`${tenant} Resource`) ?? []),
    ],
  }
}

/** How filters and criteria read dates and own addresses. */
export function parseOptions(
  runtime: SubscriptionsKernel['runtime'],
  { baseUrl }: SubscriptionSettings,
): ParseOptions {
  return { timeZone: runtime.timeZone, nowMs: epochMs(runtime.now()), baseUrl }
}

function topicsOf(tenant: TenantId, own: readonly { tenant: TenantId; topic: Topic }[]): readonly Topic[] {
  return [...builtInTopics, ...own.flatMap((each) => (each.tenant === tenant ? [each.topic] : []))]
}

type Served = { readonly row: SubscriptionRow; readonly topic: Topic; readonly filters: readonly Filter[] }

function sorted(
  rows: readonly SubscriptionRow[],
  topicsFor: (tenant: TenantId) => readonly Topic[],
  parse: ParseOptions,
): { readonly served: readonly Served[]; readonly orphans: readonly SubscriptionRow[] } {
  const served: Served[] = []
  const orphans: SubscriptionRow[] = []
  for (const row of rows) {
    const topic = topicsFor(row.tenant).find(({ url }) => url === row.definition.topic)
    const filters = topic && filtersOf(row, topic, parse)
    if (topic && filters) served.push({ row, topic, filters })
    else orphans.push(row)
  }
  return { served, orphans }
}

/** By institution and type; a topic is made ready once for all who listen to it. */
async function gather(
  served: readonly Served[],
  parse: ParseOptions,
): Promise<ReadonlyMap<string, readonly Audience[]>> {
  const byTopic = Map.groupBy(served, ({ row, topic }) => `${row.tenant} ${topic.url}`)
  const byType = new Map<string, Audience[]>()
  for (const listeners of byTopic.values()) {
    const [first] = listeners
    if (!first) continue
    const audience = { topic: await readyTopic(first.topic, parse), listeners }
    for (const type of new Set<TriggerType>(first.topic.triggers.map(({ resource }) => resource))) {
      const key = `${first.row.tenant} ${type}`
      byType.set(key, [...(byType.get(key) ?? []), audience])
    }
  }
  return byType
}

/** Undefined where a topic was changed so that it no longer knows a filter. */
function filtersOf({ definition }: SubscriptionRow, topic: Topic, parse: ParseOptions) {
  try {
    return parseFilters(definition.filters, topic, parse)
  } catch (error) {
    if (error instanceof Error && error.name === 'OutcomeError') return undefined
    throw error
  }
}
