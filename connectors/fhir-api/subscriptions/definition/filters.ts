/** Filters of a subscription (backport-filter-criteria): `Encounter?patient=Patient/1`, only by what the topic allows. */
import { invalid } from '@xinglin/fhir'
import { isResourceType, type ParseOptions } from '@xinglin/fhir/search'
import { mostFilters } from '../limits.ts'
import type { JudgeableQuery } from '../matching/judgeable.ts'
import type { FilterBy, Topic, TriggerType } from '../topics/topic.ts'
import { type BeyondQuery, parameterNames, parseFilterQuery } from './query.ts'

/** Of one type; several of the same type must all hold. */
export type Filter = {
  readonly type: TriggerType
  readonly queries: readonly JudgeableQuery[]
  readonly beyond: readonly BeyondQuery[]
}

const form = /^([A-Z][A-Za-z]+)\?(.+)$/s

/** The filters as queries; throws `invalid` for one that the topic does not allow or that cannot be evaluated. */
export function parseFilters(
  filters: readonly string[],
  topic: Topic,
  parse: ParseOptions,
): readonly Filter[] {
  if (filters.length > mostFilters) throw refused(`there are more than ${mostFilters} filters`)
  return filters.map((text) => parseFilter(text, topic, parse))
}

function parseFilter(text: string, topic: Topic, parse: ParseOptions): Filter {
  const [, type = '', query = ''] = form.exec(text) ?? []
  if (!isResourceType(type)) throw refused('a filter is written Type?parameter=value')
  if (!topic.triggers.some(({ resource }) => resource === type || resource === 'Resource'))
    throw refused(`the topic tells nothing of ${type}`)
  for (const { name, modifier } of parameterNames(query)) refuseUnlisted(topic, { type, name, modifier })
  return { type, ...parseFilterQuery(type, query, { at: 'Subscription.criteria.extension', parse }) }
}

type Used = { readonly type: string; readonly name: string; readonly modifier: string }

function refuseUnlisted({ canFilterBy }: Topic, { type, name, modifier }: Used): void {
  const ofType = canFilterBy.filter(({ resource }) => resource === type || resource === 'Resource')
  const found = ofType.find(({ parameter }) => parameter === name)
  if (found && allowsModifier(found, modifier)) return
  const listed = [...new Set(ofType.map(({ parameter }) => parameter))]
  if (found) throw refused(`the topic does not allow that modifier of the filter parameter ${name}`)
  throw refused(
    listed.length === 0
      ? `the topic has no filters for ${type}`
      : `the topic can be filtered for ${type} by ${listed.join(', ')} only`,
  )
}

function allowsModifier({ modifiers }: FilterBy, used: string): boolean {
  return used === '' || modifiers.length === 0 || modifiers.includes(used)
}

function refused(what: string) {
  return invalid(`a filter is refused: ${what}`, {
    code: 'subscription.filter',
    at: 'Subscription.criteria.extension',
  })
}
