/** The fix of a gap as a FHIR R4 Task: who does what until when, and what was done (task.html §12.1). */
import type { Instant, ResourceOf, Task } from '@xinglin/fhir'
import type { GapTask, Owner, PlanFix } from './contract.ts'

const taskSystem = 'urn:xinglin:task'
const taskCode = 'grading-gap'
const partSystem = 'urn:xinglin:grading-gap'
const accountSystem = 'urn:xinglin:account'

/** The Task of a fix that was planned now, or planned anew. */
export function plannedTask(input: PlanFix & { owner: string; by: Owner }, at: Instant): ResourceOf<'Task'> {
  return {
    resourceType: 'Task',
    status: 'in-progress',
    intent: 'order',
    code: { coding: [{ system: taskSystem, code: taskCode }] },
    authoredOn: at,
    lastModified: at,
    description: input.plan,
    owner: { identifier: { system: accountSystem, value: input.by.login }, display: input.by.display },
    restriction: { period: { end: input.due } },
    input: [
      { type: part('round'), valueString: input.round },
      { type: part('control'), valueString: input.control },
    ],
  }
}

export function fixedTask(task: Task, done: string, at: Instant): Task {
  return {
    ...task,
    status: 'completed',
    lastModified: at,
    output: [{ type: part('done'), valueString: done }],
  }
}

/** What the screen shows of a Task; `today` is a day of the hospital. */
export function gapTaskOf(task: Task & { readonly id?: string }, today: string): GapTask {
  const done = task.output?.[0]?.valueString
  const due = task.restriction?.period?.end ?? ''
  return {
    id: task.id ?? '',
    owner: task.owner?.display ?? '',
    due,
    isOverdue: task.status !== 'completed' && due < today,
    plan: task.description ?? '',
    ...(done === undefined ? {} : { done }),
  }
}

function part(code: string) {
  return { coding: [{ system: partSystem, code }] }
}
