/** R4 §9.2 Condition. */
import type { Condition } from '@xinglin/fhir'
import { codeOf, hasCode, newestFirst, startOf, wordsOf } from './codes.ts'
import type { Problem } from './shapes.ts'

const wrong: ReadonlySet<string> = new Set(['entered-in-error', 'refuted'])
const over: ReadonlySet<string> = new Set(['resolved', 'inactive', 'remission'])

/** Active problems first, each part newest first; one written at several visits is one; errors are left out. */
export function problemsOf(conditions: readonly Condition[]): readonly Problem[] {
  const problems = conditions
    .filter(({ verificationStatus }) => !hasCode(verificationStatus, wrong))
    .map(problemOf)
  const ordered = newestFirst(
    [...Map.groupBy(problems, sameness).values()].flatMap(asOne),
    ({ since }) => since,
  )
  return [...ordered.filter(({ isActive }) => isActive), ...ordered.filter(({ isActive }) => !isActive)]
}

const sameness = ({ code, name, isActive }: Problem) => `${code ?? ''} ${name} ${isActive}`

/** The newest entry stands for all, since the oldest of them. */
function asOne(entries: readonly Problem[]): readonly Problem[] {
  const ordered = newestFirst(entries, ({ since }) => since)
  const [newest] = ordered
  if (!newest || entries.length === 1) return entries
  return [{ ...newest, since: ordered.findLast(({ since }) => since)?.since, times: entries.length }]
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
