/** The time line of everything, by day, newest first, with a filter by kind. */
import { Answered, Empty, useAskPages, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useMemo } from 'react'
import type { Happening, TimelineAnswer } from '../reading/shapes.ts'
import { Line } from './line.tsx'
import { useRecord } from './record-place.ts'
import { ResultValue } from './result-value.tsx'
import { kindKey, statusKey } from './status-words.ts'
import { words } from './words.ts'

const filters = [
  ['Encounter', 'Encounter'],
  ['Condition', 'Condition,AllergyIntolerance'],
  ['Observation', 'Observation'],
  ['DiagnosticReport', 'DiagnosticReport,DocumentReference,Composition'],
  ['MedicationRequest', 'MedicationRequest,MedicationStatement,MedicationAdministration'],
  ['ImagingStudy', 'ImagingStudy'],
  ['Procedure', 'Procedure,Immunization,ServiceRequest'],
] as const
/** Results named on one line; the rest are counted. */
const mostNamed = 6

export function Timeline() {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const { pathOf } = useRecord()
  const types = filters.find(([name]) => name === search.get('kind'))?.[1]
  const path = pathOf(`timeline${types ? `?types=${types}` : ''}`)
  const { answer, more, isLoadingMore } = useAskPages<TimelineAnswer>(path, 'before')
  return (
    <div className="chart-page">
      <div className="chart-filters x-no-print" role="toolbar" aria-label={say('timeline')}>
        {[undefined, ...filters.map(([name]) => name)].map((name) => (
          <Button
            key={name ?? 'all'}
            size="small"
            aria-pressed={(search.get('kind') ?? undefined) === name}
            type={(search.get('kind') ?? undefined) === name ? 'primary' : 'default'}
            onClick={() => setSearch({ kind: name })}
          >
            {say(name ? kindKey(name) : 'allKinds')}
          </Button>
        ))}
      </div>
      <Answered answer={answer}>
        {(pages) => <Days happenings={pages.flatMap(({ happenings }) => happenings)} />}
      </Answered>
      {more ? (
        <Button block onClick={more} loading={isLoadingMore}>
          {say('loadEarlier')}
        </Button>
      ) : null}
    </div>
  )
}

function Days({ happenings }: { readonly happenings: readonly Happening[] }) {
  const say = useWords(words)
  const times = useTimes()
  const days = useMemo(() => {
    // Neighbouring pages share their border.
    const once = new Map(happenings.map((happening) => [`${happening.key} ${happening.time}`, happening]))
    return [...Map.groupBy(once.values(), ({ time }) => times.day(time))]
  }, [happenings, times])
  if (days.length === 0) return <Empty title={say('noHappenings')} />
  return days.map(([day, ofDay]) => (
    <section key={day} className="chart-day">
      <h2 className="x-number">{day || say('noDate')}</h2>
      <div>
        {ofDay.map((happening) => (
          <HappeningRow key={happening.key} happening={happening} />
        ))}
      </div>
    </section>
  ))
}

function HappeningRow({ happening }: { readonly happening: Happening }) {
  const say = useWords(words)
  const times = useTimes()
  const { key, type, time, title, detail, status, results } = happening
  const hour = time?.includes('T') ? times.full(time).slice(11, 16) : ''
  return (
    <div className="chart-happening">
      <time className="x-quiet x-number">{hour}</time>
      <span className="x-quiet">{say(kindKey(type))}</span>
      {results ? (
        <ResultNames happening={happening} />
      ) : (
        <Line of={key} name={title}>
          <span className="chart-line-main x-cut" title={title}>
            {title}
          </span>
          {detail ? (
            <span className="x-quiet x-cut">
              {type === 'ImagingStudy' ? say('instances', { count: detail }) : detail}
            </span>
          ) : null}
          {status ? <span className="x-quiet">{say(statusKey(status))}</span> : null}
        </Line>
      )}
    </div>
  )
}

function ResultNames({ happening }: { readonly happening: Happening }) {
  const say = useWords(words)
  const results = happening.results ?? []
  return (
    <span className="chart-happening-results">
      {results.slice(0, mostNamed).map((result) => (
        <span key={`${result.key} ${result.test}`}>
          <span className="x-quiet">{result.name}</span>
          <ResultValue result={result} name={result.name} />
        </span>
      ))}
      {results.length > mostNamed ? (
        <span className="x-quiet">{say('moreResults', { count: results.length })}</span>
      ) : null}
    </span>
  )
}
