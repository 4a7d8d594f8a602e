/** `GET /api/chart/patients/:id/sources/:type/:resource`: one resource as it stands, and the messages that made it. */

import { notFound, type Resource, type ResourceType } from '@xinglin/fhir'
import type { SourceAnswer } from '../reading/shapes.ts'
import { sourceOf } from '../reading/source.ts'
import type { ChartRecords } from './chart-records.ts'
import { demandAbout, includedOf, searchPatient } from './patient-search.ts'

export async function sourceAnswer(
  records: ChartRecords,
  asked: { readonly patient: string; readonly type: ResourceType; readonly id: string },
): Promise<SourceAnswer> {
  const version = await records.read(asked.type, asked.id)
  if (!version || version.interaction === 'delete') {
    throw notFound(`${asked.type}/${asked.id} does not exist`, { code: 'chart.not-found' })
  }
  const resource = JSON.parse(version.json) as Resource
  demandAbout(resource, asked.patient)
  const page = await searchPatient(records, asked.patient, asked.type, [
    ['_id', asked.id],
    ['_revinclude', 'Provenance:target'],
  ])
  const sources = includedOf(page).flatMap((included) =>
    included.resourceType === 'Provenance' ? (sourceOf({}, included) ?? []) : [],
  )
  return { json: version.json, version: version.version, updated: version.updated, sources }
}
