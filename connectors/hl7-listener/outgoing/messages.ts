/** Whole messages of v2.5.1 from resources: ADT (chapter 3), OML^O21 and ORM^O01 (chapter 4), ORU^R01 (chapter 7). Pure: everything they name is at hand. */
import type {
  AllergyIntolerance,
  DiagnosticReport,
  Encounter,
  Instant,
  Observation,
  Patient,
  ServiceRequest,
  Specimen,
} from '@xinglin/fhir'
import { type FieldValue, writeMessage, writeSegment } from '@xinglin/hl7v2'
import type { Facts } from './facts.ts'
import { ntes, numbersOf, obrOfReport, obrOfRequest, orc, orcOfReport, spm, tq1 } from './order-segments.ts'
import { xcn } from './people-and-places.ts'
import { al1s, nk1s, pid } from './person-segments.ts'
import { results } from './result-segments.ts'
import { type AdmissionTrigger, eventTimeOf, structures } from './triggers.ts'
import { time } from './values.ts'
import { dg1s, noVisit, pv1 } from './visit-segments.ts'

/** MSH-3 to MSH-6, MSH-7 and MSH-10. */
export type Heading = {
  readonly application: string
  readonly facility: string
  readonly receivingApplication: string
  readonly receivingFacility: string
  readonly at: Instant
  readonly controlId: string
}

export type Subject = {
  readonly patient: Patient
  readonly encounter: Encounter | undefined
  readonly allergies: readonly AllergyIntolerance[]
  readonly facts: Facts
}

/** Structures that carry next of kin, allergies and diagnoses (v2.5.1 §3.3). */
const whole: ReadonlySet<string> = new Set(['ADT_A01', 'ADT_A05', 'ADT_A06'])
const withDiagnoses: ReadonlySet<string> = new Set([...whole, 'ADT_A03'])

/** ADT of a visit, or of a person where there is none. */
export function admissionMessage(heading: Heading, trigger: AdmissionTrigger, subject: Subject): string {
  const { patient, encounter, allergies, facts } = subject
  const structure = structures[trigger]
  return writeMessage([
    msh(heading, ['ADT', trigger, structure]),
    writeSegment('EVN', {
      1: trigger,
      2: time(heading.at),
      6: time(encounter && eventTimeOf(trigger, encounter)),
    }),
    pid(patient),
    ...(whole.has(structure) ? nk1s(patient) : []),
    encounter ? pv1(encounter, facts) : noVisit,
    ...(whole.has(structure) ? al1s(allergies) : []),
    ...(encounter && withDiagnoses.has(structure) ? dg1s(encounter, facts) : []),
  ])
}

export type Ordered = {
  readonly request: ServiceRequest
  /** ORC-1. */
  readonly control: string
  readonly specimens: readonly Specimen[]
}

/** OML^O21 with its specimens, or ORM^O01, which has none. */
export function orderMessage(
  heading: Heading,
  { request, control, specimens }: Ordered,
  { type, ...subject }: Subject & { readonly type: 'OML' | 'ORM' },
): string {
  const { facts } = subject
  const timing = type === 'OML' ? tq1(request) : undefined
  return writeMessage([
    msh(heading, type === 'OML' ? ['OML', 'O21', 'OML_O21'] : ['ORM', 'O01', 'ORM_O01']),
    ...ofPatient(subject),
    ...al1s(subject.allergies),
    orc(request, control, facts),
    ...(timing === undefined ? [] : [timing]),
    obrOfRequest(request, facts),
    ...ntes(request.note),
    ...(type === 'OML' ? specimens.map((each, index) => spm(each, index + 1)) : []),
  ])
}

export type Reported = {
  readonly report: DiagnosticReport
  readonly request: ServiceRequest | undefined
  readonly observations: readonly Observation[]
  readonly specimens: readonly Specimen[]
}

/** ORU^R01 of one report with all of its results. */
export function resultMessage(heading: Heading, reported: Reported, subject: Subject): string {
  const { report, request, observations, specimens } = reported
  const { facts } = subject
  const [own, asked] = [numbersOf(report), request && numbersOf(request)]
  // A report that has no number of its own is called by its id, as filler: it is an answer, never an order.
  const isNumbered = (report.identifier ?? []).some(({ value }) => value !== undefined)
  const numbers = {
    placer: isNumbered ? (own.filler ? own.placer : (asked?.placer ?? own.placer)) : asked?.placer,
    filler: isNumbered ? own.filler : own.placer,
  }
  return writeMessage([
    msh(heading, ['ORU', 'R01', 'ORU_R01']),
    ...ofPatient(subject),
    orcOfReport(numbers, request && xcn(request.requester, facts)),
    obrOfReport(report, request, { ...numbers, facts }),
    ...ntes(request?.note),
    ...results(report, observations, facts),
    ...specimens.map((each, index) => spm(each, index + 1)),
  ])
}

function ofPatient({ patient, encounter, facts }: Subject): readonly string[] {
  return [pid(patient), ...(encounter ? [pv1(encounter, facts)] : [])]
}

function msh(heading: Heading, type: readonly string[]): string {
  const { application, facility, receivingApplication, receivingFacility, at, controlId } = heading
  const fields: Readonly<Record<number, FieldValue>> = {
    ...{ 3: application, 4: facility, 5: receivingApplication, 6: receivingFacility, 7: time(at) },
    ...{ 9: { components: type }, 10: controlId, 11: 'P', 12: '2.5.1', 18: 'UNICODE UTF-8' },
  }
  return writeSegment('MSH', fields)
}
