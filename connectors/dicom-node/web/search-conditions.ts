/** PS3.4 §C.2.2.2: matching keys as SQL over the index: single value, list of UIDs, wild card, range of dates. */
import { type Sql, sql } from '@xinglin/database'
import { type Tag, tags, tagText } from '@xinglin/dicom'
import { invalid } from '@xinglin/fhir'
import type { SearchQuery } from './search-query.ts'

/** Conditions on study `st`, series `se` and instance `i`; a level that a query does not join has none of its keys. */
export type Conditions = { readonly study: Sql; readonly series: Sql; readonly instance: Sql }

type Matcher = (value: string) => Sql

const studyMatchers = new Map<Tag, Matcher>([
  [tags.StudyInstanceUID, (value) => sql`st.study_instance_uid = any(${uids(value)})`],
  [tags.StudyDate, (value) => dateRange(sql`st.study_date`, value)],
  [tags.AccessionNumber, (value) => wildcard(sql`st.accession_number`, value)],
  [tags.PatientID, (value) => wildcard(sql`st.patient_id`, value)],
  [tags.PatientName, nameMatch],
  [tags.PatientBirthDate, (value) => dateRange(attribute('st', tags.PatientBirthDate), value)],
  [tags.PatientSex, (value) => wildcard(attribute('st', tags.PatientSex), value)],
  [tags.StudyID, (value) => wildcard(attribute('st', tags.StudyID), value)],
  [tags.StudyDescription, (value) => wildcard(attribute('st', tags.StudyDescription), value, true)],
  [
    tags.ReferringPhysicianName,
    (value) =>
      wildcard(
        sql`st.attributes #>> ${`{${tagText(tags.ReferringPhysicianName)},Value,0,Alphabetic}`}`,
        value,
        true,
      ),
  ],
  [
    tags.ModalitiesInStudy,
    (value) => sql`exists (
      select from dicom.series m
      where m.tenant = st.tenant and m.study_instance_uid = st.study_instance_uid
        and m.modality = any(${value.split('\\')}))`,
  ],
])
const seriesMatchers = new Map<Tag, Matcher>([
  [tags.Modality, (value) => sql`se.modality = any(${value.split('\\')})`],
  [tags.SeriesInstanceUID, (value) => sql`se.series_instance_uid = any(${uids(value)})`],
  [tags.SeriesNumber, (value) => sql`se.series_number = ${integer(value, 'SeriesNumber')}`],
  [tags.SeriesDescription, (value) => wildcard(attribute('se', tags.SeriesDescription), value, true)],
  [tags.BodyPartExamined, (value) => wildcard(attribute('se', tags.BodyPartExamined), value, true)],
])
const instanceMatchers = new Map<Tag, Matcher>([
  [tags.SOPInstanceUID, (value) => sql`i.sop_instance_uid = any(${uids(value)})`],
  [tags.SOPClassUID, (value) => sql`i.sop_class_uid = any(${uids(value)})`],
  [tags.InstanceNumber, (value) => sql`i.instance_number = ${integer(value, 'InstanceNumber')}`],
])

/** `and …` for each level. A series key asked of a study search matches studies that have such a series. */
export function conditionsOf(query: SearchQuery, level: 'study' | 'series' | 'instance'): Conditions {
  const seriesConditions = conditions(query, seriesMatchers)
  const hasSeriesKeys = [...seriesMatchers.keys()].some((tag) => query.matches.has(tag))
  const study = conditions(query, studyMatchers)
  if (level !== 'study')
    return { study, series: seriesConditions, instance: conditions(query, instanceMatchers) }
  const some = sql` and exists (
    select from dicom.series se
    where se.tenant = st.tenant and se.study_instance_uid = st.study_instance_uid${seriesConditions})`
  return { study: hasSeriesKeys ? sql`${study}${some}` : study, series: sql``, instance: sql`` }
}

function conditions(query: SearchQuery, matchers: ReadonlyMap<Tag, Matcher>): Sql {
  return [...matchers].reduce<Sql>((all, [tag, matcher]) => {
    const value = query.matches.get(tag)
    return value === undefined ? all : sql`${all} and ${matcher(value)}`
  }, sql``)
}

const uids = (value: string): readonly string[] => value.split(/[\\,]/).map((uid) => uid.trim())

const attribute = (level: 'st' | 'se', tag: Tag): Sql =>
  sql`(${sql.id(level, 'attributes')} #>> ${`{${tagText(tag)},Value,0}`}::text[])`

function integer(value: string, name: string): number {
  if (/^-?\d{1,9}$/.test(value)) return Number(value)
  throw invalid(`${name} is no whole number`, { code: 'dicom-web.number', at: name })
}

/** Wild cards `*` and `?` (PS3.4 §C.2.2.2.4); `isLoose` ignores case. */
function wildcard(column: Sql, value: string, isLoose = false): Sql {
  if (!/[*?]/.test(value) && !isLoose) return sql`${column} = ${value}`
  return isLoose ? sql`${column} ilike ${likePattern(value)}` : sql`${column} like ${likePattern(value)}`
}

function likePattern(value: string): string {
  return value
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_')
}

/**
 * PS3.4 §C.2.2.2.1.1: a name matches by any of its component groups, whatever the case. The `^` between family and given
 * name may be left out, as people do who type 张三.
 */
function nameMatch(value: string): Sql {
  const pattern = likePattern(value.toLowerCase().replace(/\^+$/, ''))
  const plain = pattern.replaceAll('^', '')
  return sql`exists (
    select from unnest(string_to_array(st.patient_name, '=')) as given(name)
    where rtrim(given.name, '^ ') like ${pattern} or replace(given.name, '^', '') like ${plain}
      or st.patient_name = ${value.toLowerCase()})`
}

/** `20260101`, `20260101-20261231`, `20260101-`, `-20261231` (PS3.4 §C.2.2.2.5). */
function dateRange(column: Sql, value: string): Sql {
  const match = /^(\d{8})?(-)?(\d{8})?$/.exec(value.replaceAll(/(\d{4})-(\d\d)-(\d\d)/g, '$1$2$3'))
  const [, from, dash, to] = match ?? []
  if (!match || (!from && !to))
    throw invalid('a date is YYYYMMDD or a range of two', { code: 'dicom-web.date' })
  if (!dash) return sql`${column} = ${from}`
  return sql`(${column} >= ${from ?? '00000000'} and ${column} <= ${to ?? '99999999'})`
}
