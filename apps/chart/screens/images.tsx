/** Imaging studies as a strip of pictures, each opening the viewer. */
import { FileImageOutlined } from '@ant-design/icons'
import { imagingPermissions, viewerAddress } from '@xinglin/imaging/contract'
import { Empty, Go, useMay, useTimes, useWords } from '@xinglin/kit'
import { useState } from 'react'
import type { Study } from '../reading/shapes.ts'
import { useRecord } from './record-place.ts'
import { words } from './words.ts'

export function Images({ studies }: { readonly studies: readonly Study[] }) {
  const say = useWords(words)
  if (studies.length === 0) return <Empty title={say('noImages')}>{say('noImagesHelp')}</Empty>
  return (
    <div className="chart-page">
      <StudyStrip studies={studies} wraps />
    </div>
  )
}

export function StudyStrip({
  studies,
  wraps,
}: {
  readonly studies: readonly Study[]
  readonly wraps?: boolean
}) {
  return (
    <div className={`chart-strip ${wraps ? 'chart-strip-wraps' : ''}`}>
      {studies.map((study) => (
        <StudyCard key={study.key} study={study} />
      ))}
    </div>
  )
}

function StudyCard({ study }: { readonly study: Study }) {
  const say = useWords(words)
  const times = useTimes()
  const { fresh, openSource } = useRecord()
  const mayView = useMay(imagingPermissions.view)
  const classes = `chart-study ${fresh.has(study.key) ? 'x-fresh' : ''}`
  const content = (
    <>
      <Thumbnail path={study.firstInstance} />
      <span className="x-cut" title={study.description}>
        <strong>{study.modalities.join('/')}</strong> {study.description}
      </span>
      <span className="x-quiet x-number x-cut">
        {times.moment(study.time)} · {say('instances', { count: study.instanceCount })}
      </span>
    </>
  )
  if (study.studyUid && mayView) {
    return (
      <Go to={viewerAddress(study.studyUid)} className={classes}>
        {content}
      </Go>
    )
  }
  return (
    <button type="button" className={classes} onClick={() => openSource(study.key, study.description)}>
      {content}
    </button>
  )
}

function Thumbnail({ path }: { readonly path: string | undefined }) {
  const say = useWords(words)
  const [isBroken, setBroken] = useState(false)
  if (!path || isBroken) {
    return (
      <span className="chart-thumbnail">
        <FileImageOutlined aria-hidden /> {say('noPreview')}
      </span>
    )
  }
  return (
    <img
      className="chart-thumbnail"
      src={`${path}/thumbnail`}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => setBroken(true)}
    />
  )
}
