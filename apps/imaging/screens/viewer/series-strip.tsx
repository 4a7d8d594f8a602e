/** The series of a study, each with the picture of its middle image. */
import { useWords } from '@xinglin/kit'
import type { ViewedSeries } from '../../reading/shapes.ts'
import { words } from '../words.ts'

export type SeriesStripProps = {
  readonly studyInstanceUid: string
  readonly series: readonly ViewedSeries[]
  readonly chosen: string
  readonly choose: (seriesUid: string) => void
}

export function SeriesStrip({ studyInstanceUid, series, chosen, choose }: SeriesStripProps) {
  const say = useWords(words)
  return (
    <nav className="imaging-strip" aria-label={say('series')}>
      {series.map((each) => (
        <button
          key={each.uid}
          type="button"
          className="imaging-series"
          aria-pressed={each.uid === chosen}
          onClick={() => choose(each.uid)}
        >
          <img
            src={`/dicom-web/studies/${studyInstanceUid}/series/${each.uid}/thumbnail`}
            alt=""
            loading="lazy"
            decoding="async"
            // The count changes when images arrive, and the picture with it.
            key={each.instanceCount}
          />
          <span className="x-cut">
            <strong>{each.modality}</strong>{' '}
            {each.description ?? say('seriesNumber', { number: each.number ?? '?' })}
          </span>
          <span className="x-number">{say('images', { count: each.instanceCount })}</span>
        </button>
      ))}
    </nav>
  )
}
