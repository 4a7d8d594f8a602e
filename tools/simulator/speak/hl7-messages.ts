/** HL7 v2.5.1 messages as the simulated HIS, LIS and RIS send them: ADT (ch. 3), OML and ORM (ch. 4), ORU (ch. 7). */
import { hl7Time, type Moment } from '../calendar.ts'
import type { ImagingStudy, LaboratoryReport, Story, Visit } from '../clinic/story.ts'
import type { Hospital } from '../hospital/hospital.ts'
import {
  allergySegments,
  diagnosisSegment,
  findingSegments,
  imagingSegments,
  kinSegments,
  laboratoryOrderSegment,
  laboratoryRequestSegment,
  patientSegment,
  resultSegments,
  segment,
  specimenSegment,
  visitSegment,
} from './hl7-segments.ts'

export type Sender = 'HIS' | 'LIS' | 'RIS'
/** What MSH carries beside the content; `charset` is its MSH-18 (table 0211). */
export type Envelope = { readonly hospital: Hospital; readonly controlId: string; readonly charset: string }

/** §2.5.1: segments end in CR. */
function message(
  envelope: Envelope,
  head: { type: string; sender: Sender; at: Moment },
  segments: readonly string[],
): string {
  const { code } = envelope.hospital
  // MSH-1 is the separator itself, so here MSH-n stands at n - 1.
  const header = segment('MSH', {
    1: '^~\\&',
    2: head.sender,
    3: code,
    4: 'XINGLIN',
    5: code,
    6: hl7Time(head.at),
    8: head.type,
    9: envelope.controlId,
    10: 'P',
    11: '2.5.1',
    16: 'CHN',
    17: envelope.charset,
  })
  return [header, ...segments].map((line) => `${line}\r`).join('')
}

/** A01 for an admission, A04 for an outpatient's registration. */
export function arrival(story: Story, visit: Visit, envelope: Envelope): string {
  const trigger = visit.kind === 'inpatient' ? 'A01' : 'A04'
  return message(envelope, { type: `ADT^${trigger}^ADT_A01`, sender: 'HIS', at: visit.startedAt }, [
    segment('EVN', { 1: trigger, 2: hl7Time(visit.startedAt) }),
    patientSegment(story.person),
    ...kinSegments(story.person),
    visitSegment(visit, { isOver: false }),
    ...allergySegments(story),
  ])
}

/** A08 with the diagnosis that the doctor wrote. */
export function diagnosis(story: Story, visit: Visit, at: Moment, envelope: Envelope): string {
  return message(envelope, { type: 'ADT^A08^ADT_A01', sender: 'HIS', at }, [
    segment('EVN', { 1: 'A08', 2: hl7Time(at) }),
    patientSegment(story.person),
    ...kinSegments(story.person),
    visitSegment(visit, { isOver: false }),
    ...allergySegments(story),
    diagnosisSegment(visit, at),
  ])
}

/** A03 at the end of the visit. */
export function departure(story: Story, visit: Visit, at: Moment, envelope: Envelope): string {
  return message(envelope, { type: 'ADT^A03^ADT_A03', sender: 'HIS', at }, [
    segment('EVN', { 1: 'A03', 2: hl7Time(at) }),
    patientSegment(story.person),
    visitSegment(visit, { isOver: true }),
    diagnosisSegment(visit, at),
  ])
}

/** OML^O21: the doctor asks for a panel. */
export function laboratoryOrder(
  story: Story,
  visit: Visit,
  report: LaboratoryReport,
  envelope: Envelope,
): string {
  return message(envelope, { type: 'OML^O21^OML_O21', sender: 'HIS', at: report.orderedAt }, [
    patientSegment(story.person),
    visitSegment(visit, { isOver: false }),
    laboratoryOrderSegment(report, visit, 'NW'),
    laboratoryRequestSegment(report, visit, 'NW'),
    specimenSegment(report),
  ])
}

/** ORU^R01: the laboratory answers with one OBX an analyte. */
export function laboratoryReport(
  story: Story,
  visit: Visit,
  report: LaboratoryReport,
  envelope: Envelope,
): string {
  return message(envelope, { type: 'ORU^R01^ORU_R01', sender: 'LIS', at: report.reportedAt }, [
    patientSegment(story.person),
    visitSegment(visit, { isOver: false }),
    laboratoryOrderSegment(report, visit, 'RE'),
    laboratoryRequestSegment(report, visit, 'RE'),
    ...resultSegments(report),
  ])
}

/** ORM^O01: the doctor asks for images. */
export function imagingOrder(story: Story, visit: Visit, study: ImagingStudy, envelope: Envelope): string {
  return message(envelope, { type: 'ORM^O01^ORM_O01', sender: 'HIS', at: study.orderedAt }, [
    patientSegment(story.person),
    visitSegment(visit, { isOver: false }),
    ...imagingSegments(visit, study, 'NW'),
  ])
}

/** ORU^R01 from the RIS: findings and impression as text. */
export function imagingReport(story: Story, visit: Visit, study: ImagingStudy, envelope: Envelope): string {
  return message(envelope, { type: 'ORU^R01^ORU_R01', sender: 'RIS', at: study.reportedAt }, [
    patientSegment(story.person),
    visitSegment(visit, { isOver: false }),
    ...imagingSegments(visit, study, 'RE'),
    ...findingSegments(study),
  ])
}
