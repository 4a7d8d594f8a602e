/** What the chart asks of the record: one kind of resource of one patient, newest first, as its reader may see it. */

import type { Resource, ResourceOf, ResourceType } from '@xinglin/fhir'
import { gone, notFound } from '@xinglin/fhir'
import type { Page, Query } from '@xinglin/records'
import type { ChartRecords } from './chart-records.ts'

/** So many of one kind are read at once; a record with more is paged (results, time line) or cut with a notice. */
export const mostOfAKind = 500

/** One page of a patient's resources of a type. */
export function searchPatient(
  records: ChartRecords,
  patient: string,
  type: ResourceType,
  query: Query = [],
): Promise<Page> {
  const counted = query.some(([name]) => name === '_count')
  return records.search(type, [
    ['patient', patient],
    ...query,
    ...(counted ? [] : [['_count', String(mostOfAKind)] as const]),
  ])
}

/** The resources of a page's matches. */
export function matchesOf<T extends ResourceType>(page: Page, _type: T): readonly ResourceOf<T>[] {
  return page.matches.map(({ json }) => JSON.parse(json) as ResourceOf<T>)
}

/** The resources that came along by `_include` and `_revinclude`. */
export function includedOf(page: Page): readonly Resource[] {
  return page.included.map(({ json }) => JSON.parse(json) as Resource)
}

/** One resource; throws `notFound` or `gone`. */
export async function readResource<T extends ResourceType>(
  records: ChartRecords,
  type: T,
  id: string,
): Promise<ResourceOf<T>> {
  const version = await records.read(type, id)
  if (!version) throw notFound(`${type}/${id} does not exist`, { code: 'chart.not-found' })
  if (version.interaction === 'delete')
    throw gone(`${type}/${id} has been deleted`, { code: 'chart.deleted' })
  return JSON.parse(version.json) as ResourceOf<T>
}

/** Throws `notFound` where a resource is not about the patient under whose address it was asked for. */
export function demandAbout(resource: Resource, patient: string): void {
  const subject =
    'subject' in resource ? resource.subject : 'patient' in resource ? resource.patient : undefined
  const reference = subject && 'reference' in subject ? subject.reference : undefined
  if (reference === `Patient/${patient}`) return
  throw notFound(`${resource.resourceType}/${resource.id} is not part of this record`, {
    code: 'chart.other-patient',
  })
}
