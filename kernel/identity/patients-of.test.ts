/** Whose record a stored text belongs to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patientOf, patientsOf } from './patients-of.ts'

const version = (type: 'Patient' | 'Observation' | 'Coverage' | 'Task' | 'Location', body: object) =>
  ({ type, id: '7', json: JSON.stringify({ resourceType: type, id: '7', ...body }) }) as const

test('a resource belongs to the patient that it names as its subject, patient, beneficiary or for', () => {
  const reference = { reference: 'Patient/leo' }
  assert.deepEqual(
    [
      version('Patient', {}),
      version('Observation', { performer: [{ reference: 'Patient/asha' }], subject: reference }),
      version('Coverage', { beneficiary: reference }),
      version('Task', { for: reference }),
      version('Location', { name: 'Patient/leo' }),
      { type: 'Observation', id: '8', json: '' } as const,
    ].map(patientOf),
    ['7', 'leo', 'leo', 'leo', undefined, undefined],
  )
})

test('a page tells of everybody whose record it showed', () => {
  const of = (patient: string) => version('Observation', { subject: { reference: `Patient/${patient}` } })
  assert.deepEqual(patientsOf([of('leo'), of('leo')]), { patient: 'leo' })
  assert.deepEqual(patientsOf([of('leo'), of('asha')]), { patients: ['leo', 'asha'] })
  assert.deepEqual(patientsOf([]), {})
})
