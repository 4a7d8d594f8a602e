/** What a document is about and what of the record belongs to it: found by the anchor of its type. */
import type {
  Condition,
  DiagnosticReport,
  Encounter,
  MedicationRequest,
  Observation,
  Patient,
  Procedure,
  Resource,
} from '@xinglin/fhir'
import { invalid, parseReference } from '@xinglin/fhir'
import { wordsOf } from './coded.ts'
import type { NamedMedication } from './sections.ts'
import type { Sources } from './sources.ts'

export type Subject = {
  readonly patient: Patient & { readonly id: string }
  readonly anchor: Resource
  readonly encounter?: Encounter
  readonly sources: Sources
}

/** Asks of one patient, of one visit where the document is about one. */
export function within(
  { patient, encounter }: Subject,
  ofEncounter: boolean,
): readonly (readonly [string, string])[] {
  const about = ['patient', patient.id] as const
  return ofEncounter && encounter?.id ? [about, ['encounter', encounter.id]] : [about]
}

/** Diagnoses that stand, in the order in which they were recorded. */
export async function conditionsOf(subject: Subject, ofEncounter: boolean): Promise<readonly Condition[]> {
  const found = await subject.sources.search('Condition', within(subject, ofEncounter))
  return found
    .filter(({ verificationStatus }) => !isRefuted(verificationStatus?.coding?.[0]?.code))
    .toSorted((left, right) => (left.recordedDate ?? '').localeCompare(right.recordedDate ?? ''))
}

function isRefuted(code: string | undefined): boolean {
  return code === 'entered-in-error' || code === 'refuted'
}

const finished: ReadonlySet<string> = new Set(['final', 'amended', 'corrected'])

/** Released results of a visit in a category, the oldest first. */
export async function observationsOf(subject: Subject, category: string): Promise<readonly Observation[]> {
  const found = await subject.sources.search('Observation', [
    ...within(subject, true),
    ['category', category],
  ])
  return released(found)
}

/** The results that a report names. */
export async function resultsOf(
  { sources }: Subject,
  report: DiagnosticReport,
): Promise<readonly Observation[]> {
  const found = await Promise.all((report.result ?? []).map((each) => sources.follow('Observation', each)))
  return found.filter((each): each is Observation => each !== undefined && finished.has(each.status))
}

function released(found: readonly Observation[]): readonly Observation[] {
  return found
    .filter(({ status }) => finished.has(status))
    .toSorted((left, right) => (left.effectiveDateTime ?? '').localeCompare(right.effectiveDateTime ?? ''))
}

const void_: ReadonlySet<string> = new Set(['entered-in-error', 'draft', 'cancelled'])

/** Prescriptions with the names of their drugs, the oldest first. */
export async function medicationsOf(
  subject: Subject,
  ofEncounter: boolean,
): Promise<readonly NamedMedication[]> {
  const found = await subject.sources.search('MedicationRequest', within(subject, ofEncounter))
  const standing = found
    .filter(({ status, intent }) => !void_.has(status) && intent !== 'proposal' && intent !== 'plan')
    .toSorted((left, right) => (left.authoredOn ?? '').localeCompare(right.authoredOn ?? ''))
  return Promise.all(standing.map(async (request) => ({ request, name: await drugName(subject, request) })))
}

async function drugName({ sources }: Subject, request: MedicationRequest): Promise<string> {
  const words = wordsOf(request.medicationCodeableConcept)
  if (words) return words
  const named = request.medicationReference
  if (named?.display) return named.display
  const medication = await sources.follow('Medication', named)
  return wordsOf(medication?.code)
}

export async function proceduresOf(subject: Subject, ofEncounter: boolean): Promise<readonly Procedure[]> {
  const found = await subject.sources.search('Procedure', within(subject, ofEncounter))
  return found.filter(({ status }) => status === 'completed')
}

/** The patient, and the visit where there is one; throws where the anchor is of nobody. */
export async function subjectOf(sources: Sources, anchor: Resource): Promise<Subject> {
  const patient =
    anchor.resourceType === 'Patient' ? anchor : await sources.follow('Patient', subjectReference(anchor))
  if (!patient?.id)
    throw invalid('the source names no patient whom you may see', { code: 'documents.no-patient' })
  const encounter =
    anchor.resourceType === 'Encounter'
      ? anchor
      : await sources.follow('Encounter', encounterReference(anchor))
  return { patient: { ...patient, id: patient.id }, anchor, sources, ...(encounter ? { encounter } : {}) }
}

function subjectReference(anchor: Resource) {
  return 'subject' in anchor && isReference(anchor.subject) ? anchor.subject : undefined
}

function encounterReference(anchor: Resource) {
  return 'encounter' in anchor && isReference(anchor.encounter) ? anchor.encounter : undefined
}

function isReference(value: unknown): value is { readonly reference: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'reference' in value &&
    parseReference(String(value.reference)) !== undefined
  )
}
