/** Problems and allergies, line by line; each opens its source. */
import { WarningFilled } from '@ant-design/icons'
import { useTimes, useWords } from '@xinglin/kit'
import type { Allergy, Problem } from '../reading/shapes.ts'
import { Nothing } from './block.tsx'
import { Line } from './line.tsx'
import { statusKey } from './status-words.ts'
import { words } from './words.ts'

/** Past problems beyond these are in the time line. */
const mostFormer = 6

export function ProblemLines({ problems }: { readonly problems: readonly Problem[] }) {
  const say = useWords(words)
  const times = useTimes()
  if (problems.length === 0) return <Nothing>{say('noProblems')}</Nothing>
  const active = problems.filter(({ isActive }) => isActive)
  const former = problems.filter(({ isActive }) => !isActive).slice(0, mostFormer)
  return [...active, ...former].map((problem) => (
    <Line key={problem.key} of={problem.key} name={problem.name} isQuiet={!problem.isActive}>
      <span className="chart-line-main x-cut" title={problem.name}>
        {problem.name}
      </span>
      {problem.times ? <span className="x-quiet x-number">×{problem.times}</span> : null}
      <span className="x-quiet x-number">{problem.code}</span>
      {problem.isActive ? null : <span className="x-quiet">{say(statusKey(problem.status))}</span>}
      <time className="x-quiet x-number">{times.day(problem.since)}</time>
    </Line>
  ))
}

export function AllergyLines({ allergies }: { readonly allergies: readonly Allergy[] }) {
  const say = useWords(words)
  if (allergies.length === 0) return <Nothing>{say('noAllergies')}</Nothing>
  return allergies.map((allergy) => {
    const isWarning = allergy.isActive && !allergy.isDenial
    return (
      <Line key={allergy.key} of={allergy.key} name={allergy.name} isQuiet={!allergy.isActive}>
        <span className={`chart-line-main x-cut ${isWarning ? 'x-red' : ''}`} title={allergy.name}>
          {isWarning ? <WarningFilled aria-hidden /> : null} {allergy.isDenial ? say('denial') : allergy.name}
          {allergy.isSevere ? ` ‼ ${say('severe')}` : ''}
        </span>
        <span className="x-quiet x-cut" title={allergy.reaction}>
          {allergy.reaction}
        </span>
      </Line>
    )
  })
}
