/** `GET /api/chart/patients/:id/sources/:type/:resource`: one resource as it stands, and the messages that made it. */
import { notFound, type Resource, type ResourceType } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import type { SourceAnswer } from '../reading/shapes.ts'
import { sourceOf } from '../reading/source.ts'
import { demandAbout, matchesOf } from './patient-search.ts'

export async function sourceAnswer(
  records: GuardedRecords,
  asked: { readonly patient: string; readonly type: ResourceType; readonly id: string },
): Promise<SourceAnswer> {
  const version = await records.read(asked.type, asked.id)
  if (!version || version.interaction === 'delete') {
    throw notFound(`${asked.type}/${asked.id} does not exist`, { code: 'chart.not-found' })
  }
  const resource = JSON.parse(version.json) as Resource
  demandAbout(resource, asked.patient)
  const page = await records.search('Provenance', [
    ['target', `${asked.type}/${asked.id}`],
    ['_count', '20'],
  ])
  const sources = matchesOf(page, 'Provenance').flatMap((provenance) => sourceOf({}, provenance) ?? [])
  return { json: version.json, version: version.version, updated: version.updated, sources }
}
