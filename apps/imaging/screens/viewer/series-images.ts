/** The frames of a series as Cornerstone asks for them: metadata by WADO-RS (PS3.18 §10.4), one image id a frame. */
import { wadors } from '@cornerstonejs/dicom-image-loader'
import { ask } from '@xinglin/kit'
import { begin } from './begin.ts'

type LoaderMetadata = Parameters<typeof wadors.metaDataManager.add>[1]
type DicomJson = { readonly [tag: string]: { readonly vr: string; readonly Value?: readonly unknown[] } }

const sopInstanceUid = '00080018'
const numberOfFrames = '00280008'
const rows = '00280010'
const pixelSpacing = '00280030'
const imagerPixelSpacing = '00181164'

export type SeriesImages = { readonly imageIds: readonly string[]; readonly isCalibrated: boolean }

/** Registers what the loader must know of each frame and gives the image ids in the order of the series. */
export async function fetchSeries(study: string, series: string, signal: AbortSignal): Promise<SeriesImages> {
  // The loader forgets what it was told before it has begun.
  await begin()
  const path = `/dicom-web/studies/${study}/series/${series}`
  const instances = await ask<readonly DicomJson[]>(`${path}/metadata`, { signal })
  const images = instances.filter((instance) => instance[rows]?.Value)
  const imageIds = images.flatMap((instance) => {
    const frames = Math.max(1, Number(instance[numberOfFrames]?.Value?.[0] ?? 1))
    const base = `wadors:${location.origin}${path}/instances/${String(instance[sopInstanceUid]?.Value?.[0])}/frames/`
    return Array.from({ length: frames }, (_, index) => {
      const imageId = `${base}${index + 1}`
      wadors.metaDataManager.add(imageId, metadataOf(instance))
      return imageId
    })
  })
  const isCalibrated = images.some(
    (instance) => instance[pixelSpacing]?.Value ?? instance[imagerPixelSpacing]?.Value,
  )
  return { imageIds, isCalibrated }
}

/** The loader's type names the elements one by one; ours is any dataset, and the loader asks for what it finds. */
function metadataOf(instance: DicomJson): LoaderMetadata {
  return Object.assign(Object.create(null), instance)
}
