/** R4 §9.2 Condition. */
import type { Condition } from '@xinglin/fhir'
import { codeOf, hasCode, newestFirst, startOf, wordsOf } from './codes.ts'
import type { Problem } from './shapes.ts'

const wrong: ReadonlySet<string> = new Set(['entered-in-error', 'refuted'])
const over: ReadonlySet<string> = new Set(['resolved', 'inactive', 'remission'])

/** Active problems first, each part newest first; what was entered in error is left out. */
export function problemsOf(conditions: readonly Condition[]): readonly Problem[] {
  const problems = conditions
    .filter(({ verificationStatus }) => !hasCode(verificationStatus, wrong))
    .map(problemOf)
  const ordered = newestFirst(problems, ({ since }) => since)
  return [...ordered.filter(({ isActive }) => isActive), ...ordered.filter(({ isActive }) => !isActive)]
}

export function problemOf(condition: Condition): Problem {
  const until = condition.abatementDateTime ?? condition.abatementPeriod?.end
  return {
    key: `Condition/${condition.id}`,
    name: wordsOf(condition.code) ?? '?',
    code: codeOf(condition.code),
    status: codeOf(condition.clinicalStatus) ?? (until ? 'resolved' : 'active'),
    isActive: !hasCode(condition.clinicalStatus, over) && until === undefined,
    since: condition.onsetDateTime ?? startOf(condition.onsetPeriod) ?? condition.recordedDate,
    until,
  }
}
