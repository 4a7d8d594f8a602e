/** The resources of a hospital that is attacked: a chart with a bit of everything, and what makes two charts touch. */
import type { Resource } from '@xinglin/fhir'

export const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const terminology = 'http://terminology.hl7.org/CodeSystem'
const loinc = 'http://loinc.org'
export const labelled = (code: string) => ({ meta: { security: [{ system: actCode, code }] } })

type Whose = {
  readonly id: string
  readonly family: string
  readonly birthDate: string
  readonly glucose: number
  /** Id of the Practitioner who cares. */
  readonly by: string
  readonly more?: object
}

/** A Patient with one resource of each of the types that carry a hospital's day. */
export function chartOf({ id, family, birthDate, glucose, by, more = {} }: Whose): readonly Resource[] {
  const subject = { reference: `Patient/${id}` }
  const encounter = { reference: `Encounter/${id}-stay` }
  const performer = [{ reference: `Practitioner/${by}` }]
  const date = '2026-02-20T10:00:00+08:00'
  const text = (words: string) => ({ text: `${words} of ${family}` })
  const value = (name: string, amount: number, code = '15074-8') => ({
    resourceType: 'Observation',
    id: `${id}-${name}`,
    status: 'final',
    category: [{ coding: [{ code: 'laboratory' }] }],
    code: { coding: [{ system: loinc, code, display: `Test ${code}` }] },
    identifier: [{ system: 'urn:lab', value: `LAB-${id}-${name}` }],
    subject,
    encounter,
    performer,
    effectiveDateTime: date,
    valueQuantity: { value: amount, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    note: [{ text: `note about ${family}` }],
  })
  return [
    {
      resourceType: 'Patient',
      id,
      active: true,
      identifier: [{ system: 'urn:mrn', value: `MRN-${id}` }],
      name: [{ family, given: ['Xiao'], text: `${family}Xiao` }],
      telecom: [{ system: 'phone', value: `1380000${birthDate.slice(0, 4)}` }],
      gender: 'female',
      birthDate,
      address: [{ city: `City of ${family}`, line: [`Road of ${family}`] }],
      generalPractitioner: performer,
      managingOrganization: { reference: 'Organization/house' },
      ...more,
    },
    {
      resourceType: 'Encounter',
      id: `${id}-stay`,
      status: 'in-progress',
      class: { system: actCode, code: 'IMP' },
      subject,
      participant: [{ individual: { reference: `Practitioner/${by}` } }],
      serviceProvider: { reference: 'Organization/house' },
      location: [{ location: { reference: 'Location/ward' } }],
      period: { start: '2026-02-19T09:00:00+08:00' },
      reasonCode: [text('reason')],
    },
    value('glucose', glucose),
    value('glucose-2', glucose + 1),
    value('sodium', 140 + glucose, '2951-2'),
    {
      resourceType: 'Condition',
      id: `${id}-condition`,
      clinicalStatus: { coding: [{ system: `${terminology}/condition-clinical`, code: 'active' }] },
      code: {
        coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: `E1${by === 'li' ? 1 : 4}` }],
        ...text('diagnosis'),
      },
      subject,
      encounter,
      recordedDate: date,
    },
    {
      resourceType: 'AllergyIntolerance',
      id: `${id}-allergy`,
      clinicalStatus: { coding: [{ system: `${terminology}/allergyintolerance-clinical`, code: 'active' }] },
      code: text('allergy'),
      patient: subject,
      criticality: 'high',
    },
    {
      resourceType: 'ServiceRequest',
      id: `${id}-order`,
      status: 'active',
      intent: 'order',
      code: text('order'),
      subject,
      encounter,
      requester: performer[0],
      authoredOn: date,
    },
    {
      resourceType: 'DiagnosticReport',
      id: `${id}-report`,
      status: 'final',
      code: text('report'),
      subject,
      encounter,
      basedOn: [{ reference: `ServiceRequest/${id}-order` }],
      result: [{ reference: `Observation/${id}-glucose` }],
      effectiveDateTime: date,
      conclusion: `conclusion about ${family}`,
    },
    {
      resourceType: 'MedicationRequest',
      id: `${id}-medicine`,
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: text('medicine'),
      subject,
      encounter,
      authoredOn: date,
    },
    {
      resourceType: 'Procedure',
      id: `${id}-procedure`,
      status: 'completed',
      code: text('procedure'),
      subject,
      encounter,
      performedDateTime: date,
    },
    {
      resourceType: 'DocumentReference',
      id: `${id}-document`,
      status: 'current',
      type: text('document'),
      subject,
      date,
      content: [{ attachment: { contentType: 'text/plain', data: 'aGk=' } }],
    },
    {
      resourceType: 'Task',
      id: `${id}-task`,
      status: 'requested',
      intent: 'order',
      for: subject,
      owner: performer[0],
      authoredOn: date,
    },
    {
      resourceType: 'Appointment',
      id: `${id}-appointment`,
      status: 'booked',
      start: '2026-03-03T09:00:00+08:00',
      end: '2026-03-03T09:15:00+08:00',
      participant: [
        { actor: subject, status: 'accepted' },
        { actor: performer[0], status: 'accepted' },
      ],
    },
    {
      resourceType: 'List',
      id: `${id}-list`,
      status: 'current',
      mode: 'working',
      subject,
      entry: [{ item: { reference: `Condition/${id}-condition` } }],
    },
    {
      resourceType: 'RelatedPerson',
      id: `${id}-relative`,
      patient: subject,
      name: [{ family }],
    },
    {
      resourceType: 'Provenance',
      id: `${id}-provenance`,
      target: [subject, { reference: `Observation/${id}-glucose` }],
      recorded: date,
      agent: [{ who: performer[0] }],
    },
  ] as unknown as readonly Resource[]
}

/** What every hospital has, and whom the attacker may see. */
export const house = [
  { resourceType: 'Organization', id: 'house', name: 'House' },
  {
    resourceType: 'Location',
    id: 'ward',
    name: 'Ward',
    managingOrganization: { reference: 'Organization/house' },
  },
  { resourceType: 'Practitioner', id: 'wang', name: [{ family: 'Wang' }] },
] as unknown as readonly Resource[]
export const open = [
  ...chartOf({ id: 'asha', family: 'Zhang', birthDate: '1980-01-02', glucose: 5, by: 'li' }),
  ...chartOf({ id: 'leo', family: 'Li', birthDate: '2020-05-05', glucose: 7, by: 'li' }),
]

/** A very important person whom the attacker cares for. */
export const important = chartOf({
  ...{ id: 'vera', family: 'Vip', birthDate: '1971-07-07', glucose: 21, by: 'li' },
  more: labelled('VIP'),
})
/** A patient of another department. */
export const foreign = chartOf({ id: 'cai', family: 'Cai', birthDate: '1966-06-06', glucose: 33, by: 'wang' })
/** One who looks like the patient whom the attacker may see, in another department. */
export const twin = chartOf({
  id: 'twin',
  family: 'Zhang',
  birthDate: '1980-01-02',
  glucose: 5.5,
  by: 'wang',
})

const [, , one] = chartOf({ id: 'asha', family: 'Zhang', birthDate: '1980-01-02', glucose: 1, by: 'li' })
/** Sensitive entries in a chart that the attacker may see, which point at what he sees. */
export const sensitive = [
  {
    ...one,
    id: 'asha-hiv',
    ...labelled('HIV'),
    code: { coding: [{ system: loinc, code: '75622-1' }] },
    derivedFrom: [{ reference: 'Observation/asha-glucose' }],
    identifier: [{ system: 'urn:lab', value: 'LAB-asha-hiv' }],
  },
  {
    resourceType: 'DiagnosticReport',
    id: 'asha-psychiatry',
    ...labelled('PSY'),
    status: 'final',
    code: { text: 'psychiatric report' },
    subject: { reference: 'Patient/asha' },
    encounter: { reference: 'Encounter/asha-stay' },
    result: [{ reference: 'Observation/asha-glucose' }, { reference: 'Observation/asha-hiv' }],
  },
  {
    resourceType: 'Flag',
    id: 'asha-flag',
    ...labelled('PSY'),
    status: 'active',
    code: { text: 'flag' },
    subject: { reference: 'Patient/asha' },
  },
] as unknown as readonly Resource[]
