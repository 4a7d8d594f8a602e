/**
 * The topics that every institution has, as data. A change of what one means is a new version; what is only worded
 * better is not. None filters by a string or by a chain: filters are evaluated in memory (`matching/holds.ts`).
 */
import type { ResourceType } from '@xinglin/fhir'
import type { FilterBy, NotificationShape, QueryCriteria, Topic, Trigger, TriggerType } from './topic.ts'

/** Beginning of the built-in topics' canonical urls. */
export const builtInPrefix = 'urn:xinglin:topic:'

const version = '1.0.0'

export const builtInTopics: readonly Topic[] = [
  topic('encounter-start', 'Encounter start', 'An encounter is now in progress and was not before.', {
    triggers: [onChange('Encounter', { previous: 'status:not=in-progress', current: 'status=in-progress' })],
    canFilterBy: by('Encounter', encounterFilters()),
    shapes: [shape('Encounter', ['Encounter:subject', 'Encounter:service-provider'])],
  }),
  topic('encounter-end', 'Encounter end', 'An encounter is now finished and was not before.', {
    triggers: [onChange('Encounter', { previous: 'status:not=finished', current: 'status=finished' })],
    canFilterBy: by('Encounter', encounterFilters()),
    shapes: [shape('Encounter', ['Encounter:subject', 'Encounter:service-provider'])],
  }),
  topic('patient-admission', 'Patient admission', 'An inpatient, acute or short-stay encounter has begun.', {
    triggers: [
      onChange('Encounter', {
        previous: 'status:not=in-progress',
        current: `status=in-progress&class=${['IMP', 'ACUTE', 'NONAC', 'SS'].map(actCode).join(',')}`,
      }),
    ],
    canFilterBy: by('Encounter', encounterFilters()),
    shapes: [shape('Encounter', ['Encounter:subject', 'Encounter:location'])],
  }),
  topic(
    'observation',
    'New or changed observation',
    'An observation is made, or changed as a whole or in part.',
    {
      triggers: [{ resource: 'Observation', interactions: ['create', 'update'] }],
      canFilterBy: by('Observation', ['patient', 'subject', 'encounter', 'code', 'category', 'status']),
      shapes: [shape('Observation', ['Observation:subject'])],
    },
  ),
  topic(
    'laboratory-result',
    'Laboratory result',
    'A laboratory observation is now final, amended or corrected.',
    {
      triggers: [
        onChange('Observation', {
          previous: 'status:not=final,amended,corrected',
          current: `status=final,amended,corrected&category=${observationCategory('laboratory')}`,
        }),
        // A value that is changed after it was final.
        {
          ...onChange('Observation', {
            current: `status=amended,corrected&category=${observationCategory('laboratory')}`,
          }),
          interactions: ['update'],
        },
      ],
      canFilterBy: by('Observation', ['patient', 'subject', 'encounter', 'code', 'status']),
      shapes: [shape('Observation', ['Observation:subject'])],
    },
  ),
  topic(
    'diagnostic-report-final',
    'Final diagnostic report',
    'A report is now final, amended or corrected.',
    {
      triggers: [
        onChange('DiagnosticReport', {
          previous: 'status:not=final,amended,corrected,appended',
          current: 'status=final,amended,corrected,appended',
        }),
        {
          ...onChange('DiagnosticReport', { current: 'status=amended,corrected,appended' }),
          interactions: ['update'],
        },
      ],
      canFilterBy: by('DiagnosticReport', ['patient', 'subject', 'encounter', 'code', 'category', 'status']),
      shapes: [shape('DiagnosticReport', ['DiagnosticReport:subject', 'DiagnosticReport:result'])],
    },
  ),
  topic('medication-request', 'Medication request', 'A prescription is written, changed or deleted.', {
    triggers: [{ resource: 'MedicationRequest', interactions: [] }],
    canFilterBy: by('MedicationRequest', ['patient', 'subject', 'encounter', 'code', 'intent', 'status']),
    shapes: [shape('MedicationRequest', ['MedicationRequest:subject'])],
  }),
  topic('resource-change', 'Any change', 'Any resource is created, changed or deleted.', {
    triggers: [{ resource: 'Resource', interactions: [] }],
    canFilterBy: by('Resource', [
      ...['_id', '_lastUpdated', '_tag', '_profile', '_security', '_source'],
      ...['patient', 'subject', 'encounter', 'code', 'category', 'status', 'identifier'],
    ]),
    shapes: [],
  }),
]

function topic(
  name: string,
  title: string,
  description: string,
  parts: Pick<Topic, 'triggers' | 'canFilterBy' | 'shapes'>,
): Topic {
  return { url: `${builtInPrefix}${name}`, version, title, description, ...parts }
}

/** A change after which `current` holds and before which `previous` did, if it is given; a new resource had none before. */
function onChange(resource: ResourceType, query: Pick<QueryCriteria, 'previous' | 'current'>): Trigger {
  return {
    resource,
    interactions: ['create', 'update'],
    query: { ...query, resultForCreate: 'test-passes', resultForDelete: 'test-fails', requireBoth: true },
  }
}

function by(resource: TriggerType, parameters: readonly string[]): readonly FilterBy[] {
  return parameters.map((parameter) => ({ resource, parameter, modifiers: [] }))
}

function shape(resource: ResourceType, includes: readonly string[]): NotificationShape {
  return { resource, includes }
}

function encounterFilters(): readonly string[] {
  return ['patient', 'subject', 'class', 'type', 'location', 'service-provider', 'status']
}

function actCode(code: string): string {
  return `http://terminology.hl7.org/CodeSystem/v3-ActCode|${code}`
}

function observationCategory(code: string): string {
  return `http://terminology.hl7.org/CodeSystem/observation-category|${code}`
}
