/** One study: its series on the left, the chosen one as a stack of pictures. */
import { Empty, Failed, useScreen, useWords } from '@xinglin/kit'
import { useEffect, useEffectEvent, useState } from 'react'
import type { ViewedSeries, ViewerAnswer } from '../../reading/shapes.ts'
import { words } from '../words.ts'
import { actOfKey, type Mode, type ViewerAct } from './keys.ts'
import { Overlay } from './overlay.tsx'
import { presetsFor, rangeOf } from './presets.ts'
import { SeriesStrip } from './series-strip.tsx'
import { Toolbar } from './toolbar.tsx'
import { useCine } from './use-cine.ts'
import { useSeries } from './use-series.ts'
import { useStage } from './use-stage.ts'

export function StudyView({ patient, study }: ViewerAnswer) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const chosen = study.series.find(({ uid }) => uid === search.get('series')) ?? firstShown(study.series)
  if (!chosen) return <Empty title={say('noSeries')}>{say('noSeriesHelp')}</Empty>
  const choose = (series: string): void => setSearch({ series })
  return (
    <div className="imaging-study">
      <SeriesStrip
        studyInstanceUid={study.studyInstanceUid}
        series={study.series}
        chosen={chosen.uid}
        choose={choose}
      />
      <SeriesView patient={patient} study={study} series={chosen} choose={choose} />
    </div>
  )
}

/** Reports and measurements stand behind what can be seen. */
const unseen = new Set(['SR', 'KO', 'PR', 'DOC', 'REG', 'RTSTRUCT', 'RTPLAN'])

function firstShown(series: readonly ViewedSeries[]): ViewedSeries | undefined {
  return series.find(({ modality }) => !unseen.has(modality)) ?? series[0]
}

type SeriesViewProps = ViewerAnswer & {
  readonly series: ViewedSeries
  readonly choose: (seriesUid: string) => void
}

function SeriesView({ patient, study, series, choose }: SeriesViewProps) {
  const say = useWords(words)
  const { isActive } = useScreen()
  const { element, state, view, hasFailed, clearFailure } = useStage()
  const stage = state.kind === 'ready' ? state.stage : undefined
  const images = useSeries(stage, { study: study.studyInstanceUid, series, clearFailure })
  const count = images.state === 'ready' ? images.imageIds.length : 0
  const [mode, setMode] = useState<Mode>('window')
  const [isRunning, setRunning] = useState(false)
  useCine(stage, isRunning && isActive, count)
  const presets = presetsFor(series.modality)

  const act = (asked: ViewerAct): void => {
    if (!stage || count === 0) return
    switch (asked.kind) {
      case 'step':
        void stage.goTo(Math.min(Math.max((view?.index ?? 0) + asked.by, 0), count - 1))
        break
      case 'edge':
        void stage.goTo(asked.to === 'first' ? 0 : count - 1)
        break
      case 'series': {
        const next = study.series[study.series.indexOf(series) + asked.by]
        if (next) choose(next.uid)
        break
      }
      case 'mode':
        stage.setMode(asked.mode)
        setMode(asked.mode)
        break
      case 'preset': {
        const preset = presets[asked.index]
        const stored = stage.storedRange()
        if (preset && stored) stage.setRange(rangeOf(preset, stored))
        break
      }
      case 'cine':
        setRunning(!isRunning)
        break
      case 'invert':
      case 'fit':
      case 'reset':
        stage[asked.kind]()
        break
    }
  }
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!isActive || isTyping(event.target)) return
    const asked = actOfKey(event)
    if (!asked) return
    event.preventDefault()
    act(asked)
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(event)
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])

  return (
    <div className="imaging-series-view">
      <Toolbar mode={mode} presets={presets} isRunning={isRunning} act={act} />
      <div className="imaging-stage">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: only keeps the browser's menu off the right button, which zooms. */}
        <div className="imaging-canvas" ref={element} onContextMenu={(event) => event.preventDefault()} />
        <Overlay
          {...{ patient, study, series, view, count }}
          isCalibrated={images.state !== 'ready' || images.isCalibrated}
        />
        <div className="imaging-message" aria-live="polite">
          {state.kind === 'no-graphics' ? (
            <Empty title={say('noGraphics')}>{say('noGraphicsHelp')}</Empty>
          ) : null}
          {images.state === 'loading' && state.kind !== 'no-graphics' ? (
            <span role="status">{say('loadingImages')}</span>
          ) : null}
          {images.state === 'failed' ? <Failed error={images.error} retry={images.retry} /> : null}
          {images.state === 'ready' && count === 0 ? (
            <Empty title={say('noImagesInSeries')}>{say('noImagesInSeriesHelp')}</Empty>
          ) : null}
          {hasFailed ? <Empty title={say('imageFailed')}>{say('imageFailedHelp')}</Empty> : null}
        </div>
      </div>
    </div>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
