/** Resources by words: `anOrder({ for: asha, priority: 'stat' })`. What is not said has an ordinary value. */
import { type Resource, type ResourceOf, referenceTo } from '@xinglin/fhir'

type Subject = { readonly id: string }
type For = { readonly for: Subject }

const loinc = 'http://loinc.org'
const ucum = 'http://unitsofmeasure.org'
const standardMoment = '2026-03-02T07:30:00+08:00'

function subject({ for: { id } }: For) {
  return { reference: referenceTo('Patient', id) }
}

/** A patient who is nobody in particular. */
export function aPatient(words: Partial<ResourceOf<'Patient'>> = {}): ResourceOf<'Patient'> {
  return {
    resourceType: 'Patient',
    name: [{ family: 'Nobody', given: ['Ann'] }],
    gender: 'unknown',
    ...words,
  }
}

/** An inpatient stay in progress. */
export function anEncounter(words: For & Partial<ResourceOf<'Encounter'>>): ResourceOf<'Encounter'> {
  const { for: patient, ...said } = words
  return {
    resourceType: 'Encounter',
    status: 'in-progress',
    class: {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      code: 'IMP',
      display: 'inpatient encounter',
    },
    subject: subject({ for: patient }),
    period: { start: standardMoment },
    ...said,
  }
}

/** A final laboratory result, by default potassium 4.2 mmol/L (LOINC 2823-3). */
export function aResult(
  words: For & { code?: string; display?: string; value?: number; unit?: string } & Partial<
      Omit<ResourceOf<'Observation'>, 'code'>
    >,
): ResourceOf<'Observation'> {
  const {
    for: patient,
    code = '2823-3',
    display = 'Potassium [Moles/volume] in Serum or Plasma',
    value = 4.2,
    unit = 'mmol/L',
    ...said
  } = words
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' },
        ],
      },
    ],
    code: { coding: [{ system: loinc, code, display }] },
    subject: subject({ for: patient }),
    effectiveDateTime: standardMoment,
    valueQuantity: { value, unit, system: ucum, code: unit },
    ...said,
  }
}

/** An active order, by default a potassium measurement, routine. */
export function anOrder(words: For & Partial<ResourceOf<'ServiceRequest'>>): ResourceOf<'ServiceRequest'> {
  const { for: patient, ...said } = words
  return {
    resourceType: 'ServiceRequest',
    status: 'active',
    intent: 'order',
    priority: 'routine',
    code: {
      coding: [{ system: loinc, code: '2823-3', display: 'Potassium [Moles/volume] in Serum or Plasma' }],
    },
    subject: subject({ for: patient }),
    authoredOn: standardMoment,
    ...said,
  }
}

/** A confirmed problem, by default type 2 diabetes (ICD-10 E11.9). */
export function aProblem(words: For & Partial<ResourceOf<'Condition'>>): ResourceOf<'Condition'> {
  const { for: patient, ...said } = words
  return {
    resourceType: 'Condition',
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    verificationStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }],
    },
    code: {
      coding: [
        {
          system: 'http://hl7.org/fhir/sid/icd-10',
          code: 'E11.9',
          display: 'Type 2 diabetes mellitus without complications',
        },
      ],
    },
    subject: subject({ for: patient }),
    recordedDate: standardMoment,
    ...said,
  }
}

/** A confirmed allergy, by default to penicillin (SNOMED CT 91936005). */
export function anAllergy(
  words: For & Partial<ResourceOf<'AllergyIntolerance'>>,
): ResourceOf<'AllergyIntolerance'> {
  const { for: patient, ...said } = words
  return {
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
    code: {
      coding: [{ system: 'http://snomed.info/sct', code: '91936005', display: 'Allergy to penicillin' }],
    },
    patient: subject({ for: patient }),
    ...said,
  }
}

/** A transaction bundle that creates the given resources, those with an id under that id (R4 §3.1.0.11). */
export function aTransaction(...resources: readonly Resource[]): ResourceOf<'Bundle'> {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: resources.map((resource) => ({
      resource,
      request: resource.id
        ? { method: 'PUT', url: referenceTo(resource.resourceType, resource.id) }
        : { method: 'POST', url: resource.resourceType },
    })),
  }
}
