/** R4 Task (http://hl7.org/fhir/R4/task.html) by which somebody is asked to judge a broken glass. */
import type { Instant, Task } from '@xinglin/fhir'
import { purposeSystem } from '../consent/purposes.ts'
import type { Actor } from '../identity.ts'
import { type Glass, type GlassOutcome, reviewTaskCode } from './break-glass.ts'

/** Asked for at once, due at the end of its restriction. */
export function reviewTask(glass: Glass, by: Actor): Task {
  return {
    resourceType: 'Task',
    identifier: [{ system: 'urn:xinglin:break-glass', value: glass.id }],
    status: 'requested',
    intent: 'order',
    priority: 'urgent',
    code: { coding: [reviewTaskCode], text: 'Review of a broken glass' },
    for: { reference: `Patient/${glass.patient}` },
    authoredOn: glass.since,
    requester: {
      ...(by.practitioner ? { reference: `Practitioner/${by.practitioner}` } : {}),
      identifier: { system: 'urn:xinglin:account', value: by.reference },
      display: by.display,
    },
    reasonCode: { coding: [{ system: purposeSystem, code: 'BTG' }], text: glass.reason },
    restriction: { period: { start: glass.since, end: glass.reviewDue } },
    ...(glass.refusedBy.length > 0
      ? {
          input: glass.refusedBy.map((consent) => ({
            type: { text: 'refused by' },
            valueReference: { reference: `Consent/${consent}` },
          })),
        }
      : {}),
  }
}

export function reviewedTask(
  task: Task,
  { outcome, note, by, at }: { outcome: GlassOutcome; note: string; by: Actor; at: Instant },
): Task {
  return {
    ...task,
    status: 'completed',
    lastModified: at,
    owner: { identifier: { system: 'urn:xinglin:account', value: by.reference }, display: by.display },
    output: [
      { type: { text: 'outcome' }, valueCode: outcome },
      { type: { text: 'note' }, valueString: note },
    ],
  }
}
