/** HL7 v2.5.1 messages as the simulated HIS, LIS and RIS send them: ADT (ch. 3), OML/ORM (ch. 4), ORU (ch. 7). */
import { hl7Time, type Moment } from '../calendar.ts'
import type { ImagingStudy, LaboratoryReport, Story, Visit } from '../clinic/story.ts'
import { type Hospital, oids, type Staff } from '../hospital/hospital.ts'
import type { Person } from '../people/person.ts'

export type Sender = 'HIS' | 'LIS' | 'RIS'
type Field = string
type Segment = readonly Field[]

/** HL7 v2.5.1 §2.7: delimiters inside a value are escaped. */
export function escapeText(text: string): string {
  return text.replaceAll(
    /[\\|^~&]/g,
    (character) => `\\${{ '\\': 'E', '|': 'F', '^': 'S', '~': 'R', '&': 'T' }[character]}\\`,
  )
}

const components = (...parts: readonly string[]) => parts.join('^').replace(/\^+$/, '')
const code = (identifier: string, text: string, system: string) =>
  components(identifier, escapeText(text), system)
const authority = (name: string, oid: string) => `${name}&${oid}&ISO`

export type Envelope = { readonly hospital: Hospital; readonly controlId: string; readonly charset: string }

/** The bytes' text of one message; segments end in CR (§2.5.1). */
function message(
  type: string,
  sender: Sender,
  at: Moment,
  envelope: Envelope,
  segments: readonly Segment[],
): string {
  const header = [
    'MSH',
    '^~\\&',
    sender,
    envelope.hospital.code,
    'XINGLIN',
    envelope.hospital.code,
    hl7Time(at),
    '',
    type,
    envelope.controlId,
    'P',
    '2.5.1',
    '',
    '',
    '',
    '',
    'CHN',
    envelope.charset,
  ]
  return [header, ...segments].map((segment) => `${segment.join('|').replace(/\|+$/, '')}\r`).join('')
}

function patientSegment(person: Person): Segment {
  const identifiers = [
    components(person.mrn, '', '', authority('QLYX', oids.mrn), 'MR'),
    components(person.identityNumber, '', '', authority('GA', oids.identityNumber), 'NI'),
  ].join('~')
  const name = components(person.familyName, person.givenName, '', '', '', '', 'L')
  const { address } = person
  const home = components(
    escapeText(address.line),
    address.district,
    address.city,
    address.province,
    address.postalCode,
    'CHN',
    'H',
  )
  const phone = components('', 'PRN', 'CP', '', '', '', '', '', '', '', '', person.phone)
  return [
    'PID',
    '1',
    '',
    identifiers,
    '',
    name,
    '',
    person.birthDate.replaceAll('-', ''),
    person.sex === 'male' ? 'M' : 'F',
    '',
    '',
    home,
    '',
    phone,
    '',
    '',
    person.isMarried ? 'M' : 'S',
  ]
}

function kinSegments({ kin }: Person): readonly Segment[] {
  if (!kin) return []
  const phone = components('', 'PRN', 'CP', '', '', '', '', '', '', '', '', kin.phone)
  return [
    [
      'NK1',
      '1',
      components(escapeText(kin.name)),
      code(kin.relation, kin.relationName, 'HL70063'),
      '',
      phone,
    ],
  ]
}

const staffName = (staff: Staff) =>
  components(staff.code, staff.familyName, staff.givenName, '', '', '', '', '', authority('QLYX', oids.staff))

function visitSegment(visit: Visit): Segment {
  const { department } = visit
  const place =
    visit.kind === 'inpatient'
      ? components(
          department.wardCode,
          `${department.wardCode}-R${visit.bed}`,
          visit.bed ?? '',
          'QLYX',
          '',
          'N',
        )
      : components(`OPD-${department.code}`, '', '', 'QLYX', '', 'C')
  const segment = [
    'PV1',
    '1',
    visit.kind === 'inpatient' ? 'I' : 'O',
    place,
    visit.kind === 'inpatient' ? 'E' : 'R',
    '',
    '',
    staffName(visit.doctor),
    '',
    '',
    department.code,
  ]
  const number = components(visit.number, '', '', authority('QLYX', oids.visit), 'VN')
  return [
    ...pad(segment, 19),
    number,
    ...Array.from({ length: 24 }, () => ''),
    hl7Time(visit.startedAt),
    visit.endedAt ? hl7Time(visit.endedAt) : '',
  ]
}

const pad = (segment: Segment, length: number) => [
  ...segment,
  ...Array.from({ length: length - segment.length }, () => ''),
]

function allergySegments(story: Story): readonly Segment[] {
  return story.allergies.map((allergy, index) => [
    'AL1',
    String(index + 1),
    allergy.type,
    code(allergy.code, allergy.zh, 'L'),
    allergy.severity,
    escapeText(allergy.reaction),
  ])
}

function diagnosisSegment(visit: Visit, at: Moment): Segment {
  return ['DG1', '1', '', code(visit.disease.icd, visit.disease.zh, 'I10'), '', hl7Time(at), 'W']
}

/** A01 for an admission, A04 for an outpatient's registration. */
export function arrival(story: Story, visit: Visit, envelope: Envelope): string {
  const trigger = visit.kind === 'inpatient' ? 'A01' : 'A04'
  const whileOpen = visitSegment({ ...visit, endedAt: undefined })
  return message(`ADT^${trigger}^ADT_A01`, 'HIS', visit.startedAt, envelope, [
    ['EVN', trigger, hl7Time(visit.startedAt)],
    patientSegment(story.person),
    ...kinSegments(story.person),
    whileOpen,
    ...allergySegments(story),
  ])
}

/** A08 with the diagnosis that the doctor wrote. */
export function diagnosis(story: Story, visit: Visit, at: Moment, envelope: Envelope): string {
  return message('ADT^A08^ADT_A01', 'HIS', at, envelope, [
    ['EVN', 'A08', hl7Time(at)],
    patientSegment(story.person),
    ...kinSegments(story.person),
    visitSegment({ ...visit, endedAt: undefined }),
    ...allergySegments(story),
    diagnosisSegment(visit, at),
  ])
}

/** A03 at the end of the visit. */
export function departure(story: Story, visit: Visit, at: Moment, envelope: Envelope): string {
  return message('ADT^A03^ADT_A03', 'HIS', at, envelope, [
    ['EVN', 'A03', hl7Time(at)],
    patientSegment(story.person),
    visitSegment(visit),
    diagnosisSegment(visit, at),
  ])
}

function orderSegments(report: LaboratoryReport, visit: Visit, control: 'NW' | 'RE'): readonly Segment[] {
  const placer = components(report.placerNumber, 'QLYX', oids.order, 'ISO')
  const filler = control === 'RE' ? components(report.fillerNumber, 'LIS', oids.order, 'ISO') : ''
  const panel = code(report.panel.code, report.panel.zh, 'L')
  const result = control === 'RE' ? [hl7Time(report.reportedAt), '', 'LAB', 'F'] : []
  const request = [
    'OBR',
    '1',
    placer,
    filler,
    panel,
    '',
    '',
    hl7Time(report.collectedAt),
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    staffName(visit.doctor),
  ]
  return [
    [
      'ORC',
      control,
      placer,
      filler,
      '',
      control === 'NW' ? 'SC' : 'CM',
      '',
      '',
      '',
      hl7Time(report.orderedAt),
      '',
      '',
      staffName(visit.doctor),
    ],
    [...(result.length > 0 ? pad(request, 22) : request), ...result],
  ]
}

/** OML^O21: the doctor asks for a panel. */
export function laboratoryOrder(
  story: Story,
  visit: Visit,
  report: LaboratoryReport,
  envelope: Envelope,
): string {
  return message('OML^O21^OML_O21', 'HIS', report.orderedAt, envelope, [
    patientSegment(story.person),
    visitSegment({ ...visit, endedAt: undefined }),
    ...orderSegments(report, visit, 'NW'),
    [
      'SPM',
      '1',
      '',
      '',
      code(report.panel.specimen, '', 'HL70487'),
      ...Array.from({ length: 12 }, () => ''),
      hl7Time(report.collectedAt),
    ],
  ])
}

/** ORU^R01: the laboratory answers with one OBX an analyte, LOINC coded, with unit, interval and flag. */
export function laboratoryReport(
  story: Story,
  visit: Visit,
  report: LaboratoryReport,
  envelope: Envelope,
): string {
  return message('ORU^R01^ORU_R01', 'LIS', report.reportedAt, envelope, [
    patientSegment(story.person),
    visitSegment({ ...visit, endedAt: undefined }),
    ...orderSegments(report, visit, 'RE'),
    ...report.results.map(({ test, value, low, high, flag }, index) => [
      'OBX',
      String(index + 1),
      'NM',
      `${code(test.loinc, test.zh, 'LN')}^${test.abbreviation}^${escapeText(test.abbreviation)}^L`,
      '',
      value,
      components(escapeText(test.unit), escapeText(test.unit), 'UCUM'),
      `${low}-${high}`,
      flag || 'N',
      '',
      '',
      'F',
      '',
      '',
      hl7Time(report.collectedAt),
    ]),
  ])
}

/** ORM^O01: the doctor asks for images; OBR-18 carries the accession number. */
export function imagingOrder(story: Story, visit: Visit, study: ImagingStudy, envelope: Envelope): string {
  return message('ORM^O01^ORM_O01', 'HIS', study.orderedAt, envelope, [
    patientSegment(story.person),
    visitSegment({ ...visit, endedAt: undefined }),
    [
      'ORC',
      'NW',
      components(study.accessionNumber, 'QLYX', oids.order, 'ISO'),
      '',
      '',
      'SC',
      '',
      '',
      '',
      hl7Time(study.orderedAt),
      '',
      '',
      staffName(visit.doctor),
    ],
    imagingRequest(visit, study, []),
  ])
}

function imagingRequest(visit: Visit, study: ImagingStudy, result: readonly string[]): Segment {
  const placer = components(study.accessionNumber, 'QLYX', oids.order, 'ISO')
  const procedure = code(study.procedure.code, study.procedure.zh, 'L')
  const request = [
    'OBR',
    '1',
    placer,
    '',
    procedure,
    '',
    '',
    hl7Time(study.startedAt),
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    staffName(visit.doctor),
    '',
    study.accessionNumber,
  ]
  return result.length > 0 ? [...pad(request, 22), ...result] : request
}

/** ORU^R01 from the RIS: findings and impression as text. */
export function imagingReport(story: Story, visit: Visit, study: ImagingStudy, envelope: Envelope): string {
  const text = (index: number, loinc: string, name: string, value: string) => [
    'OBX',
    String(index),
    'TX',
    code(loinc, name, 'LN'),
    '',
    escapeText(value),
    '',
    '',
    '',
    '',
    '',
    'F',
    '',
    '',
    hl7Time(study.reportedAt),
  ]
  return message('ORU^R01^ORU_R01', 'RIS', study.reportedAt, envelope, [
    patientSegment(story.person),
    visitSegment({ ...visit, endedAt: undefined }),
    imagingRequest(visit, study, [hl7Time(study.reportedAt), '', 'RAD', 'F']),
    text(1, '59776-5', '影像所见', study.procedure.finding),
    text(2, '19005-8', '影像诊断', study.procedure.impression),
  ])
}
