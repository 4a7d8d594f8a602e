/** QIDO-RS (PS3.18 §10.6): studies, series and instances as DICOM JSON, newest study first. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { JsonDataset, JsonElement } from '@xinglin/dicom'
import type { TenantId } from '@xinglin/events'
import type { SeenSql } from '@xinglin/identity'
import { conditionsOf } from './search-conditions.ts'
import type { SearchQuery } from './search-query.ts'

export type Scope = {
  readonly tenant: TenantId
  readonly study?: string
  readonly series?: string
  readonly baseUrl: string
  /** Absent where the one who asks sees every study. */
  readonly seen?: SeenSql
}

const values = (vr: string, ...Value: readonly (string | number)[]): JsonElement => ({ vr, Value })
const online = { '00080056': values('CS', 'ONLINE') }

type StudyAnswer = {
  readonly uid: string
  readonly attributes: JsonDataset
  readonly modalities: readonly string[]
  readonly seriesCount: number
  readonly instanceCount: number
}

/** Studies of a tenant (PS3.18 table 10.6.3-3). */
export async function searchStudies(
  database: Queryable,
  scope: Scope,
  query: SearchQuery,
): Promise<readonly JsonDataset[]> {
  const { study } = conditionsOf(query, 'study')
  const rows = await database.query(sql<StudyAnswer>`
    select
      st.study_instance_uid as uid, st.attributes,
      coalesce(series.modalities, '{}') as modalities,
      coalesce(series.count, 0)::integer as "seriesCount",
      instances.count::integer as "instanceCount"
    from dicom.study st
    left join lateral (
      select count(*) as count, array_agg(distinct modality) filter (where modality is not null) as modalities
      from dicom.series
      where tenant = st.tenant and study_instance_uid = st.study_instance_uid) series on true
    left join lateral (
      select count(*) as count
      from dicom.instance
      where tenant = st.tenant and study_instance_uid = st.study_instance_uid) instances on true
    where st.tenant = ${scope.tenant}${seenStudies(scope)}${study}
    order by st.study_date desc nulls last, st.study_instance_uid
    limit ${query.limit} offset ${query.offset}`)
  return rows.map((row) =>
    sorted({
      ...row.attributes,
      ...online,
      '00080061': values('CS', ...row.modalities),
      '00081190': values('UR', `${scope.baseUrl}/studies/${row.uid}`),
      '00201206': values('IS', row.seriesCount),
      '00201208': values('IS', row.instanceCount),
    }),
  )
}

type SeriesAnswer = {
  readonly uid: string
  readonly study: string
  readonly attributes: JsonDataset
  readonly studyAttributes: JsonDataset
  readonly count: number
}

/** Series of a study, or of the tenant (table 10.6.3-4). */
export async function searchSeries(
  database: Queryable,
  scope: Scope,
  query: SearchQuery,
): Promise<readonly JsonDataset[]> {
  const { study, series } = conditionsOf(query, 'series')
  const rows = await database.query(sql<SeriesAnswer>`
    select
      se.series_instance_uid as uid, st.study_instance_uid as study,
      se.attributes, st.attributes as "studyAttributes",
      instances.count::integer as count
    from dicom.series se
    join dicom.study st on st.tenant = se.tenant and st.study_instance_uid = se.study_instance_uid
    left join lateral (
      select count(*) as count
      from dicom.instance i
      where i.tenant = se.tenant and i.study_instance_uid = se.study_instance_uid
        and i.series_instance_uid = se.series_instance_uid) instances on true
    where se.tenant = ${scope.tenant}
      and (${scope.study ?? null}::text is null or se.study_instance_uid = ${scope.study ?? null})${seenStudies(scope)}${study}${series}
    order by st.study_date desc nulls last, se.series_number nulls last, se.series_instance_uid
    limit ${query.limit} offset ${query.offset}`)
  return rows.map((row) =>
    sorted({
      ...(scope.study ? {} : row.studyAttributes),
      ...row.attributes,
      ...online,
      '0020000D': values('UI', row.study),
      '00081190': values('UR', `${scope.baseUrl}/studies/${row.study}/series/${row.uid}`),
      '00201209': values('IS', row.count),
    }),
  )
}

type InstanceAnswer = {
  readonly uid: string
  readonly study: string
  readonly series: string
  readonly syntax: string
  readonly attributes: JsonDataset
  readonly seriesAttributes: JsonDataset
  readonly studyAttributes: JsonDataset
}

/** Instances of a series, of a study, or of the tenant (table 10.6.3-5). */
export async function searchInstances(
  database: Queryable,
  scope: Scope,
  query: SearchQuery,
): Promise<readonly JsonDataset[]> {
  const { study, series, instance } = conditionsOf(query, 'instance')
  const rows = await database.query(sql<InstanceAnswer>`
    select
      i.sop_instance_uid as uid, i.study_instance_uid as study, i.series_instance_uid as series,
      i.transfer_syntax_uid as syntax,
      i.attributes, se.attributes as "seriesAttributes", st.attributes as "studyAttributes"
    from dicom.instance i
    join dicom.series se on se.tenant = i.tenant and se.study_instance_uid = i.study_instance_uid
      and se.series_instance_uid = i.series_instance_uid
    join dicom.study st on st.tenant = i.tenant and st.study_instance_uid = i.study_instance_uid
    where i.tenant = ${scope.tenant}
      and (${scope.study ?? null}::text is null or i.study_instance_uid = ${scope.study ?? null})
      and (${scope.series ?? null}::text is null or i.series_instance_uid = ${scope.series ?? null})${seenStudies(scope)}${study}${series}${instance}
    order by st.study_date desc nulls last, i.study_instance_uid, se.series_number nulls last, i.series_instance_uid,
      i.instance_number nulls last, i.sop_instance_uid
    limit ${query.limit} offset ${query.offset}`)
  return rows.map((row) =>
    sorted({
      ...(scope.study ? {} : row.studyAttributes),
      ...(scope.series ? {} : row.seriesAttributes),
      ...row.attributes,
      ...online,
      '0020000D': values('UI', row.study),
      '0020000E': values('UI', row.series),
      '00083002': values('UI', row.syntax),
      '00081190': values(
        'UR',
        `${scope.baseUrl}/studies/${row.study}/series/${row.series}/instances/${row.uid}`,
      ),
    }),
  )
}

/** Only studies whose ImagingStudy may be seen: one that is not yet recorded is nobody's. */
function seenStudies({ seen }: Scope): Sql {
  if (!seen) return sql``
  return sql` and ${seen({
    patient: sql`st.patient`,
    id: sql`dicom.imaging_study_id(st.tenant, st.study_instance_uid)`,
  })}`
}

/** Attributes in ascending order of their tags (PS3.18 §F.2.2). */
function sorted(attributes: JsonDataset): JsonDataset {
  return Object.fromEntries(Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)))
}
