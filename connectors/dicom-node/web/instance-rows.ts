/** Which instances an address names, in the order in which people look at them. */
import { type Queryable, sql } from '@xinglin/database'
import { type TransferSyntax, transferSyntaxOf } from '@xinglin/dicom'
import type { TenantId } from '@xinglin/events'
import { fault, notFound } from '@xinglin/fhir'
import type { ObjectHash } from '@xinglin/objects'

export type InstancePath = {
  readonly tenant: TenantId
  readonly study: string
  readonly series?: string
  readonly instance?: string
}
export type InstancePlace = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly studyInstanceUid: string
  readonly object: ObjectHash
  readonly sizeBytes: number
  readonly datasetOffset: number
  readonly transferSyntaxUid: string
}

/** The instances under a path; throws `notFound` where there are none. */
export async function instancesUnder(
  database: Queryable,
  path: InstancePath,
): Promise<readonly InstancePlace[]> {
  const rows = await database.query(sql<InstancePlace>`
    select
      i.sop_instance_uid as "sopInstanceUid",
      i.series_instance_uid as "seriesInstanceUid",
      i.study_instance_uid as "studyInstanceUid",
      i.object,
      i.size_bytes::float8 as "sizeBytes",
      i.dataset_offset as "datasetOffset",
      i.transfer_syntax_uid as "transferSyntaxUid"
    from dicom.instance i
    join dicom.series s on s.tenant = i.tenant and s.study_instance_uid = i.study_instance_uid
      and s.series_instance_uid = i.series_instance_uid
    where i.tenant = ${path.tenant}
      and i.study_instance_uid = ${path.study}
      and (${path.series ?? null}::text is null or i.series_instance_uid = ${path.series ?? null})
      and (${path.instance ?? null}::text is null or i.sop_instance_uid = ${path.instance ?? null})
    order by s.series_number nulls last, i.series_instance_uid, i.instance_number nulls last, i.sop_instance_uid`)
  if (rows.length === 0)
    throw notFound('no such series or instance is held', { code: 'dicom-web.no-instance' })
  return rows
}

/** The transfer syntax of an indexed instance. */
export function syntaxOf(place: InstancePlace): TransferSyntax {
  const syntax = transferSyntaxOf(place.transferSyntaxUid)
  if (!syntax) throw fault('an indexed instance has an unknown transfer syntax', { code: 'dicom-web.syntax' })
  return syntax
}
