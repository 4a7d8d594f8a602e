/** One patient as three kinds of software tell of her: a FHIR transaction, HL7 v2 messages and a CT series. */

export const mrn = { system: 'urn:oid:2.999.86.6.1', oid: '2.999.86.6.1', value: 'J4711' } as const

const subject = { reference: 'urn:uuid:5b0c9a2e-0001-4000-8000-000000000001' }
const entry = (number: number, resource: { readonly resourceType: string }) => ({
  fullUrl: `urn:uuid:5b0c9a2e-000${number}-4000-8000-000000000001`,
  resource,
  request: { method: 'POST', url: resource.resourceType },
})

/** A transaction as a neighbouring system posts it: Patient, problem, allergy, medication, an older result. */
export const transaction = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    entry(1, {
      resourceType: 'Patient',
      identifier: [
        {
          system: mrn.system,
          value: mrn.value,
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
        },
      ],
      name: [{ text: '林晓雨', family: '林', given: ['晓雨'] }],
      gender: 'female',
      birthDate: '1988-03-09',
    } as { readonly resourceType: string }),
    entry(2, {
      resourceType: 'Condition',
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
      code: {
        coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'E05.9' }],
        text: '甲状腺功能亢进症',
      },
      subject,
      onsetDateTime: '2025-05-01',
    } as { readonly resourceType: string }),
    entry(3, {
      resourceType: 'AllergyIntolerance',
      clinicalStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' },
        ],
      },
      verificationStatus: {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
            code: 'confirmed',
          },
        ],
      },
      criticality: 'high',
      code: { text: '青霉素' },
      patient: subject,
    } as { readonly resourceType: string }),
    entry(4, {
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: '甲巯咪唑片' },
      subject,
      authoredOn: '2026-10-01T09:00:00+08:00',
      dosageInstruction: [{ text: '10mg 口服 每日2次' }],
    } as { readonly resourceType: string }),
    entry(5, {
      resourceType: 'Observation',
      status: 'final',
      category: [
        {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' },
          ],
        },
      ],
      code: { coding: [{ system: 'http://loinc.org', code: '3016-3' }], text: '促甲状腺激素' },
      subject,
      effectiveDateTime: '2026-10-01T08:30:00+08:00',
      valueQuantity: { value: 0.02, unit: 'm[IU]/L', system: 'http://unitsofmeasure.org', code: 'm[IU]/L' },
    } as { readonly resourceType: string }),
  ],
}

const header = (type: string, control: string) =>
  `MSH|^~\\&|HIS|JOURNEY|XINGLIN|JOURNEY|20261121080000+0800||${type}|${control}|P|2.5.1||||||UNICODE UTF-8`
const patient = `PID|1||${mrn.value}^^^JOURNEY&${mrn.oid}&ISO^MR||林^晓雨||19880309|F`
const visit = 'PV1|1|I|W09^W09-R08^08|E|||D1^王^建华||||||||||||V4711^^^JOURNEY&2.999.86.6.2&ISO^VN'

/** ADT^A01: she is admitted to ward W09, bed 08. */
export const admission: readonly string[] = [
  header('ADT^A01^ADT_A01', 'J1'),
  'EVN|A01|20261121080000+0800',
  patient,
  visit,
]

/** ORU^R01 with one result of potassium. */
export const result = (control: string, value: string, at: string): readonly string[] => [
  header('ORU^R01^ORU_R01', control),
  patient,
  visit,
  `OBR|1|O${control}^HIS|F${control}^LIS|24326-1^电解质^LN|||${at}|||||||||||||||${at}||LAB|F`,
  `OBX|1|NM|2823-3^钾^LN||${value}|mmol/L^mmol/L^UCUM|3.5-5.3|H|||F|||${at}`,
]
