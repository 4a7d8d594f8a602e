/** `GET /api/chart/patients/:id/timeline`: everything that happened, newest first, page by page. */

import type { ResourceType } from '@xinglin/fhir'
import type { Page } from '@xinglin/records'
import { newestFirst } from '../reading/codes.ts'
import {
  braid,
  happeningOf,
  resultHappenings,
  type Strand,
  type TimelineResource,
} from '../reading/happenings.ts'
import { readObservation } from '../reading/observation.ts'
import { resultsOf } from '../reading/results.ts'
import type { Happening, TimelineAnswer } from '../reading/shapes.ts'
import type { ChartRecords } from './chart-records.ts'
import { mostOfAKind, searchPatient } from './patient-search.ts'

/** By which search parameter (R4) a kind is ordered and cut; without one all of the kind is read: there are few. */
const moments = {
  Observation: 'date',
  DiagnosticReport: 'date',
  Encounter: 'date',
  MedicationRequest: 'authoredon',
  MedicationStatement: 'effective',
  MedicationAdministration: 'effective-time',
  Procedure: 'date',
  ImagingStudy: 'started',
  DocumentReference: 'date',
  Composition: 'date',
  Immunization: 'date',
  ServiceRequest: 'authored',
  Condition: undefined,
  AllergyIntolerance: undefined,
} as const satisfies Partial<Record<ResourceType, string | undefined>>

export type TimelineType = keyof typeof moments
export const timelineTypes = Object.keys(moments) as readonly TimelineType[]

/** Lines of one kind in a page: observations come by the panel. */
const linesAtOnce = 60
const observationsAtOnce = 300

export type TimelineOptions = {
  readonly patient: string
  readonly types: readonly TimelineType[]
  readonly before: string | undefined
}

export async function timelineAnswer(
  records: ChartRecords,
  options: TimelineOptions,
): Promise<TimelineAnswer> {
  const strands = await Promise.all(options.types.map((type) => strandOf(records, type, options)))
  const { happenings, before } = braid(strands)
  // A page that ends where it began would be asked for for ever.
  const isStuck = before !== undefined && before === options.before
  return { happenings, ...(before && !isStuck ? { next: before } : {}) }
}

async function strandOf(
  records: ChartRecords,
  type: TimelineType,
  { patient, before }: TimelineOptions,
): Promise<Strand> {
  const moment = moments[type]
  const count = countOf(type)
  const page = await searchPatient(records, patient, type, [
    ...(moment ? ([['_sort', `-${moment}`]] as const) : []),
    ...(moment && before ? ([[moment, `le${before}`]] as const) : []),
    ['_count', String(count)],
  ])
  const happenings = newestFirst(happeningsIn(page, type), ({ time }) => time)
  return {
    happenings: before
      ? happenings.filter(({ time }) => time && Date.parse(time) <= Date.parse(before))
      : happenings,
    isCut: moment !== undefined && page.matches.length >= count,
  }
}

function countOf(type: TimelineType): number {
  if (moments[type] === undefined) return mostOfAKind
  return type === 'Observation' ? observationsAtOnce : linesAtOnce
}

function happeningsIn(page: Page, type: TimelineType): readonly Happening[] {
  if (type === 'Observation')
    return resultHappenings(page.matches.flatMap(({ json }) => resultsOf(readObservation(json))))
  return page.matches
    .map(({ json }) => JSON.parse(json) as TimelineResource)
    .filter((resource) => !('status' in resource) || resource.status !== 'entered-in-error')
    .map(happeningOf)
}
