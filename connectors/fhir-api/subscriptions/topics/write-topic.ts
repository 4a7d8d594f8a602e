/** The R4 form of a topic: the Basic from which `read-topic.ts` reads the same topic. */
import type { Basic, Extension } from '@xinglin/fhir'
import { topicCode, topicElements5, topicElements43 } from '../canonicals.ts'
import type { FilterBy, NotificationShape, QueryCriteria, Topic, Trigger } from './topic.ts'

/** A Basic without id, as it can be sent to another server or changed and sent here under another url. */
export function topicBasic(topic: Topic): Basic {
  return {
    resourceType: 'Basic',
    extension: [
      { url: `${topicElements5}url`, valueUri: topic.url },
      ...(topic.version === '' ? [] : [{ url: `${topicElements5}version`, valueString: topic.version }]),
      { url: `${topicElements5}title`, valueString: topic.title },
      { url: `${topicElements5}description`, valueMarkdown: topic.description },
      ...topic.triggers.map(triggerPart),
      ...topic.canFilterBy.map(filterPart),
      ...topic.shapes.map(shapePart),
    ],
    modifierExtension: [{ url: `${topicElements5}status`, valueCode: 'active' }],
    code: { coding: [topicCode] },
  }
}

function triggerPart({ resource, interactions, query, fhirPath }: Trigger): Extension {
  return {
    url: `${topicElements43}resourceTrigger`,
    extension: [
      resourcePart(resource),
      ...interactions.map((valueCode) => ({ url: 'supportedInteraction', valueCode })),
      ...(query ? [{ url: 'queryCriteria', extension: queryParts(query) }] : []),
      ...(fhirPath === undefined ? [] : [{ url: 'fhirPathCriteria', valueString: fhirPath }]),
    ],
  }
}

function queryParts(query: QueryCriteria): Extension[] {
  return [
    ...(query.previous === undefined ? [] : [{ url: 'previous', valueString: query.previous }]),
    { url: 'resultForCreate', valueCode: query.resultForCreate },
    ...(query.current === undefined ? [] : [{ url: 'current', valueString: query.current }]),
    { url: 'resultForDelete', valueCode: query.resultForDelete },
    { url: 'requireBoth', valueBoolean: query.requireBoth },
  ]
}

function filterPart({ resource, parameter, modifiers }: FilterBy): Extension {
  return {
    url: `${topicElements43}canFilterBy`,
    extension: [
      resourcePart(resource),
      { url: 'filterParameter', valueString: parameter },
      ...modifiers.map((valueCode) => ({ url: 'modifier', valueCode })),
    ],
  }
}

function shapePart({ resource, includes }: NotificationShape): Extension {
  return {
    url: `${topicElements43}notificationShape`,
    extension: [resourcePart(resource), ...includes.map((valueString) => ({ url: 'include', valueString }))],
  }
}

function resourcePart(resource: string): Extension {
  return { url: 'resource', valueUri: `http://hl7.org/fhir/StructureDefinition/${resource}` }
}
