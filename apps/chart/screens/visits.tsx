/** Visits: where the patient is now, then every visit before. */
import { Empty, useTimes, useWords } from '@xinglin/kit'
import type { Visit } from '../reading/shapes.ts'
import { Block } from './block.tsx'
import { Line } from './line.tsx'
import { classKey, statusKey } from './status-words.ts'
import { words } from './words.ts'

export function Visits({ visits }: { readonly visits: readonly Visit[] }) {
  const say = useWords(words)
  if (visits.length === 0) return <Empty title={say('noVisits')} />
  return (
    <div className="chart-page">
      <Block title={`${say('visits')} ${visits.length}`}>
        {visits.map((visit) => (
          <VisitRow key={visit.key} visit={visit} />
        ))}
      </Block>
    </div>
  )
}

export function VisitRow({ visit }: { readonly visit: Visit }) {
  const say = useWords(words)
  const times = useTimes()
  const { key, reason, place, doctor, isPresent, start, end, status } = visit
  const name = reason ?? place ?? ''
  return (
    <Line of={key} name={name || say(classKey(visit.class))}>
      <span className={isPresent ? 'x-blue' : 'x-quiet'}>{say(classKey(visit.class))}</span>
      <span className="chart-line-main x-cut" title={name}>
        {name}
      </span>
      <span className="x-quiet chart-wide x-cut">
        {[reason ? place : '', doctor].filter(Boolean).join(' · ')}
      </span>
      <span className={isPresent ? 'x-blue' : 'x-quiet'}>
        {isPresent ? `● ${say('present')}` : say(statusKey(status))}
      </span>
      <time className="x-quiet x-number">
        {times.day(start)}
        {end && times.day(end) !== times.day(start) ? ` – ${times.day(end)}` : ''}
      </time>
    </Line>
  )
}
