/** Whether a change of a resource is an event of a topic, and passes a subscription's filters: R5 subscriptiontopic.html and backport §filters. */
import type { Resource, ResourceType } from '@xinglin/fhir'
import { type IndexValues, indexOf, type ParseOptions } from '@xinglin/fhir/search'
import type { Filter } from '../definition/filters.ts'
import { parseQuery } from '../definition/query.ts'
import type { QueryCriteria, Topic, TopicInteraction, Trigger, TriggerType } from '../topics/topic.ts'
import { compileFhirPath, type FhirPathTest } from './fhirpath.ts'
import { allHold } from './holds.ts'
import type { JudgeableQuery } from './judgeable.ts'

/** One change of the log with what stood before and stands now, indexed at most once each. */
export type Changed = {
  readonly type: ResourceType
  readonly interaction: TopicInteraction
  readonly previous: Resource | undefined
  readonly current: Resource | undefined
  previousValues(): IndexValues | undefined
  currentValues(): IndexValues | undefined
}

export type ReadyTopic = {
  readonly topic: Topic
  readonly triggers: readonly ReadyTrigger[]
}
type ReadyTrigger = {
  readonly resource: TriggerType
  readonly interactions: readonly TopicInteraction[]
  readonly criteria?: ReadyCriteria
  readonly fhirPath?: FhirPathTest
}
type ReadyCriteria = {
  readonly previous?: readonly JudgeableQuery[]
  readonly current?: readonly JudgeableQuery[]
  readonly source: QueryCriteria
}

/** A change whose values are extracted when they are first asked for. */
export function changedOf(
  change: Pick<Changed, 'type' | 'interaction' | 'previous' | 'current'>,
  timeZone: string,
): Changed {
  let previous: IndexValues | undefined
  let current: IndexValues | undefined
  return {
    ...change,
    previousValues: () => {
      if (change.previous) previous ??= indexOf(change.previous, { timeZone })
      return previous
    },
    currentValues: () => {
      if (change.current) current ??= indexOf(change.current, { timeZone })
      return current
    },
  }
}

/** A topic with its criteria parsed; throws where one cannot be. */
export async function readyTopic(topic: Topic, parse: ParseOptions): Promise<ReadyTopic> {
  return { topic, triggers: await Promise.all(topic.triggers.map((trigger) => readyTrigger(trigger, parse))) }
}

async function readyTrigger(trigger: Trigger, parse: ParseOptions): Promise<ReadyTrigger> {
  const { resource, interactions, query, fhirPath } = trigger
  return {
    resource,
    interactions,
    // A trigger on every type has no criteria (`read-topic.ts`): no search parameter is every type's.
    ...(query && resource !== 'Resource' ? { criteria: readyCriteria(resource, query, parse) } : {}),
    ...(fhirPath === undefined ? {} : { fhirPath: await compileFhirPath(fhirPath) }),
  }
}

function readyCriteria(type: ResourceType, source: QueryCriteria, parse: ParseOptions): ReadyCriteria {
  const at = 'Basic.extension'
  return {
    source,
    ...(source.previous === undefined ? {} : { previous: parseQuery(type, source.previous, { at, parse }) }),
    ...(source.current === undefined ? {} : { current: parseQuery(type, source.current, { at, parse }) }),
  }
}

/** True where one trigger of the topic is met. */
export function isEventOf({ triggers }: ReadyTopic, changed: Changed): boolean {
  return triggers.some((trigger) => isTriggered(trigger, changed))
}

function isTriggered(
  { resource, interactions, criteria, fhirPath }: ReadyTrigger,
  changed: Changed,
): boolean {
  if (resource !== 'Resource' && resource !== changed.type) return false
  if (interactions.length > 0 && !interactions.includes(changed.interaction)) return false
  if (criteria && !meets(criteria, changed)) return false
  return !fhirPath || fhirPath(changed)
}

/** R5 §queryCriteria: of two tests both or one must pass; where only one is given, that one. */
function meets({ previous, current, source }: ReadyCriteria, changed: Changed): boolean {
  const tests = [
    ...(previous ? [passes(previous, changed.previousValues(), source.resultForCreate)] : []),
    ...(current ? [passes(current, changed.currentValues(), source.resultForDelete)] : []),
  ]
  return source.requireBoth ? tests.every(Boolean) : tests.some(Boolean)
}

function passes(
  queries: readonly JudgeableQuery[],
  values: IndexValues | undefined,
  ifAbsent: 'test-passes' | 'test-fails',
): boolean {
  return values ? allHold(queries, values) : ifAbsent === 'test-passes'
}

/**
 * Filters of the changed type must all hold (for a deletion: of what was deleted). A subscription that filters other
 * types only is not told of this one: who asks for `Observation?code=…` of all changes wants observations.
 */
export function passesFilters(filters: readonly Filter[], changed: Changed): boolean {
  if (filters.length === 0) return true
  const ofType = filters.filter(({ type }) => type === changed.type)
  if (ofType.length === 0) return false
  const values = changed.currentValues() ?? changed.previousValues()
  return values !== undefined && ofType.every(({ queries }) => allHold(queries, values))
}
