/** HL7 v2.5.1 segments as the simulated systems fill them: fields by their number, so that a line reads like the standard's table. */
import { hl7Time, type Moment } from '../calendar.ts'
import type { ImagingStudy, LaboratoryReport, Story, Visit } from '../clinic/story.ts'
import { oids, type Staff } from '../hospital/hospital.ts'
import type { Person } from '../people/person.ts'

const escapes: Readonly<Record<string, string>> = { '\\': 'E', '|': 'F', '^': 'S', '~': 'R', '&': 'T' }

/** §2.7.1: delimiters inside a value are escaped. */
export function escapeText(text: string): string {
  return text.replaceAll(/[\\|^~&]/g, (character) => `\\${escapes[character]}\\`)
}

/** One segment without its CR; `fields` by HL7 field number, the gaps empty. */
export function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  const values = Array.from({ length: last }, (_, index) => fields[index + 1] ?? '')
  return [name, ...values].join('|').replace(/\|+$/, '')
}

export const components = (...parts: readonly string[]) => parts.join('^').replace(/\^+$/, '')
export const coded = (identifier: string, text: string, system: string) =>
  components(identifier, escapeText(text), system)
const authority = (name: string, oid: string) => `${name}&${oid}&ISO`
const telephone = (number: string) => components('', 'PRN', 'CP', '', '', '', '', '', '', '', '', number)
/** XCN of a staff member with the hospital as assigning authority. */
export const staffName = ({ code, familyName, givenName }: Staff) =>
  components(code, familyName, givenName, '', '', '', '', '', authority('QLYX', oids.staff))
/** EI of an order number. */
const entity = (number: string, namespace: string) => components(number, namespace, oids.order, 'ISO')

/** PID (§3.4.2): record number and identity number, name, address, phone. */
export function patientSegment(person: Person): string {
  const { address } = person
  return segment('PID', {
    1: '1',
    3: [
      components(person.mrn, '', '', authority('QLYX', oids.mrn), 'MR'),
      components(person.identityNumber, '', '', authority('GA', oids.identityNumber), 'NI'),
    ].join('~'),
    5: components(person.familyName, person.givenName, '', '', '', '', 'L'),
    7: person.birthDate.replaceAll('-', ''),
    8: person.sex === 'male' ? 'M' : 'F',
    11: components(
      escapeText(address.line),
      address.district,
      address.city,
      address.province,
      address.postalCode,
      'CHN',
      'H',
    ),
    13: telephone(person.phone),
    16: person.isMarried ? 'M' : 'S',
  })
}

/** NK1 (§3.4.5): whom to call; none where nobody is known. */
export function kinSegments({ kin }: Person): readonly string[] {
  if (!kin) return []
  const relation = coded(kin.relation, kin.relationName, 'HL70063')
  return [
    segment('NK1', { 1: '1', 2: components(escapeText(kin.name)), 3: relation, 5: telephone(kin.phone) }),
  ]
}

/** PV1 (§3.4.3): ward, room and bed for an inpatient, the clinic for an outpatient. */
export function visitSegment(visit: Visit, options: { isOver: boolean }): string {
  const { department, bed = '' } = visit
  const isInpatient = visit.kind === 'inpatient'
  return segment('PV1', {
    1: '1',
    2: isInpatient ? 'I' : 'O',
    3: isInpatient
      ? components(department.wardCode, `${department.wardCode}-R${bed}`, bed, 'QLYX', '', 'N')
      : components(`OPD-${department.code}`, '', '', 'QLYX', '', 'C'),
    4: isInpatient ? 'E' : 'R',
    7: staffName(visit.doctor),
    10: department.code,
    19: components(visit.number, '', '', authority('QLYX', oids.visit), 'VN'),
    44: hl7Time(visit.startedAt),
    45: options.isOver && visit.endedAt ? hl7Time(visit.endedAt) : '',
  })
}

/** AL1 (§3.4.6), one for each allergy. */
export function allergySegments(story: Story): readonly string[] {
  return story.allergies.map((allergy, index) =>
    segment('AL1', {
      1: String(index + 1),
      2: allergy.type,
      3: coded(allergy.code, allergy.zh, 'L'),
      4: allergy.severity,
      5: escapeText(allergy.reaction),
    }),
  )
}

/** DG1 (§6.5.2): the working diagnosis by ICD-10. */
export function diagnosisSegment({ disease }: Visit, at: Moment): string {
  return segment('DG1', { 1: '1', 3: coded(disease.icd, disease.zh, 'I10'), 5: hl7Time(at), 6: 'W' })
}

/** ORC (§4.5.1) of a laboratory panel: NW when it is asked for, RE when it is answered. */
export function laboratoryOrderSegment(report: LaboratoryReport, visit: Visit, control: 'NW' | 'RE'): string {
  return segment('ORC', {
    1: control,
    2: entity(report.placerNumber, 'QLYX'),
    3: control === 'RE' ? entity(report.fillerNumber, 'LIS') : '',
    5: control === 'NW' ? 'SC' : 'CM',
    9: hl7Time(report.orderedAt),
    12: staffName(visit.doctor),
  })
}

/** OBR (§4.5.3) of a laboratory panel; the report's own fields only when it is answered. */
export function laboratoryRequestSegment(
  report: LaboratoryReport,
  visit: Visit,
  control: 'NW' | 'RE',
): string {
  const answer: Record<number, string> =
    control === 'RE'
      ? { 3: entity(report.fillerNumber, 'LIS'), 22: hl7Time(report.reportedAt), 24: 'LAB', 25: 'F' }
      : {}
  return segment('OBR', {
    1: '1',
    2: entity(report.placerNumber, 'QLYX'),
    4: coded(report.panel.code, report.panel.zh, 'L'),
    7: hl7Time(report.collectedAt),
    16: staffName(visit.doctor),
    ...answer,
  })
}

/** SPM (§7.4.3): the specimen that the panel needs. */
export function specimenSegment(report: LaboratoryReport): string {
  return segment('SPM', {
    1: '1',
    4: coded(report.panel.specimen, '', 'HL70487'),
    17: hl7Time(report.collectedAt),
  })
}

/** OBX (§7.4.2), one numeric result each: LOINC with the laboratory's own code beside it, UCUM unit, interval, flag. */
export function resultSegments(report: LaboratoryReport): readonly string[] {
  return report.results.map(({ test, value, low, high, flag }, index) =>
    segment('OBX', {
      1: String(index + 1),
      2: 'NM',
      3: `${coded(test.loinc, test.zh, 'LN')}^${coded(test.abbreviation, test.abbreviation, 'L')}`,
      5: value,
      6: coded(test.unit, test.unit, 'UCUM'),
      7: `${low}-${high}`,
      8: flag || 'N',
      11: 'F',
      14: hl7Time(report.collectedAt),
    }),
  )
}

/** ORC and OBR of an imaging request; OBR-18 carries the accession number. */
export function imagingSegments(visit: Visit, study: ImagingStudy, control: 'NW' | 'RE'): readonly string[] {
  const placer = entity(study.accessionNumber, 'QLYX')
  const orderer = staffName(visit.doctor)
  const answer: Record<number, string> =
    control === 'RE' ? { 22: hl7Time(study.reportedAt), 24: 'RAD', 25: 'F' } : {}
  const status = control === 'NW' ? 'SC' : 'CM'
  return [
    segment('ORC', { 1: control, 2: placer, 5: status, 9: hl7Time(study.orderedAt), 12: orderer }),
    segment('OBR', {
      1: '1',
      2: placer,
      4: coded(study.procedure.code, study.procedure.zh, 'L'),
      7: hl7Time(study.startedAt),
      16: orderer,
      18: study.accessionNumber,
      ...answer,
    }),
  ]
}

/** OBX of type TX: what the radiologist saw and concluded. */
export function findingSegments(study: ImagingStudy): readonly string[] {
  const texts = [
    { loinc: '59776-5', name: '影像所见', text: study.procedure.finding },
    { loinc: '19005-8', name: '影像诊断', text: study.procedure.impression },
  ]
  return texts.map(({ loinc, name, text }, index) =>
    segment('OBX', {
      1: String(index + 1),
      2: 'TX',
      3: coded(loinc, name, 'LN'),
      5: escapeText(text),
      11: 'F',
      14: hl7Time(study.reportedAt),
    }),
  )
}
