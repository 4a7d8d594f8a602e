/** The slider over a record's past: the chart as it stood at each instant at which something changed. */
import { CloseOutlined, HistoryOutlined, LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Answered, useAsk, useIsNarrow, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useMemo, useState } from 'react'
import type { MomentsAnswer } from '../reading/shapes.ts'
import { dayLabels, indexOfMoment, marksOf } from './past-marks.ts'
import { recordPath, usePast } from './use-past.ts'
import { words } from './words.ts'
import './past.css'

/** What is dragged over is not asked for; where the thumb rests is. */
const restMs = 120
/** More marks than these run into one line. */
const mostMarks = 240

type Props = {
  readonly patient: string
  /** The instant that the page shows, which follows the slider when its answer has come; undefined for the present. */
  readonly shown: string | undefined
}

export function PastStrip({ patient, shown }: Props) {
  const say = useWords(words)
  const { asOf, choose, setOpen } = usePast()
  const answer = useAsk<MomentsAnswer>(recordPath(patient, 'moments', undefined))
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setOpen(false)
  }
  return (
    <section
      className={`chart-past ${asOf === undefined ? '' : 'chart-past-then'}`}
      aria-label={say('lookBack')}
      onKeyDown={onKeyDown}
    >
      <div className="chart-past-line">
        <PastWords shown={shown} />
        {asOf === undefined ? null : (
          <Button size="small" onClick={() => choose(undefined)}>
            {say('backToNow')}
          </Button>
        )}
        <Button
          type="text"
          size="small"
          className="chart-past-close x-no-print"
          icon={<CloseOutlined />}
          aria-label={say('close')}
          onClick={() => setOpen(false)}
        />
      </div>
      <div className="x-no-print">
        <Answered answer={answer}>
          {({ moments, isCut }) => (
            <>
              <Slider moments={moments} />
              {isCut ? <p className="x-quiet">{say('pastCut', { count: moments.length })}</p> : null}
            </>
          )}
        </Answered>
      </div>
    </section>
  )
}

/** Which record is on the page; while another is being asked for, that it is on its way. */
function PastWords({ shown }: { readonly shown: string | undefined }) {
  const say = useWords(words)
  const times = useTimes()
  const { asOf } = usePast()
  const isWaiting = asOf !== shown
  const time = times.full(asOf)
  return (
    <span className="chart-past-words" role="status">
      <HistoryOutlined aria-hidden />{' '}
      {asOf === undefined ? say('pastHelp') : say(isWaiting ? 'recordComing' : 'recordAsOf', { time })}
    </span>
  )
}

function Slider({ moments }: { readonly moments: MomentsAnswer['moments'] }) {
  const say = useWords(words)
  const times = useTimes()
  const { asOf, choose } = usePast()
  const last = moments.length - 1
  const { index, setIndex } = useRestingIndex(indexOfMoment(moments, asOf), (next) =>
    choose(next === last ? undefined : moments[next]?.at),
  )
  const at = moments[index]
  if (last < 1) return <p className="x-quiet">{say('pastOne')}</p>
  const told = say('pastChanges', { count: at?.changes ?? 0 })
  const label = index === last ? say('now') : `${times.full(at?.at)} · ${told}`
  return (
    <div className="chart-past-slider">
      <Button
        type="text"
        icon={<LeftOutlined />}
        aria-label={say('changeBefore')}
        disabled={index === 0}
        onClick={() => setIndex(index - 1)}
      />
      <div className="chart-past-track">
        <Marks moments={moments} />
        <input
          type="range"
          min={0}
          max={last}
          step={1}
          value={index}
          aria-label={say('lookBack')}
          aria-valuetext={label}
          onChange={(event) => setIndex(Number(event.target.value))}
        />
        <Days moments={moments} />
      </div>
      <Button
        type="text"
        icon={<RightOutlined />}
        aria-label={say('changeAfter')}
        disabled={index === last}
        onClick={() => setIndex(index + 1)}
      />
      <output className="chart-past-label x-number">{label}</output>
    </div>
  )
}

/** The place of the thumb, and the choice of it once it rests. */
function useRestingIndex(chosen: number, choose: (index: number) => void) {
  const [moved, setMoved] = useState<number>()
  const onRest = useEffectEvent((index: number) => {
    choose(index)
    setMoved(undefined)
  })
  useEffect(() => {
    if (moved === undefined) return
    const timer = setTimeout(() => onRest(moved), restMs)
    return () => clearTimeout(timer)
  }, [moved])
  return { index: moved ?? chosen, setIndex: setMoved }
}

function Marks({ moments }: { readonly moments: MomentsAnswer['moments'] }) {
  const times = useTimes()
  const marks = useMemo(() => marksOf(moments, times.day, mostMarks), [moments, times])
  return (
    <div className="chart-past-marks" aria-hidden>
      {marks.map(({ index, share, isNewDay }) => (
        <span key={index} className={isNewDay ? 'chart-past-day' : ''} style={{ left: `${share * 100}%` }} />
      ))}
    </div>
  )
}

function Days({ moments }: { readonly moments: MomentsAnswer['moments'] }) {
  const say = useWords(words)
  const times = useTimes()
  const isNarrow = useIsNarrow()
  const id = useId()
  const days = useMemo(() => dayLabels(moments, times.day, isNarrow ? 2 : 7), [moments, times, isNarrow])
  return (
    <div className="chart-past-days x-quiet x-number" aria-hidden>
      {days.map(({ share, day }) => (
        <span key={`${id}${share}`} style={{ left: `${share * 100}%` }}>
          {day}
        </span>
      ))}
      <span style={{ left: '100%' }}>{say('now')}</span>
    </div>
  )
}
