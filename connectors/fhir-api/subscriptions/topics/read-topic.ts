/** A topic from its R4 form: a Basic of code SubscriptionTopic with cross-version extensions (backport §"Subscription topics in R4"). */
import { type Basic, type Extension, invalid, unsupported } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import { topicCode, topicElements5, topicElements43 } from '../canonicals.ts'
import { longestFhirPath, mostIncludes, mostTriggers } from '../limits.ts'
import type {
  AbsentResult,
  FilterBy,
  NotificationShape,
  QueryCriteria,
  Topic,
  TopicInteraction,
  Trigger,
  TriggerType,
} from './topic.ts'

type Extended = { readonly extension?: readonly Extension[] | undefined }

/** Whether a Basic describes a subscription topic. */
export function isTopic({ code }: Pick<Basic, 'code'>): boolean {
  return (code.coding ?? []).some(
    (coding) => coding.system === topicCode.system && coding.code === topicCode.code,
  )
}

/** The topic of a Basic; throws `invalid` or `unsupported` for what cannot be told from the log. */
export function readTopic(basic: Basic): Topic {
  const url = elements(basic, 'url')[0]?.valueUri
  if (url === undefined || !/^[a-z][a-z0-9+.-]*:\S{1,500}$/i.test(url) || url.includes('|'))
    throw refused('url', 'is needed: the canonical url of the topic, without version')
  if (elements(basic, 'eventTrigger').length > 0)
    throw refused('eventTrigger', 'is not known here; use resourceTrigger')
  const triggers = elements(basic, 'resourceTrigger').map(triggerOf)
  if (triggers.length === 0) throw refused('resourceTrigger', 'is needed')
  if (triggers.length > mostTriggers) throw refused('resourceTrigger', `may stand ${mostTriggers} times`)
  const title = elements(basic, 'title')[0]?.valueString ?? url
  return {
    url,
    version: elements(basic, 'version')[0]?.valueString ?? '',
    title,
    description: elements(basic, 'description')[0]?.valueMarkdown ?? title,
    triggers,
    canFilterBy: elements(basic, 'canFilterBy').flatMap(filterOf),
    shapes: elements(basic, 'notificationShape').map(shapeOf),
  }
}

/** Elements are named by the release from which the extension is generated; senders use 4.3 and 5.0 for the same. */
function elements(basic: Basic, name: string): readonly Extension[] {
  const urls = [`${topicElements5}${name}`, `${topicElements43}${name}`]
  return (basic.extension ?? []).filter(({ url }) => urls.includes(url))
}

function parts(extension: Extended, name: string): readonly Extension[] {
  return (extension.extension ?? []).filter(({ url }) => url === name)
}

function text(extension: Extended, name: string): string | undefined {
  const part = parts(extension, name)[0]
  return part?.valueString ?? part?.valueCode ?? part?.valueUri
}

function triggerOf(extension: Extension): Trigger {
  const criteria = parts(extension, 'queryCriteria')[0]
  const fhirPath = text(extension, 'fhirPathCriteria')
  if (fhirPath !== undefined && fhirPath.length > longestFhirPath)
    throw refused('resourceTrigger', `has a fhirPathCriteria of more than ${longestFhirPath} characters`)
  const resource = typeOf(extension, 'resourceTrigger')
  if (criteria && resource === 'Resource')
    throw refused('resourceTrigger', 'has a queryCriteria for every type; name the types')
  return {
    resource,
    interactions: parts(extension, 'supportedInteraction').map(interactionOf),
    ...(criteria ? { query: criteriaOf(criteria) } : {}),
    ...(fhirPath === undefined ? {} : { fhirPath }),
  }
}

const definitions = 'http://hl7.org/fhir/StructureDefinition/'

function typeOf(extension: Extension, at: string): TriggerType {
  const written = (text(extension, 'resource') ?? '').replace(definitions, '')
  if (written === 'Resource' || isResourceType(written)) return written
  throw refused(at, 'names no R4 resource type')
}

const interactions: readonly TopicInteraction[] = ['create', 'update', 'delete']

function interactionOf({ valueCode }: Extension): TopicInteraction {
  const known = interactions.find((each) => each === valueCode)
  if (known) return known
  throw refused('resourceTrigger', 'has a supportedInteraction other than create, update and delete')
}

/** R5 names no default for the results: a test that cannot be made does not pass. */
function criteriaOf(extension: Extension): QueryCriteria {
  const previous = text(extension, 'previous')
  const current = text(extension, 'current')
  if (previous === undefined && current === undefined)
    throw refused('resourceTrigger', 'has a queryCriteria without previous and current')
  return {
    ...(previous === undefined ? {} : { previous }),
    resultForCreate: resultOf(text(extension, 'resultForCreate')),
    ...(current === undefined ? {} : { current }),
    resultForDelete: resultOf(text(extension, 'resultForDelete')),
    requireBoth: parts(extension, 'requireBoth')[0]?.valueBoolean ?? false,
  }
}

function resultOf(written: string | undefined): AbsentResult {
  return written === 'test-passes' ? 'test-passes' : 'test-fails'
}

function filterOf(extension: Extension): readonly FilterBy[] {
  const parameter = text(extension, 'filterParameter')
  if (parameter === undefined) throw refused('canFilterBy', 'needs a filterParameter')
  const modifiers = parts(extension, 'modifier').flatMap(({ valueCode }) => valueCode ?? [])
  // R5 leaves the type out where it is the trigger's.
  const resource = parts(extension, 'resource').length > 0 ? typeOf(extension, 'canFilterBy') : 'Resource'
  return [{ resource, parameter, modifiers }]
}

function shapeOf(extension: Extension): NotificationShape {
  const includes = parts(extension, 'include').flatMap(({ valueString }) => valueString ?? [])
  if (includes.length > mostIncludes) throw refused('notificationShape', `may have ${mostIncludes} includes`)
  if (parts(extension, 'revInclude').length > 0)
    throw refused('notificationShape', 'has a revInclude, which is not known here')
  const wrong = includes.find((include) => !/^[A-Z][A-Za-z]+:[a-z-]+(?::[A-Z][A-Za-z]+)?$/.test(include))
  if (wrong !== undefined)
    throw refused('notificationShape', 'has an include that is not Type:parameter or Type:parameter:Target')
  return { resource: typeOf(extension, 'notificationShape'), includes }
}

function refused(element: string, what: string) {
  const detail = { code: 'subscription.topic', at: 'Basic.extension' }
  const message = `SubscriptionTopic.${element} ${what}`
  return what.includes('not known here') ? unsupported(message, detail) : invalid(message, detail)
}
