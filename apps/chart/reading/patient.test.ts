/** What the banner and the first page say of a patient. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AllergyIntolerance, Encounter, Patient } from '@xinglin/fhir'
import { medicationsOf } from './medications.ts'
import { chartPatient } from './patient.ts'
import { problemsOf } from './problems.ts'
import { placeOf, visitsOf } from './visits.ts'

const defined = (value: unknown) => JSON.parse(JSON.stringify(value))
const zhang: Patient = {
  resourceType: 'Patient',
  name: [
    { use: 'old', text: '张旧' },
    { use: 'official', family: '张', given: ['三'] },
  ],
  gender: 'male',
  birthDate: '1980-05-17',
  identifier: [
    { type: { coding: [{ code: 'NI' }] }, value: '37010219800517001X' },
    { type: { coding: [{ code: 'MR' }] }, value: 'M0012' },
  ],
}
const admission: Encounter = {
  resourceType: 'Encounter',
  id: 'e1',
  status: 'in-progress',
  class: { code: 'IMP' },
  location: [
    { location: { display: '急诊' }, status: 'completed' },
    { location: { display: '心内科 07 床' }, status: 'active' },
  ],
}
const allergy = (text: string, more: Partial<AllergyIntolerance> = {}): AllergyIntolerance => ({
  resourceType: 'AllergyIntolerance',
  id: text,
  patient: { reference: 'Patient/p' },
  code: { text },
  ...more,
})

test('the banner names the patient by the official name, record number, bed and allergies', () => {
  const resolved = { clinicalStatus: { coding: [{ code: 'resolved' }] } }
  const allergies = [allergy('青霉素', { criticality: 'high' }), allergy('花粉', resolved)]
  assert.deepEqual(defined(chartPatient('p', zhang, { allergies, encounters: [admission] })), {
    id: 'p',
    name: '张三',
    gender: 'male',
    birthDate: '1980-05-17',
    mrn: 'M0012',
    place: '心内科 07 床',
    allergies: [{ name: '青霉素', isSevere: true }],
    hasNoKnownAllergies: false,
  })
})

test('a denial of allergies is no allergy, and silence is no denial', () => {
  const denial = allergy('无已知过敏', { code: { coding: [{ code: '716186003' }] } })
  const denied = chartPatient('p', zhang, { allergies: [denial], encounters: [] })
  const silent = chartPatient('p', zhang, { allergies: [], encounters: [] })
  assert.deepEqual([denied.allergies, denied.hasNoKnownAllergies], [[], true])
  assert.deepEqual([silent.allergies, silent.hasNoKnownAllergies], [[], false])
})

test('active problems stand first, errors not at all', () => {
  const condition = (id: string, since: string, status: string, verification = 'confirmed') => ({
    resourceType: 'Condition' as const,
    id,
    subject: { reference: 'Patient/p' },
    code: { text: id },
    onsetDateTime: since,
    clinicalStatus: { coding: [{ code: status }] },
    verificationStatus: { coding: [{ code: verification }] },
  })
  const problems = problemsOf([
    condition('flu', '2026-01-01', 'resolved'),
    condition('asthma', '2001-01-01', 'active'),
    condition('diabetes', '2015-01-01', 'active'),
    condition('wrong', '2026-02-01', 'active', 'entered-in-error'),
  ])
  assert.deepEqual(
    problems.map(({ name, isActive }) => [name, isActive]),
    [
      ['diabetes', true],
      ['asthma', true],
      ['flu', false],
    ],
  )
})

test('a problem written at three visits is one problem since the first of them', () => {
  const written = (id: string, recordedDate: string) => ({
    resourceType: 'Condition' as const,
    id,
    subject: { reference: 'Patient/p' },
    code: { coding: [{ code: 'K29.5' }], text: '慢性胃炎' },
    recordedDate,
  })
  const problems = problemsOf([
    written('a', '2026-02-12'),
    written('b', '2026-08-03'),
    written('c', '2026-05-11'),
  ])
  assert.deepEqual(defined(problems), [
    {
      key: 'Condition/b',
      name: '慢性胃炎',
      code: 'K29.5',
      status: 'active',
      isActive: true,
      since: '2026-02-12',
      times: 3,
    },
  ])
})

test('a visit that names no reason is named by its diagnosis, never by a bare code', () => {
  const visit: Encounter = { ...admission, type: [{ coding: [{ code: 'R' }] }] }
  const diagnosis = {
    resourceType: 'Condition' as const,
    subject: { reference: 'Patient/p' },
    encounter: { reference: 'Encounter/e1' },
    code: { text: '肺炎' },
  }
  assert.deepEqual(
    [visitsOf([visit], [diagnosis]), visitsOf([visit])].map(([first]) => first?.reason),
    ['肺炎', undefined],
  )
})

test('a place does not say its ward twice', () => {
  const visit = (display: string): Encounter => ({ ...admission, location: [{ location: { display } }] })
  assert.equal(placeOf(visit('W06 W06-R30 30')), 'W06-R30 30')
  assert.equal(placeOf(visit('心内科 07 床')), '心内科 07 床')
})

test('a dosage without text is put together from its parts', () => {
  const [order] = medicationsOf([
    {
      resourceType: 'MedicationRequest',
      id: 'm1',
      status: 'active',
      intent: 'order',
      subject: { reference: 'Patient/p' },
      medicationCodeableConcept: { text: '阿莫西林' },
      authoredOn: '2026-01-01',
      dosageInstruction: [
        {
          doseAndRate: [{ doseQuantity: { value: 500, unit: 'mg' } }],
          route: { text: '口服' },
          timing: { repeat: { frequency: 3, period: 1, periodUnit: 'd' } },
        },
      ],
    },
  ])
  assert.deepEqual(order?.dosage, '500 mg 口服 3×/1d')
})
