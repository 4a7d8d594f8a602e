/** `GET /api/chart/patients/:id/moments`: the instants at which the record changed, since the patient is known. */
import { notFound } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import type { MomentsAnswer } from '../reading/shapes.ts'

export async function momentsAnswer(records: GuardedRecords, id: string): Promise<MomentsAnswer> {
  const [first, { moments, isCut }] = await Promise.all([
    records.readVersion('Patient', id, 1),
    records.moments(id),
  ])
  if (!first) throw notFound(`Patient/${id} does not exist`, { code: 'chart.not-found' })
  // A result may have come before the patient's own data: there is no record to show of that time.
  const sinceMs = Date.parse(first.updated)
  return { moments: moments.filter(({ at }) => Date.parse(at) >= sinceMs), isCut }
}
