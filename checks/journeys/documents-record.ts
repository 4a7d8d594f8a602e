/** A laboratory report of 张三 as a neighbouring system posts it, for the journey of shared documents. */

const reference = (number: number) => ({ reference: `urn:uuid:5b0c9a2e-0002-4000-8000-00000000000${number}` })
const entry = (number: number, resource: object, url: string) => ({
  fullUrl: reference(number).reference,
  resource,
  request: { method: 'POST', url },
})

/** Patient, result and report. */
export const reportTransaction = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    entry(
      1,
      {
        resourceType: 'Patient',
        identifier: [{ system: 'urn:oid:2.999.86.6.1', value: 'J5001' }],
        name: [{ text: '张三', family: '张', given: ['三'] }],
        gender: 'male',
        birthDate: '1970-03-07',
      },
      'Patient',
    ),
    entry(
      2,
      {
        resourceType: 'Observation',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '2823-3', display: '血钾' }] },
        subject: reference(1),
        effectiveDateTime: '2026-03-02T07:30:00+08:00',
        valueQuantity: { value: 6.1, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
        interpretation: [
          {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'H' },
            ],
          },
        ],
        referenceRange: [{ low: { value: 3.5, unit: 'mmol/L' }, high: { value: 5.3, unit: 'mmol/L' } }],
      },
      'Observation',
    ),
    entry(
      3,
      {
        resourceType: 'DiagnosticReport',
        status: 'final',
        category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }] }],
        code: { coding: [{ system: 'http://loinc.org', code: '24323-8' }], text: '生化全项' },
        subject: reference(1),
        effectiveDateTime: '2026-03-02T07:30:00+08:00',
        result: [reference(2)],
        conclusion: '血钾升高，请复查。',
        performer: [{ display: '王检验师' }],
      },
      'DiagnosticReport',
    ),
  ],
}
