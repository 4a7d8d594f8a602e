/** What the index knows of one study, as the ImagingStudy is made from it. */
import { type Queryable, sql } from '@xinglin/database'
import type { JsonDataset } from '@xinglin/dicom'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'

export type InstanceRow = {
  readonly sopInstanceUid: string
  readonly sopClassUid: string
  readonly seriesInstanceUid: string
  readonly instanceNumber: number | null
}
export type SeriesOfStudy = { readonly seriesInstanceUid: string; readonly attributes: JsonDataset }
export type StudyContent = {
  readonly studyInstanceUid: string
  readonly receivedAt: Instant
  readonly attributes: JsonDataset
  readonly series: readonly SeriesOfStudy[]
  readonly instances: readonly InstanceRow[]
}

/** The content of a study; undefined where nothing of it is indexed. */
export async function studyContent(
  database: Queryable,
  tenant: TenantId,
  studyInstanceUid: string,
): Promise<StudyContent | undefined> {
  const [studies, series, instances] = await Promise.all([
    database.query(sql<{ attributes: JsonDataset; receivedAt: Instant }>`
      select attributes, received_at as "receivedAt"
      from dicom.study
      where tenant = ${tenant} and study_instance_uid = ${studyInstanceUid}`),
    database.query(sql<SeriesOfStudy>`
      select series_instance_uid as "seriesInstanceUid", attributes
      from dicom.series
      where tenant = ${tenant} and study_instance_uid = ${studyInstanceUid}
      order by series_number nulls last, series_instance_uid`),
    database.query(sql<InstanceRow>`
      select
        sop_instance_uid as "sopInstanceUid",
        sop_class_uid as "sopClassUid",
        series_instance_uid as "seriesInstanceUid",
        instance_number as "instanceNumber"
      from dicom.instance
      where tenant = ${tenant} and study_instance_uid = ${studyInstanceUid}
      order by instance_number nulls last, sop_instance_uid`),
  ])
  const study = studies[0]
  return study && { studyInstanceUid, ...study, series, instances }
}
