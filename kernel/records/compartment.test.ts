/** By which parameters resources belong to an encounter, held against R4's CompartmentDefinition (4.0.1, encounter). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encounterParameters } from './compartment-parameters.ts'

const byEncounter = [
  'CarePlan',
  'CareTeam',
  'Claim',
  'ClinicalImpression',
  'Communication',
  'CommunicationRequest',
  'Composition',
  'Condition',
  'DeviceRequest',
  'DiagnosticReport',
  'DocumentReference',
  'ExplanationOfBenefit',
  'Media',
  'MedicationRequest',
  'NutritionOrder',
  'Observation',
  'Procedure',
  'QuestionnaireResponse',
  'RequestGroup',
  'ServiceRequest',
  'VisionPrescription',
]

test('every type of the R4 encounter compartment belongs to an encounter by the parameter that R4 names', () => {
  assert.deepEqual(
    byEncounter.filter((type) => !encounterParameters(type).includes('encounter')),
    [],
  )
  assert.deepEqual(['ChargeItem', 'MedicationAdministration', 'DocumentManifest'].map(encounterParameters), [
    ['context'],
    ['context'],
    ['related-ref'],
  ])
})

test('what names an encounter beyond that definition belongs to it too', () => {
  assert.deepEqual(
    ['ImagingStudy', 'Flag', 'List', 'MedicationDispense', 'Task', 'Patient'].map(encounterParameters),
    [['encounter'], ['encounter'], ['encounter'], ['context'], ['encounter'], []],
  )
})
