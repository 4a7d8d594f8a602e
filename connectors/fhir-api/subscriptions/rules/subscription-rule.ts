/**
 * What a Subscription must be when it is written, whoever writes it by whatever door: an allowed topic, filters and channel
 * of a person or client who may read what it tells. The platform sets its status; its headers never reach the record.
 */

import { busy, forbidden, invalid, type ResourceType, type Subscription, unsupported } from '@xinglin/fhir'
import { isValidResource } from '@xinglin/fhir/validate'
import type { Actor, WriteRule } from '@xinglin/identity'
import type { Change, Unit } from '@xinglin/records'
import type { SubscriptionDefinition } from '../definition/definition.ts'
import { hiddenHeader, hiddenValue, readHeader } from '../definition/endpoint.ts'
import { type Filter, parseFilters } from '../definition/filters.ts'
import { readSubscription } from '../definition/read-subscription.ts'
import { refuseUnreachable } from '../delivery/refuse-unreachable.ts'
import { stateKeeper } from '../delivery/state.ts'
import type { SubscriptionsKernel } from '../kernel.ts'
import { mostOfInstitution, mostOfOwner } from '../limits.ts'
import { codesOf } from '../matching/beyond.ts'
import { parseOptions } from '../matching/catalogue.ts'
import type { SubscriptionSettings } from '../settings.ts'
import type { SubscriptionKey, SubscriptionRow } from '../store/rows.ts'
import { countSubscriptions, lockSubscription, putSubscription, setStatus } from '../store/subscriptions.ts'
import { findTopic } from '../store/topics.ts'
import { toldTypes } from '../topics/told-types.ts'
import { announceWake } from '../wake.ts'

type Needs = { readonly kernel: SubscriptionsKernel; readonly settings: SubscriptionSettings }
type Act = { readonly actor: Actor; readonly unit: Unit; readonly key: SubscriptionKey }

/** The rule for Subscription; `identity.govern` applies it. */
export function subscriptionRule(needs: Needs): WriteRule {
  return async ({ actor, unit, change }) => {
    if (actor.kind === 'system' && actor.id === stateKeeper) return change
    const key = { tenant: unit.tenant, id: idOf(change) ?? needs.kernel.runtime.newId() }
    const act = { actor, unit, key }
    if (change.kind === 'delete') {
      await end(needs, act)
      return change
    }
    // What breaks the base definition is refused by the record with every issue.
    if (change.resource.resourceType !== 'Subscription' || !isValidResource(change.resource)) return change
    const resource = await accepted(needs, act, change.resource)
    return change.kind === 'create' ? { ...change, id: key.id, resource } : { ...change, resource }
  }
}

function idOf(change: Change): string | undefined {
  if (change.kind === 'delete') return change.id
  return change.kind === 'create' ? (change.id ?? change.resource.id) : change.resource.id
}

async function end({ kernel }: Needs, { unit, key }: Act): Promise<void> {
  const row = await lockSubscription(unit.transaction, key)
  if (!row) return
  await setStatus(unit.transaction, key, { status: 'off', revision: kernel.runtime.newId() })
}

async function accepted(needs: Needs, act: Act, resource: Subscription): Promise<Subscription> {
  const { kernel } = needs
  const { unit, key, actor } = act
  const present = await lockSubscription(unit.transaction, key)
  if (resource.status === 'off') {
    if (present) await setStatus(unit.transaction, key, { status: 'off', revision: kernel.runtime.newId() })
    return withoutSecrets(resource)
  }
  refuseNonOwner(actor, present)
  const definition = await definitionOf(needs, act, resource)
  const beginsAnew = !present || present.status === 'off'
  if (beginsAnew) await refuseTooMany(unit, actor)
  const headers = headersOf(resource, present)
  const revision = kernel.runtime.newId()
  const owner = { owner: actor.reference, scopes: actor.scopes }
  await putSubscription(unit.transaction, { ...key, ...owner, definition, headers, revision }, { beginsAnew })
  unit.transaction.afterCommit(() => announceWake(kernel))
  const { error: _past, ...asked } = withoutSecrets(resource)
  return { ...asked, status: 'requested' }
}

async function definitionOf(
  { kernel, settings }: Needs,
  { unit, actor }: Act,
  resource: Subscription,
): Promise<SubscriptionDefinition> {
  const definition = readSubscription(resource, kernel.runtime.timeZone)
  const topic = await findTopic(unit.transaction, unit.tenant, definition.topic)
  if (!topic)
    throw unsupported('there is no such subscription topic here; the CapabilityStatement lists them', {
      code: 'subscription.criteria',
      at: 'Subscription.criteria',
    })
  await refuseUnanswerable(
    kernel,
    actor,
    parseFilters(definition.filters, topic, {
      ...parseOptions(kernel.runtime, settings),
      mayWalk: (type) =>
        kernel.identity.decide(actor, { kind: 'record', interaction: 'search', type }).isAllowed,
    }),
  )
  for (const type of toldTypes(topic, definition.filters)) demandReading(kernel, actor, type)
  refuseUnreachable(definition.channel, settings)
  return definition
}

/** A filter by a value set that is not known here would never let anything pass. */
async function refuseUnanswerable(
  kernel: SubscriptionsKernel,
  { tenant }: Actor,
  filters: readonly Filter[],
): Promise<void> {
  for (const { query } of filters.flatMap(({ beyond }) => beyond))
    if (query.kind === 'token') await codesOf(kernel, tenant, query)
}

/** That something changed is told with the emptiest payload too, so every subscriber needs the right to read it. */
function demandReading({ identity }: SubscriptionsKernel, actor: Actor, type: ResourceType | '*'): void {
  identity.demand(actor, { kind: 'record', interaction: 'read', type })
}

/** Otherwise who may change it could have others' data sent in the owner's name, or have his own rights used by them. */
function refuseNonOwner(actor: Actor, present: SubscriptionRow | undefined): void {
  if (actor.kind === 'system')
    throw unsupported('a subscription belongs to a person or a machine client, who must send it', {
      code: 'subscription.owner',
    })
  if (!present || present.status === 'off' || present.owner === actor.reference) return
  throw forbidden('only its owner may change a subscription; others may switch it off or delete it', {
    code: 'subscription.owner',
  })
}

async function refuseTooMany(unit: Unit, actor: Actor): Promise<void> {
  const count = await countSubscriptions(unit.transaction, { tenant: unit.tenant, owner: actor.reference })
  if (count.all < mostOfInstitution && count.own < mostOfOwner) return
  throw busy(
    `there are too many subscriptions (at most ${mostOfOwner} of one owner, ${mostOfInstitution} of the institution); delete some`,
    { code: 'subscription.too-many' },
  )
}

/** A hidden value that comes back with a changed resource stands for the one that is kept. */
function headersOf({ channel }: Subscription, present: SubscriptionRow | undefined): readonly string[] {
  return (channel.header ?? []).map((written) => {
    const { name, value } = readHeader(written)
    if (value !== hiddenValue) return written
    const kept = present?.headers.find((each) => readHeader(each).name === name)
    if (kept !== undefined) return kept
    throw invalid(`the value of the header ${name} is not kept here; send it`, {
      code: 'subscription.header',
      at: 'Subscription.channel.header',
    })
  })
}

function withoutSecrets(resource: Subscription): Subscription {
  const { channel } = resource
  if (!channel.header) return resource
  return { ...resource, channel: { ...channel, header: channel.header.map(hiddenHeader) } }
}
