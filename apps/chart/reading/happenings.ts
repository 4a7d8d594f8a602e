/** Every resource of a patient as a line of the time line. */
import type {
  AllergyIntolerance,
  Composition,
  Condition,
  DiagnosticReport,
  DocumentReference,
  Encounter,
  ImagingStudy,
  Immunization,
  MedicationAdministration,
  MedicationRequest,
  MedicationStatement,
  Procedure,
  ServiceRequest,
} from '@xinglin/fhir'
import { allergyOf } from './allergies.ts'
import { startOf, wordsOf } from './codes.ts'
import { documentLine } from './documents.ts'
import { medicationOf } from './medications.ts'
import { problemOf } from './problems.ts'
import type { Happening, TestResult } from './shapes.ts'
import { studyOf } from './studies.ts'
import { visitOf } from './visits.ts'

export type TimelineResource =
  | AllergyIntolerance
  | Composition
  | Condition
  | DiagnosticReport
  | DocumentReference
  | Encounter
  | ImagingStudy
  | Immunization
  | MedicationAdministration
  | MedicationRequest
  | MedicationStatement
  | Procedure
  | ServiceRequest

/** The line of a resource other than an observation. */
export function happeningOf(resource: TimelineResource): Happening {
  const line = { key: `${resource.resourceType}/${resource.id}`, type: resource.resourceType }
  switch (resource.resourceType) {
    case 'Encounter': {
      const { start, place, reason, status } = visitOf(resource)
      return {
        ...line,
        time: start,
        title: reason ?? place ?? '',
        detail: reason ? place : undefined,
        status,
      }
    }
    case 'Condition': {
      const { name, code, since, status } = problemOf(resource)
      return { ...line, time: resource.recordedDate ?? since, title: name, detail: code, status }
    }
    case 'AllergyIntolerance': {
      const { name, reaction, since } = allergyOf(resource)
      return { ...line, time: resource.recordedDate ?? since, title: name, detail: reaction }
    }
    case 'MedicationRequest':
    case 'MedicationStatement':
    case 'MedicationAdministration': {
      const { name, dosage, time, status } = medicationOf(resource)
      return { ...line, time, title: name, detail: dosage, status }
    }
    case 'ImagingStudy': {
      const { description, modalities, time, instanceCount } = studyOf(resource)
      return {
        ...line,
        time,
        title: `${modalities.join('/')} ${description}`.trim(),
        detail: `${instanceCount}`,
      }
    }
    case 'DocumentReference':
    case 'DiagnosticReport':
    case 'Composition': {
      const { title, time, author, status } = documentLine(resource)
      return { ...line, time, title, detail: author, status }
    }
    case 'Procedure':
      return {
        ...line,
        time: resource.performedDateTime ?? startOf(resource.performedPeriod),
        title: wordsOf(resource.code) ?? '?',
        status: resource.status,
      }
    case 'Immunization':
      return {
        ...line,
        time: resource.occurrenceDateTime,
        title: wordsOf(resource.vaccineCode) ?? '?',
        detail: resource.lotNumber,
        status: resource.status,
      }
    case 'ServiceRequest':
      return {
        ...line,
        time: resource.authoredOn,
        title: wordsOf(resource.code) ?? '?',
        detail: resource.priority && resource.priority !== 'routine' ? resource.priority : undefined,
        status: resource.status,
      }
  }
}

/** Results of one time and kind as one line, the flagged ones first. */
export function resultHappenings(results: readonly TestResult[]): readonly Happening[] {
  const together = Map.groupBy(results, ({ time, group }) => `${time} ${group}`)
  return [...together.values()].flatMap((ofOneTime) => {
    const ordered = [...ofOneTime].sort(
      (left, right) => Number(right.flag !== undefined) - Number(left.flag !== undefined),
    )
    const [first] = ordered
    return first
      ? [{ key: first.key, type: 'Observation', time: first.time, title: first.name, results: ordered }]
      : []
  })
}

/** What one kind of resource gave: newest first; `isCut` where older ones were left out by the limit. */
export type Strand = { readonly happenings: readonly Happening[]; readonly isCut: boolean }

/**
 * Braids strands into one page, newest first. A cut strand may hold unseen lines older than its last one, so the page
 * ends at the newest such end; `before` is where the next page begins (its first lines may repeat the last ones here).
 */
export function braid(strands: readonly Strand[]): {
  readonly happenings: readonly Happening[]
  readonly before?: string
} {
  const atMs = ({ time }: Happening) => (time ? Date.parse(time) : Number.NEGATIVE_INFINITY)
  const ends = strands.flatMap(({ happenings, isCut }) => (isCut ? (happenings.at(-1) ?? []) : []))
  const [end] = [...ends].sort((left, right) => atMs(right) - atMs(left))
  const all = strands.flatMap(({ happenings }) => happenings).sort((left, right) => atMs(right) - atMs(left))
  if (!end?.time) return { happenings: all }
  const shown = all.filter((happening) => atMs(happening) >= atMs(end))
  return { happenings: shown, before: end.time }
}
