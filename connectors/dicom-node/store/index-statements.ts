/** The statements of the index: instances in one for any number of them, studies and series once each. */
import { sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Instant } from '@xinglin/fhir'
import type { ObjectHash } from '@xinglin/objects'
import { type IndexRow, seriesRow, studyRow } from './index-rows.ts'
import type { IndexAnswer, StoredInstance } from './instance-index.ts'

/**
 * Inserts what is not there yet and notes that the ImagingStudy of each study touched has to be brought up to date, in
 * one statement; answers the UIDs that were inserted.
 */
export async function insertInstances(
  transaction: Transaction,
  tenant: TenantId,
  rows: readonly IndexRow[],
  at: Instant,
): Promise<Set<string>> {
  const inserted = await transaction.query(sql<{ uid: string }>`
    with stored as (
      insert into dicom.instance
        (tenant, sop_instance_uid, study_instance_uid, series_instance_uid, sop_class_uid, transfer_syntax_uid,
         instance_number, number_of_frames, object, size_bytes, dataset_offset, attributes, received_at)
      select
        ${tenant}, sop_instance_uid, study_instance_uid, series_instance_uid, sop_class_uid, transfer_syntax_uid,
        instance_number, number_of_frames, object, size_bytes, dataset_offset, attributes, received_at
      from json_to_recordset(${sql.json(rows)}::json) as given
        (sop_instance_uid text, study_instance_uid text, series_instance_uid text, sop_class_uid text,
         transfer_syntax_uid text, instance_number integer, number_of_frames integer, object text,
         size_bytes bigint, dataset_offset integer, attributes jsonb, received_at timestamptz)
      on conflict (tenant, sop_instance_uid) do nothing
      returning sop_instance_uid, study_instance_uid
    ), noted as (
      insert into dicom.pending (tenant, study_instance_uid, since)
      select distinct ${tenant}::integer, study_instance_uid, ${at}::timestamptz
      from stored
    )
    select sop_instance_uid as uid
    from stored`)
  return new Set(inserted.map((row) => row.uid))
}

/** What was there already, for those that were not inserted. */
export async function answersFor(
  transaction: Transaction,
  tenant: TenantId,
  rows: readonly IndexRow[],
  isNew: readonly boolean[],
): Promise<readonly IndexAnswer[]> {
  const uids = rows.filter((_, index) => !isNew[index]).map((row) => row.sop_instance_uid)
  if (uids.length === 0) return rows.map(() => ({ kind: 'stored' }))
  const held = await transaction.query(sql<{ uid: string; object: ObjectHash; datasetOffset: number }>`
    select sop_instance_uid as uid, object, dataset_offset as "datasetOffset"
    from dicom.instance
    where tenant = ${tenant} and sop_instance_uid = any(${uids})`)
  const byUid = new Map(held.map((row) => [row.uid, row]))
  return rows.map((row, index) => {
    const present = byUid.get(row.sop_instance_uid)
    return isNew[index] || !present
      ? { kind: 'stored' }
      : { kind: 'known', object: present.object, datasetOffset: present.datasetOffset }
  })
}

/** Adds a study by its first instance; nothing where it is known. */
export function insertStudy(
  transaction: Transaction,
  tenant: TenantId,
  instance: StoredInstance,
): Promise<unknown> {
  const row = studyRow(instance)
  return transaction.query(sql`
    insert into dicom.study
      (tenant, study_instance_uid, patient_id, patient_name, study_date, accession_number, attributes, received_at)
    values (${tenant}, ${instance.header.studyInstanceUid}, ${row.patientId}, ${row.patientName}, ${row.studyDate},
      ${row.accessionNumber}, ${sql.json(row.attributes)}::jsonb, ${instance.receivedAt}::timestamptz)
    on conflict do nothing`)
}

/** Adds a series by its first instance; nothing where it is known. */
export function insertSeries(
  transaction: Transaction,
  tenant: TenantId,
  instance: StoredInstance,
): Promise<unknown> {
  const row = seriesRow(instance)
  return transaction.query(sql`
    insert into dicom.series
      (tenant, series_instance_uid, study_instance_uid, modality, series_number, attributes)
    values (${tenant}, ${instance.header.seriesInstanceUid}, ${instance.header.studyInstanceUid}, ${row.modality},
      ${row.seriesNumber}, ${sql.json(row.attributes)}::jsonb)
    on conflict do nothing`)
}
