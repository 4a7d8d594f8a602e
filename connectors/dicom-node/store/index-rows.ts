/** Rows of the index made from the header of an instance. */
import { type Dataset, type JsonDataset, number, type Tag, tags, text, texts, toJson } from '@xinglin/dicom'
import { instanceTags, seriesTags, studyTags } from './indexed-tags.ts'
import type { StoredInstance } from './instance-index.ts'

/** As `json_to_recordset` reads it. */
export type IndexRow = {
  readonly sop_instance_uid: string
  readonly study_instance_uid: string
  readonly series_instance_uid: string
  readonly sop_class_uid: string
  readonly transfer_syntax_uid: string
  readonly instance_number: number | null
  readonly number_of_frames: number | null
  readonly object: string
  readonly size_bytes: number
  readonly dataset_offset: number
  readonly attributes: JsonDataset
  readonly received_at: string
}

export function indexRow({ header, object, sizeBytes, receivedAt }: StoredInstance): IndexRow {
  return {
    sop_instance_uid: header.sopInstanceUid,
    study_instance_uid: header.studyInstanceUid,
    series_instance_uid: header.seriesInstanceUid,
    sop_class_uid: header.sopClassUid,
    transfer_syntax_uid: header.transferSyntaxUid,
    instance_number: header.instanceNumber ?? null,
    number_of_frames: header.numberOfFrames ?? null,
    object,
    size_bytes: sizeBytes,
    dataset_offset: header.datasetOffset,
    attributes: attributesOf(header.dataset, instanceTags),
    received_at: receivedAt,
  }
}

export type StudyRow = {
  readonly patientId: string | null
  readonly patientName: string | null
  readonly studyDate: string | null
  readonly accessionNumber: string | null
  readonly attributes: JsonDataset
}

export function studyRow({ header: { dataset } }: StoredInstance): StudyRow {
  return {
    patientId: text(dataset, tags.PatientID) ?? null,
    patientName: texts(dataset, tags.PatientName)[0]?.toLowerCase() ?? null,
    studyDate: text(dataset, tags.StudyDate) ?? null,
    accessionNumber: text(dataset, tags.AccessionNumber) ?? null,
    attributes: attributesOf(dataset, studyTags),
  }
}

export type SeriesRow = {
  readonly modality: string | null
  readonly seriesNumber: number | null
  readonly attributes: JsonDataset
}

export function seriesRow({ header: { dataset } }: StoredInstance): SeriesRow {
  const seriesNumber = number(dataset, tags.SeriesNumber)
  return {
    modality: text(dataset, tags.Modality) ?? null,
    seriesNumber: Number.isInteger(seriesNumber) ? (seriesNumber ?? null) : null,
    attributes: attributesOf(dataset, seriesTags),
  }
}

/** DICOM JSON of some attributes. NUL, which no PostgreSQL text can hold, is taken out of broken values. */
function attributesOf(dataset: Dataset, wanted: readonly Tag[]): JsonDataset {
  const elements = new Map(
    wanted.flatMap((tag) => {
      const element = dataset.elements.get(tag)
      return element ? [[tag, element] as const] : []
    }),
  )
  const json = JSON.stringify(toJson({ elements, characterSet: dataset.characterSet }))
  return JSON.parse(json.replaceAll('\\u0000', '')) as JsonDataset
}
