/** R4 §10.7 ImagingStudy. */
import type { ImagingStudy } from '@xinglin/fhir'
import { newestFirst, wordsOf } from './codes.ts'
import type { Study } from './shapes.ts'

const dicomUid = 'urn:dicom:uid'

export function studiesOf(studies: readonly ImagingStudy[]): readonly Study[] {
  const known = studies.filter(({ status }) => status !== 'entered-in-error')
  return newestFirst(known.map(studyOf), ({ time }) => time)
}

export function studyOf(study: ImagingStudy): Study {
  const uid = study.identifier?.find(({ system }) => system === dicomUid)?.value?.replace(/^urn:oid:/, '')
  const series = study.series ?? []
  const modalities = [...(study.modality ?? []), ...series.map(({ modality }) => modality)]
  return {
    key: `ImagingStudy/${study.id}`,
    studyUid: uid,
    description: study.description ?? wordsOf(study.procedureCode?.[0]) ?? series[0]?.description ?? '',
    modalities: [...new Set(modalities.flatMap(({ code }) => code ?? []))],
    time: study.started,
    seriesCount: study.numberOfSeries ?? series.length,
    instanceCount:
      study.numberOfInstances ?? series.reduce((sum, each) => sum + (each.numberOfInstances ?? 0), 0),
    firstInstance: uid ? firstInstance(uid, series) : undefined,
  }
}

/** The middle of the first series shows more than its edge. */
function firstInstance(studyUid: string, series: NonNullable<ImagingStudy['series']>): string | undefined {
  const first = series.find(({ instance }) => (instance?.length ?? 0) > 0) ?? series[0]
  if (!first) return undefined
  const instances = first.instance ?? []
  const middle = instances[Math.floor(instances.length / 2)]
  const path = `/dicom-web/studies/${studyUid}/series/${first.uid}`
  return middle ? `${path}/instances/${middle.uid}` : path
}
