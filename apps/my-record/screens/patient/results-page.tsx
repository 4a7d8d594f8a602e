/** My results: of each test the newest value with unit, reference range, time and source; older ones at a touch. */
import { ownChartPath, type Result, type ResultsAnswer } from '@xinglin/chart/contract'
import { Answered, Empty, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { words } from '../words.ts'

type Row = ResultsAnswer['rows'][number]

export function ResultsPage({ patient }: { readonly patient: string }) {
  const say = useWords(words)
  const answer = useAsk<ResultsAnswer>(ownChartPath(patient, 'results'))
  return (
    <Answered answer={answer}>
      {({ rows, next }) =>
        rows.length === 0 ? (
          <Empty title={say('noResults')}>{say('withheldHelp')}</Empty>
        ) : (
          <>
            {groups.map((group) => (
              <Group
                key={group}
                title={say(`group-${group}`)}
                rows={rows.filter((row) => row.group === group)}
              />
            ))}
            <p className="x-quiet">{say(next === undefined ? 'withheldHelp' : 'olderResults')}</p>
          </>
        )
      }
    </Answered>
  )
}

const groups = ['laboratory', 'vital-signs', 'other'] as const

function Group({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  if (rows.length === 0) return null
  return (
    <section className="my-record-card">
      <h2>{title}</h2>
      <ul>
        {rows.map((row) => (
          <TestLine key={row.test} row={row} />
        ))}
      </ul>
    </section>
  )
}

function TestLine({ row }: { readonly row: Row }) {
  const say = useWords(words)
  const [isOpen, setOpen] = useState(false)
  const results = row.cells
    .flatMap((cell) => cell.results)
    .toSorted((one, other) => Date.parse(other.time ?? '') - Date.parse(one.time ?? ''))
  const [newest, ...older] = results
  if (!newest) return null
  return (
    <li>
      <div className="my-record-entry">
        <strong>{row.name}</strong>
        <Value result={newest} unit={row.unit} />
      </div>
      <Facts result={newest} reference={row.reference} />
      {older.length > 0 ? (
        <Button type="link" size="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {say(isOpen ? 'hideOlder' : 'showOlder', { count: older.length })}
        </Button>
      ) : null}
      {isOpen ? (
        <ul className="my-record-older">
          {older.map((result) => (
            <li key={result.key}>
              <Value result={result} unit={row.unit} />
              <Facts result={result} reference={row.reference} />
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  )
}

/** Never by colour alone: a sign and a word stand beside what is outside its range. */
function Value({ result, unit }: { readonly result: Result; readonly unit: string | undefined }) {
  const say = useWords(words)
  const { flag } = result
  const isCritical = flag?.startsWith('critical') === true
  return (
    <span
      className={
        flag ? (isCritical ? 'my-record-value x-red' : 'my-record-value x-amber') : 'my-record-value'
      }
    >
      {result.value} {result.unit ?? unit}
      {flag ? <small> {say(`flag_${flag}`)}</small> : null}
    </span>
  )
}

function Facts({ result, reference }: { readonly result: Result; readonly reference: string | undefined }) {
  const say = useWords(words)
  const times = useTimes()
  const range = result.reference ?? reference
  return (
    <div className="x-quiet">
      {[
        range ? say('range', { range }) : undefined,
        times.full(result.time),
        result.source?.text,
        result.note,
      ]
        .filter(Boolean)
        .join(' · ')}
    </div>
  )
}
