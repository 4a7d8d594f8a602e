/** FHIR R4 §3.1.1: the values of search parameters, against fixed resources and against HL7's own FHIRPath. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fhirpath from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { examplesMissing, r4Examples } from '../testing/examples.ts'
import { allResourceTypes, parametersOf } from './definitions.ts'
import { extractorOf, indexOf } from './index-of.ts'
import { earliestMs, type IndexValues, latestMs } from './index-values.ts'

const options = { timeZone: 'Asia/Shanghai' }

test('a glucose result is found by patient, code, time, value and both together', () => {
  const resource = {
    resourceType: 'Observation',
    id: 'g1',
    meta: { lastUpdated: '2024-03-01T08:00:00Z', profile: ['http://example.org/p'] },
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '2339-0', display: 'Glucose' }], text: '血糖' },
    subject: { reference: 'Patient/p1' },
    effectiveDateTime: '2024-03-01',
    valueQuantity: {
      value: 5.4,
      unit: 'mmol/L',
      system: 'http://unitsofmeasure.org',
      code: 'mmol/L',
      comparator: '<',
    },
  }

  const found = indexOf(resource, options)

  const dayMs = Date.parse('2024-03-01T00:00:00+08:00')
  const quantity = {
    low: Number.NEGATIVE_INFINITY,
    high: 5.4,
    system: 'http://unitsofmeasure.org',
    code: 'mmol/L',
    unit: 'mmol/L',
  }
  const glucose = { system: 'http://loinc.org', code: '2339-0', text: 'Glucose\n血糖' }
  const reference = {
    type: 'Patient',
    id: 'p1',
    url: undefined,
    version: undefined,
    identifier: undefined,
    text: undefined,
  }
  assert.deepEqual(
    sorted(found.tokens),
    sorted([
      { parameter: '_id', system: undefined, code: 'g1', text: undefined },
      { parameter: 'code', ...glucose },
      { parameter: 'combo-code', ...glucose },
      {
        parameter: 'status',
        system: 'http://hl7.org/fhir/observation-status',
        code: 'final',
        text: undefined,
      },
    ]),
  )
  assert.deepEqual(
    sorted(found.references),
    sorted([
      { parameter: 'patient', ...reference },
      { parameter: 'subject', ...reference },
    ]),
  )
  assert.deepEqual(
    sorted(found.dates),
    sorted([
      { parameter: '_lastUpdated', lowMs: 1709280000000, highMs: 1709280001000 },
      { parameter: 'date', lowMs: dayMs, highMs: dayMs + 86_400_000 },
    ]),
  )
  assert.deepEqual(
    sorted(found.quantities),
    sorted([
      { parameter: 'combo-value-quantity', ...quantity },
      { parameter: 'value-quantity', ...quantity },
    ]),
  )
  assert.deepEqual(found.uris, [{ parameter: '_profile', uri: 'http://example.org/p' }])
  assert.deepEqual(
    found.composites.map(({ parameter, components }) => [
      parameter,
      components.map((part) => part.tokens.length + part.quantities.length),
    ]),
    [
      ['code-value-quantity', [1, 1]],
      ['combo-code-value-quantity', [1, 1]],
    ],
  )
  assert.deepEqual([found.patients, found.clinicalMs], [['p1'], dayMs])
})

test('a patient is found by parts of name and address, and is in the own compartment', () => {
  const resource = {
    resourceType: 'Patient',
    id: 'p1',
    identifier: [{ system: 'urn:mrn', value: '77', type: { text: 'MRN' } }],
    name: [{ text: '张三', family: '张', given: ['三'] }],
    telecom: [
      { system: 'phone', use: 'mobile', value: '138' },
      { system: 'email', value: 'a@b' },
    ],
    gender: 'male',
    birthDate: '1980',
    deceasedBoolean: false,
    link: [{ other: { reference: 'Patient/p2' }, type: 'seealso' }],
  }

  const found = indexOf(resource, options)

  assert.deepEqual(
    found.strings.filter(({ parameter }) => parameter === 'name').map(({ text }) => text),
    ['张三', '张', '三'],
  )
  assert.deepEqual(
    found.tokens
      .filter(({ parameter }) => ['phone', 'email', 'deceased', 'identifier', 'gender'].includes(parameter))
      .map(({ parameter, system, code, text }) => [parameter, system, code, text])
      .sort(),
    [
      ['deceased', undefined, 'false', undefined],
      ['email', undefined, 'a@b', undefined],
      ['gender', 'http://hl7.org/fhir/administrative-gender', 'male', undefined],
      ['identifier', 'urn:mrn', '77', 'MRN'],
      ['phone', 'mobile', '138', undefined],
    ],
  )
  assert.deepEqual(found.patients, ['p1', 'p2'])
})

test('an open period reaches to the end of time, and a visit stands at its start', () => {
  const resource = {
    resourceType: 'Encounter',
    status: 'in-progress',
    class: { code: 'IMP' },
    period: { start: '2024-01-01T10:00:00+08:00' },
  }
  const ended = { ...resource, period: { end: '2024-01-02' } }

  const startMs = Date.parse('2024-01-01T10:00:00+08:00')
  assert.deepEqual(indexOf(resource, options).dates, [
    { parameter: 'date', lowMs: startMs, highMs: latestMs },
  ])
  assert.equal(indexOf(resource, options).clinicalMs, startMs)
  assert.deepEqual(
    indexOf(ended, options).dates.map(({ lowMs }) => lowMs),
    [earliestMs],
  )
})

test('references are told apart: local, versioned, absolute, canonical, logical, contained', () => {
  const resource = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    performer: [
      { reference: 'Practitioner/1/_history/2' },
      { reference: 'https://other.org/fhir/Practitioner/1' },
      { reference: '#inside' },
      { type: 'Practitioner', identifier: { system: 's', value: 'v' } },
    ],
  }

  const found = indexOf(resource, options).references.map(({ type, id, url, version, identifier }) => ({
    type,
    id,
    url,
    version,
    identifier,
  }))

  const none = { type: undefined, id: undefined, url: undefined, version: undefined, identifier: undefined }
  assert.deepEqual(found, [
    { ...none, type: 'Practitioner', id: '1', version: '2' },
    { ...none, url: 'https://other.org/fhir/Practitioner/1' },
    { ...none, type: 'Practitioner', identifier: { system: 's', value: 'v' } },
  ])
})

/** Expressions of R4 that extraction does not read; the list only shrinks. */
const notExtracted = [
  // `special`: a distance, not a value.
  // Components that begin at %resource.
  'MolecularSequence.chromosome-variant-coordinate: MolecularSequence.variant',
  'MolecularSequence.referenceseqid-variant-coordinate: MolecularSequence.variant',
]

test('every expression of R4 is compiled but those listed', () => {
  assert.deepEqual(
    allResourceTypes.flatMap((type) => extractorOf(type).unsupported),
    notExtracted,
  )
})

/** `deceased` is always true or false; a scheduledString may look like a date but is none. */
const readDifferently = new Set(['deceased', 'activity-date'])

test('extraction finds something exactly where HL7 FHIRPath does, over all R4 examples', {
  skip: examplesMissing,
}, () => {
  const differences: string[] = []
  let compared = 0
  for (const { file, resource } of r4Examples()) {
    const found = parametersFound(indexOf(resource, options))
    for (const { name, kind, expression } of parametersOf(resource.resourceType).values()) {
      if (kind === 'composite' || kind === 'special' || readDifferently.has(name)) continue
      compared++
      const expected = valuesAt(expression, resource).some((value) => isSearchable(kind, value))
      if (expected !== found.has(name)) differences.push(`${file} ${name} ${expression}`)
    }
  }
  assert.deepEqual(differences, [])
  assert.ok(compared > 15_000)
})

/** Each alternative by itself: a union would compare quantities, which FHIRPath cannot where they have a comparator. */
function valuesAt(expression: string, resource: object): readonly unknown[] {
  const own = expression.replace(/^Resource\./, '')
  return own.split(' | ').flatMap((part) => compiled(part)(resource))
}

const expressions = new Map<string, (resource: object) => readonly unknown[]>()

/** `where(resolve() is X)` cannot be asked of a peer without a server: the type in the reference's text says it. */
function compiled(expression: string): (resource: object) => readonly unknown[] {
  const known = expressions.get(expression)
  if (known) return known
  const asked = expression.replace(
    /where\(resolve\(\) is (\w+)\)/g,
    (_, type: string) =>
      `where(reference.startsWith('${type}/') or reference.contains('/${type}/') or (reference.empty() and type = '${type}'))`,
  )
  const made = fhirpath.compile(asked, r4) as (resource: object) => readonly unknown[]
  expressions.set(expression, made)
  return made
}

/** What a kind of parameter can take from a value that FHIRPath gives. */
function isSearchable(kind: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return value !== '' && (kind !== 'date' || /^\d{4}/.test(String(value)))
  const element = value as Record<string, unknown>
  const has = (...names: readonly string[]) => names.some((name) => element[name] !== undefined)
  switch (kind) {
    case 'token':
      if (Array.isArray(element.coding)) return true
      return has('text', 'code', 'display', 'value')
    case 'string':
      return has(
        'text',
        'family',
        'given',
        'prefix',
        'suffix',
        'line',
        'city',
        'district',
        'state',
        'postalCode',
        'country',
      )
    case 'reference': {
      const literal = element.reference
      if (element.resourceType !== undefined) return has('id')
      return (typeof literal === 'string' && !literal.startsWith('#')) || has('identifier')
    }
    case 'date':
      return (
        has('start', 'end', 'event') ||
        (element.repeat as Record<string, unknown> | undefined)?.boundsPeriod !== undefined
      )
    case 'quantity':
      return typeof element.value === 'number' || has('low', 'high')
    default:
      return has('low', 'high', 'value')
  }
}

function parametersFound(values: IndexValues): ReadonlySet<string> {
  const { tokens, strings, references, dates, numbers, quantities, uris } = values
  return new Set(
    [tokens, strings, references, dates, numbers, quantities, uris].flat().map(({ parameter }) => parameter),
  )
}

function sorted<T>(values: readonly T[]): readonly T[] {
  return [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
