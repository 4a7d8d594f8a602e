/** FHIR R4 search.html §3.1.1.5.8 _summary and §3.1.1.5.9 _elements: which part of a resource is answered. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { summaryElements } from '../generate/summary-elements.ts'
import { isElementName, subsetOf } from './subset.ts'

const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }
const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">K</div>' }
const potassium = {
  resourceType: 'Observation',
  id: 'k',
  meta: { versionId: '1', tag: [{ code: 'night' }] },
  text,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3', display: 'Potassium' }] },
  valueQuantity: { value: 4.1, unit: 'mmol/L' },
  interpretation: [{ text: 'normal' }],
  note: [{ text: 'haemolysed' }],
  component: [{ code: { text: 'a' }, valueString: 'b', referenceRange: [{ text: 'c' }] }],
}
const meta = { versionId: '1', tag: [{ code: 'night' }, subsetted] }
const { resourceType, id, status, code, valueQuantity } = potassium

test('§3.1.1.5.8 _summary=true keeps the elements marked as summary, at every depth', () => {
  assert.deepEqual(subsetOf(potassium, { kind: 'true' }), {
    resourceType,
    id,
    meta,
    status,
    code,
    valueQuantity,
    component: [{ code: { text: 'a' }, valueString: 'b' }],
  })
})

test('§3.1.1.5.8 _summary=text keeps text, id, meta and what must be present; data leaves out the text alone', () => {
  assert.deepEqual(subsetOf(potassium, { kind: 'text' }), { resourceType, id, meta, text, status, code })
  const { text: _, ...data } = potassium
  assert.deepEqual(subsetOf(potassium, { kind: 'data' }), { ...data, meta })
})

test('§3.1.1.5.9 _elements keeps what is named and what must be present; a choice goes by its name', () => {
  const named = (...names: string[]) => subsetOf(potassium, { kind: 'elements', names })

  assert.deepEqual(named('value'), { resourceType, id, meta, status, code, valueQuantity })
  assert.deepEqual(named('Observation.note', 'Patient.name'), {
    resourceType,
    id,
    meta,
    status,
    code,
    note: potassium.note,
  })
  assert.deepEqual(
    ['value', 'value[x]', 'valueQuantity', 'Patient.name', 'colour', 'Patient.colour'].map((name) =>
      isElementName('Observation', name),
    ),
    [true, true, true, true, false, false],
  )
})

test('an extension that changes the meaning of a resource stays in every part of it', () => {
  const modifierExtension = [{ url: 'http://hospital.test/not-done', valueBoolean: true }]
  const patient = {
    resourceType: 'Patient',
    id: 'p',
    modifierExtension,
    birthDate: '1990',
    photo: [{ data: 'aGk=' }],
  }

  for (const subset of [{ kind: 'true' }, { kind: 'text' }, { kind: 'elements', names: ['gender'] }] as const)
    assert.deepEqual(subsetOf(patient, subset).modifierExtension, modifierExtension, subset.kind)
})

test('the table of summary elements is what the definitions say', () => {
  const written = readFileSync(new URL('../generated/summary-elements.js', import.meta.url), 'utf8')
  assert.equal(written, summaryElements())
})
