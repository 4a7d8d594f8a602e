/**
 * From the log to events: one durable reader of `record.*` looks who listens to each change and keeps an event for each.
 * Events and the reader's place commit together, so that each change is counted once whatever process dies when.
 */

import { sql, type Transaction } from '@xinglin/database'
import type { Consumer, LogEntry, TenantId } from '@xinglin/events'
import { fault, type Resource, type ResourceType } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import type { Version, VersionWanted } from '@xinglin/records'
import { moveTo } from '../delivery/state.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import type { SubscriptionSettings } from '../settings.ts'
import { appendEvents, type NewEvent } from '../store/events.ts'
import type { SubscriptionRow } from '../store/rows.ts'
import type { TopicInteraction } from '../topics/topic.ts'
import { wakeChannel } from '../wake.ts'
import { type Beyond, createBeyond, type Listened } from './beyond.ts'
import { type Audience, type Catalogue, createCatalogue } from './catalogue.ts'
import { type Changed, changedOf, isEventOf, passesFilters } from './judge.ts'

/** Changes of one transaction of the reader: a round is eight statements, and nobody but the reader waits for it. */
const changesAtOnce = 500

const interactions: Readonly<Record<string, TopicInteraction>> = {
  'record.created': 'create',
  'record.updated': 'update',
  'record.deleted': 'delete',
}

/** The reader of the log that makes events; not started. */
export function createMatcher(kernel: SubscriptionsKernel, settings: SubscriptionSettings): Consumer {
  const catalogue = createCatalogue({ ...kernel, settings })
  return kernel.events.consumer({
    name: 'subscriptions.match',
    kinds: Object.keys(interactions),
    from: 'now',
    batchSize: changesAtOnce,
    async handle(entries, transaction) {
      for (const orphan of await catalogue.refresh()) await giveUp(kernel, orphan)
      const events = await eventsOf(kernel, catalogue, entries)
      if (events.length > 0) await keep(transaction, events)
    },
  })
}

/** A topic may be removed, or changed so that it does not know a filter any more: subscribers must not wait in vain. */
async function giveUp(
  kernel: SubscriptionsKernel,
  row: SubscriptionRow,
  error = 'its topic is gone, or no longer allows its filters',
): Promise<void> {
  if (row.status === 'error') return
  await moveTo(kernel, row, { status: 'error', revision: row.revision, error })
}

async function keep(transaction: Transaction, events: readonly NewEvent[]): Promise<void> {
  await appendEvents(transaction, events)
  // In this transaction: it holds PostgreSQL's notification lock over one commit of one reader only.
  await transaction.query(sql`select pg_notify(${wakeChannel}, '')`)
}

type Concerned = {
  readonly entry: LogEntry
  readonly change: VersionWanted
  readonly interaction: TopicInteraction
  readonly audiences: readonly Audience[]
}

/** The events of a batch, in the order of the log. */
async function eventsOf(
  kernel: SubscriptionsKernel,
  catalogue: Catalogue,
  entries: readonly LogEntry[],
): Promise<readonly NewEvent[]> {
  const concerned = entries.flatMap((entry) => concernedBy(catalogue, entry))
  if (concerned.length === 0) return []
  const versions = await versionsOf(kernel, concerned)
  const beyond = createBeyond(kernel)
  const events: NewEvent[] = []
  for (const each of concerned) {
    const { event, changed, listeners } = eventOf(each, versions, kernel.runtime.timeZone)
    for (const listened of listeners)
      if (await isTold(kernel, beyond, { listened, changed: { ...changed, id: event.id } }))
        events.push({ of: { tenant: each.entry.tenant, id: listened.row.id }, event })
  }
  return events
}

/** Who can never be told again learns it by the status of his subscription, and is not left waiting. */
async function isTold(
  kernel: SubscriptionsKernel,
  beyond: Beyond,
  { listened, changed }: { readonly listened: Listened; readonly changed: Changed & { readonly id: string } },
): Promise<boolean> {
  const looked = await beyond.look(listened, changed)
  if (looked === 'impossible')
    await giveUp(kernel, listened.row, 'one of its filters can no longer be answered')
  return looked === 'passes'
}

function concernedBy(catalogue: Catalogue, entry: LogEntry): readonly Concerned[] {
  const { resourceType: type, resourceId: id, version, kind } = entry
  const interaction = interactions[kind]
  if (!interaction || !type || !isResourceType(type) || !id || version === undefined) return []
  const audiences = catalogue.audiences(entry.tenant, type)
  return audiences.length === 0 ? [] : [{ entry, change: { type, id, version }, interaction, audiences }]
}

type Versions = ReadonlyMap<string, Resource | undefined>

/** What each change made and what stood before it: one statement an institution. */
async function versionsOf(
  { records }: SubscriptionsKernel,
  concerned: readonly Concerned[],
): Promise<Versions> {
  const found = new Map<string, Resource | undefined>()
  for (const tenant of new Set(concerned.map(({ entry }) => entry.tenant))) {
    const wanted = concerned
      .filter(({ entry }) => entry.tenant === tenant)
      .flatMap(({ change }) => withPrevious(change))
    for (const version of await records.readVersions(tenant, wanted))
      found.set(keyOf(tenant, version), resourceOf(version))
  }
  return found
}

function withPrevious(change: VersionWanted): readonly VersionWanted[] {
  return change.version > 1 ? [change, { ...change, version: change.version - 1 }] : [change]
}

function keyOf(tenant: TenantId, { type, id, version }: VersionWanted): string {
  return `${tenant} ${type}/${id}/${version}`
}

function resourceOf({ json, interaction }: Version): Resource | undefined {
  return interaction === 'delete' ? undefined : JSON.parse(json)
}

/** The event of a change, and whose filters it passes as far as the resource itself tells. */
function eventOf(
  { entry, change, interaction, audiences }: Concerned,
  versions: Versions,
  timeZone: string,
): { readonly event: NewEvent['event']; readonly changed: Changed; readonly listeners: readonly Listened[] } {
  const { tenant, at, position } = entry
  if (!versions.has(keyOf(tenant, change)))
    throw fault(`a change of ${change.type} cannot be read; it is tried again`, {
      code: 'subscription.unread',
    })
  const changed = changedOf(
    {
      type: change.type as ResourceType,
      interaction,
      current: versions.get(keyOf(tenant, change)),
      previous: versions.get(keyOf(tenant, { ...change, version: change.version - 1 })),
    },
    timeZone,
  )
  const event = {
    at,
    type: change.type,
    id: change.id,
    version: change.version,
    patient: patientOf(changed, entry),
  }
  const listeners = audiences
    .filter(({ topic }) => isEventOf(topic, changed))
    .flatMap((audience) => audience.listeners)
    .filter(({ row, filters }) => position > (row.activeAfter ?? position) && passesFilters(filters, changed))
  return { event, changed, listeners }
}

function patientOf(changed: Changed, { patient }: LogEntry): string | null {
  return patient ?? changed.currentValues()?.patients[0] ?? changed.previousValues()?.patients[0] ?? null
}
