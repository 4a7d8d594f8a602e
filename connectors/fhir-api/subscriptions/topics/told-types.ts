/** Of which types a subscription can tell: whoever may read none of them is told nothing, not even that something happened. */
import type { ResourceType } from '@xinglin/fhir'
import type { Topic } from './topic.ts'

/** The types that its filters name, else all of its topic; `*` for every type. */
export function toldTypes(topic: Topic, filters: readonly string[]): readonly (ResourceType | '*')[] {
  const filtered = filters.map((filter) => filter.split('?')[0] as ResourceType)
  const told = filtered.length > 0 ? filtered : topic.triggers.map(({ resource }) => resource)
  return [...new Set(told.map((type) => (type === 'Resource' ? '*' : type)))]
}
