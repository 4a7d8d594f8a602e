/** What a Basic that defines a subscription topic must be when it is written: by whom it may be, and that it can be told. */

import { type Basic, busy, conflict } from '@xinglin/fhir'
import { isValidResource } from '@xinglin/fhir/validate'
import type { Actor, WriteRule } from '@xinglin/identity'
import type { Unit } from '@xinglin/records'
import type { SubscriptionsKernel } from '../kernel.ts'
import { mostTopics } from '../limits.ts'
import { parseOptions } from '../matching/catalogue.ts'
import { readyTopic } from '../matching/judge.ts'
import { topicPermission } from '../permissions.ts'
import type { SubscriptionSettings } from '../settings.ts'
import { ownTopics, putTopic, removeTopics } from '../store/topics.ts'
import { builtInTopics } from '../topics/built-in.ts'
import { isTopic, readTopic } from '../topics/read-topic.ts'

type Needs = { readonly kernel: SubscriptionsKernel; readonly settings: SubscriptionSettings }

/** The rule for Basic; those that are no topic pass. */
export function topicRule(needs: Needs): WriteRule {
  return async ({ actor, unit, change }) => {
    const id = change.kind === 'delete' ? change.id : (change.resource.id ?? needs.kernel.runtime.newId())
    if (change.kind === 'delete') {
      await forget(needs, { actor, unit, id })
      return change
    }
    const { resource } = change
    if (resource.resourceType !== 'Basic' || !isValidResource(resource)) return change
    const named = change.kind === 'create' ? (change.id ?? id) : id
    if (isTopic(resource)) await define(needs, { actor, unit, id: named }, resource)
    else await forget(needs, { actor, unit, id: named })
    return change.kind === 'create' ? { ...change, id: named } : change
  }
}

type Act = { readonly actor: Actor; readonly unit: Unit; readonly id: string }

async function forget({ kernel }: Needs, { actor, unit, id }: Act): Promise<void> {
  const own = await ownTopics(unit.transaction, unit.tenant)
  if (!own.some(({ basic }) => basic === id)) return
  demandDefining(kernel, actor)
  await removeTopics(unit.transaction, { tenant: unit.tenant, basic: id })
}

async function define({ kernel, settings }: Needs, { actor, unit, id }: Act, basic: Basic): Promise<void> {
  demandDefining(kernel, actor)
  const topic = readTopic(basic)
  await readyTopic(topic, parseOptions(kernel.runtime, settings))
  const own = await ownTopics(unit.transaction, unit.tenant)
  if (own.length >= mostTopics && !own.some((each) => each.basic === id))
    throw busy(`there are ${mostTopics} topics; delete some`, { code: 'subscription.too-many' })
  const isBuiltIn = builtInTopics.some(({ url }) => url === topic.url)
  if (isBuiltIn || !(await putTopic(unit.transaction, { tenant: unit.tenant, basic: id, topic })))
    throw conflict('another topic has this url; choose one of your own', {
      code: 'subscription.topic-taken',
      at: 'Basic.extension',
    })
}

/** A topic decides what is evaluated at every change of the institution. */
function demandDefining({ identity }: SubscriptionsKernel, actor: Actor): void {
  identity.demand(actor, { kind: 'permission', permission: topicPermission })
}
