/** What every picture must say of itself: whose it is, which study and series, which image, which window. */
import { useTimes, useWords } from '@xinglin/kit'
import type { ViewedPatient, ViewedSeries, ViewedStudy } from '../../reading/shapes.ts'
import { words } from '../words.ts'
import { windowOfRange } from './presets.ts'
import type { StageView } from './stage.ts'

export type OverlayProps = {
  readonly patient: ViewedPatient
  readonly study: ViewedStudy
  readonly series: ViewedSeries
  readonly view: StageView | undefined
  readonly count: number
  readonly isCalibrated: boolean
}

export function Overlay({ patient, study, series, view, count, isCalibrated }: OverlayProps) {
  const say = useWords(words)
  const times = useTimes()
  const window = view?.range && windowOfRange(view.range)
  return (
    <div className="imaging-overlay x-number">
      <div className="imaging-top-left">
        <span>{patient.name}</span>
        <span>{[patient.mrn, patient.birthDate].filter(Boolean).join(' · ')}</span>
      </div>
      <div className="imaging-top-right">
        <span>{study.description}</span>
        <span>{times.moment(study.started)}</span>
        {study.accessionNumber ? <span>{say('accession', { number: study.accessionNumber })}</span> : null}
      </div>
      <div className="imaging-bottom-left">
        <span>
          {series.modality} {series.description ?? say('seriesNumber', { number: series.number ?? '?' })}
        </span>
        <span data-image={view ? view.index + 1 : 0}>
          {say('image', { number: view ? view.index + 1 : '–', count })}
        </span>
      </div>
      <div className="imaging-bottom-right">
        {window ? (
          <span data-window>
            C {Math.round(window.center)} W {Math.round(window.width)}
          </span>
        ) : null}
        <span>{view ? `${Math.round(view.zoom * 100)} %` : null}</span>
        {isCalibrated ? null : <span>{say('uncalibrated')}</span>}
        <span>{say('notDiagnostic')}</span>
      </div>
    </div>
  )
}
