/**
 * FHIR R4 structure as the validator reads it: real examples, one mistake at a time, and both paths against each other.
 * Longer than other files because it is a table: one row a mistake.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { examplesMissing, r4Examples, syntheaMissing, syntheaResources } from './testing/examples.ts'
import { mutate } from './testing/mutate.ts'
import { interpretResource, isValidResource, validate } from './validate.ts'

/** Official examples that break R4's own rules; the list only shrinks. */
const wrongExamples: Readonly<Record<string, string>> = {
  'ActivityDefinition-blood-tubes-supply.json': 'txt-2: the narrative is empty',
  'ActivityDefinition-heart-valve-replacement.json': 'txt-2: the narrative is empty',
  'DeviceMetric-example.json': 'parent refers to a DeviceMetric, R4 allows Device',
  'DeviceUseStatement-example.json': 'reasonReference refers to a type that R4 does not allow there',
  'EventDefinition-example.json': 'txt-2: the narrative is empty',
  'MedicationRequest-medrx0301.json':
    'dispenseRequest.performer refers to a Practitioner, R4 allows Organization',
  'Observation-clinical-gender.json': 'performer refers to a type that R4 does not allow there',
  'Questionnaire-qs1.json': 'items without the required linkId',
  'Questionnaire-zika-virus-exposure-assessment.json': 'txt-2: the narrative is empty',
}

test('every official example is valid but those that break R4 themselves', { skip: examplesMissing }, () => {
  const examples = r4Examples()

  const refused = examples.filter(({ resource }) => validate(resource).length > 0).map(({ file }) => file)

  assert.ok(examples.length >= 713)
  assert.deepEqual(refused, Object.keys(wrongExamples))
})

test('every resource of the Synthea bundles is valid', { skip: syntheaMissing }, () => {
  const issues = syntheaResources(10).flatMap((resource) => validate(resource))

  assert.deepEqual(issues, [])
})

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2339-0' }] },
  subject: { reference: 'Patient/1' },
  effectiveDateTime: '2024-02-29T08:00:00+08:00',
  valueQuantity: { value: 5.4, unit: 'mmol/L' },
}

type Mistake = readonly [said: string, change: object, code: string, expression: string, diagnostics: string]

const mistakes: readonly Mistake[] = [
  [
    'an element that R4 does not have',
    { colour: 'red' },
    'structure',
    'Observation.colour',
    'Observation has no element colour',
  ],
  [
    'a required element that is missing',
    { status: undefined },
    'required',
    'Observation.status',
    'Observation.status is missing; it is required',
  ],
  [
    'one value where a list belongs',
    { category: {} },
    'structure',
    'Observation.category',
    'Observation.category must be a list, because it may repeat',
  ],
  [
    'a list where one value belongs',
    { status: ['final'] },
    'structure',
    'Observation.status',
    'Observation.status is a list; only one value is allowed',
  ],
  [
    'an empty list',
    { note: [] },
    'structure',
    'Observation.note',
    'Observation.note is an empty list; leave it out',
  ],
  [
    'an empty object',
    { method: {} },
    'structure',
    'Observation.method',
    'Observation.method is an empty object; leave it out',
  ],
  [
    'an empty text',
    { language: '' },
    'value',
    'Observation.language',
    'Observation.language is not a code: text without leading, trailing or double spaces',
  ],
  [
    'two values of one choice',
    { valueString: 'x' },
    'structure',
    'Observation.value',
    'Observation.value stands as valueQuantity and valueString; only one is allowed',
  ],
  [
    'a choice of a type that R4 does not allow',
    { valueDate: '2024-01-01' },
    'structure',
    'Observation.valueDate',
    'Observation has no element valueDate',
  ],
  [
    'a day that does not exist',
    { effectiveDateTime: '2023-02-29' },
    'value',
    'Observation.effective',
    'Observation.effective is not a date that exists: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with offset',
  ],
  [
    'a time without offset',
    { effectiveDateTime: '2023-02-28T10:00:00' },
    'value',
    'Observation.effective',
    'Observation.effective is not a date that exists: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with offset',
  ],
  [
    'a number as text',
    { valueQuantity: { value: '5.4' } },
    'value',
    'Observation.value.value',
    'Observation.value.value is not a number',
  ],
  [
    'a code outside the required value set',
    { status: 'done' },
    'code-invalid',
    'Observation.status',
    'Observation.status has a code outside its required value set: registered, preliminary, final, amended, corrected, cancelled, entered-in-error, unknown',
  ],
  [
    'a reference that is none',
    { subject: { reference: 'Nobody/1' } },
    'value',
    'Observation.subject.reference',
    'Observation.subject.reference is not Type/id, #id or an absolute uri',
  ],
  [
    'a reference to a wrong type',
    { subject: { reference: 'Medication/1' } },
    'structure',
    'Observation.subject',
    'Observation.subject may only refer to Patient, Group, Device, Location',
  ],
  [
    'text where an object belongs',
    { code: 'glucose' },
    'structure',
    'Observation.code',
    'Observation.code must be a JSON object',
  ],
  [
    'a null value',
    { issued: null },
    'structure',
    'Observation.issued',
    'Observation.issued is null; leave it out',
  ],
  [
    'a sibling that is no object',
    { _status: 'x' },
    'structure',
    'Observation.status',
    'the _ sibling of Observation.status must be a JSON object',
  ],
  [
    'a sibling of an element that is no primitive',
    { _code: { id: 'a' } },
    'structure',
    'Observation._code',
    'Observation has no element _code',
  ],
  [
    'an unknown element in a sibling',
    { _status: { colour: 1 } },
    'structure',
    'Observation.status.colour',
    'Element has no element colour',
  ],
  [
    'an extension without url',
    { extension: [{ valueString: 'x' }] },
    'required',
    'Observation.extension[0].url',
    'Observation.extension[0].url is missing; it is required',
  ],
  [
    'a contained thing that is no resource',
    { contained: [{ resourceType: 'Thing' }] },
    'structure',
    'Observation.contained[0]',
    'Observation.contained[0] must name a FHIR R4 resource type in resourceType',
  ],
  [
    'a mistake deep in a list',
    { component: [{ code: { text: 'a' } }, { code: { coding: [{ code: ' a' }] } }] },
    'value',
    'Observation.component[1].code.coding[0].code',
    'Observation.component[1].code.coding[0].code is not a code: text without leading, trailing or double spaces',
  ],
  [
    'a control character',
    { valueQuantity: undefined, valueString: 'a\u0000b' },
    'value',
    'Observation.value',
    'Observation.value is not text of at least one character, at most 1 MB, without control characters',
  ],
  [
    'a local reference to a contained resource of a wrong type',
    { subject: { reference: '#m' }, contained: [{ resourceType: 'Medication', id: 'm' }] },
    'structure',
    'Observation.subject',
    'Observation.subject may only refer to Patient, Group, Device, Location',
  ],
  [
    'a reference that calls its target a wrong type',
    { subject: { type: 'Medication', display: 'x' } },
    'structure',
    'Observation.subject',
    'Observation.subject may only refer to Patient, Group, Device, Location',
  ],
  [
    'a media type that is none',
    { extension: [{ url: 'http://example.org/x', valueAttachment: { contentType: 'picture' } }] },
    'code-invalid',
    'Observation.extension[0].value.contentType',
    'Observation.extension[0].value.contentType is not a media type: type/subtype',
  ],
  [
    'a currency that is none',
    { extension: [{ url: 'http://example.org/x', valueMoney: { value: 1, currency: '元' } }] },
    'code-invalid',
    'Observation.extension[0].value.currency',
    'Observation.extension[0].value.currency is not a currency: three capital letters of ISO 4217',
  ],
  [
    'a narrative whose elements are not closed',
    { text: { status: 'generated', div: '<div>a<br></div>' } },
    'value',
    'Observation.text.div',
    'Observation.text.div is not XHTML: one <div> with every element closed',
  ],
  [
    'half of a surrogate pair',
    { valueQuantity: undefined, valueString: '\ud83d' },
    'value',
    'Observation.value',
    'Observation.value is not text of at least one character, at most 1 MB, without control characters',
  ],
]

for (const [said, change, code, expression, diagnostics] of mistakes) {
  test(`${said} is named with its place`, () => {
    const resource = JSON.parse(JSON.stringify({ ...observation, ...change }))

    const issues = validate(resource)

    assert.deepEqual(
      issues.map((issue) => [issue.severity, issue.code, issue.expression, issue.diagnostics]),
      [['error', code, [expression], diagnostics]],
    )
    assert.equal(isValidResource(resource), false)
  })
}

type Breach = readonly [said: string, change: object, expression: string, key: string]

const breaches: readonly Breach[] = [
  [
    'a value together with the reason why there is none',
    { dataAbsentReason: { text: 'x' } },
    'Observation',
    'obs-6',
  ],
  [
    'a component with the code of the whole',
    { component: [{ code: { coding: [{ system: 'http://loinc.org', code: '2339-0' }] } }] },
    'Observation',
    'obs-7',
  ],
  [
    'a reference range without limits and text',
    { referenceRange: [{ age: { low: { value: 1 } } }] },
    'Observation.referenceRange[0]',
    'obs-3',
  ],
  [
    'a period that ends before it begins',
    {
      effectiveDateTime: undefined,
      effectivePeriod: { start: '2024-03-01T00:30:00+08:00', end: '2024-02-29T16:00:00Z' },
    },
    'Observation.effective',
    'per-1',
  ],
  [
    'a unit code without its system',
    { valueQuantity: { value: 1, code: 'mmol/L' } },
    'Observation.value',
    'qty-3',
  ],
  ['a local reference to nothing', { subject: { reference: '#p' } }, 'Observation.subject', 'ref-1'],
  [
    'a contained resource that nothing refers to',
    { contained: [{ resourceType: 'Patient', id: 'p' }] },
    'Observation',
    'dom-3',
  ],
  [
    'a contained resource with a version of its own',
    {
      subject: { reference: '#p' },
      contained: [{ resourceType: 'Patient', id: 'p', meta: { versionId: '1' } }],
    },
    'Observation',
    'dom-4',
  ],
  [
    'an extension with a value and extensions',
    {
      extension: [
        {
          url: 'http://example.org/a',
          valueString: 'x',
          extension: [{ url: 'http://example.org/b', valueString: 'y' }],
        },
      ],
    },
    'Observation.extension[0]',
    'ext-1',
  ],
  ['an element with an id alone', { method: { id: 'a' } }, 'Observation.method', 'ele-1'],
  ['a primitive with an id alone', { _issued: { id: 'a' } }, 'Observation.issued', 'ele-1'],
  [
    'a script in the narrative',
    { text: { status: 'generated', div: '<div>a<script>b()</script></div>' } },
    'Observation.text.div',
    'txt-1',
  ],
  [
    'an attribute of the narrative that runs',
    { text: { status: 'generated', div: '<div onclick="b()">a</div>' } },
    'Observation.text.div',
    'txt-1',
  ],
  [
    'a narrative without content',
    { text: { status: 'generated', div: '<div><br/> </div>' } },
    'Observation.text.div',
    'txt-2',
  ],
]

for (const [said, change, expression, key] of breaches) {
  test(`${said} breaks ${key}`, () => {
    const resource = JSON.parse(JSON.stringify({ ...observation, ...change }))

    const issues = validate(resource)

    assert.deepEqual(
      issues.map((issue) => [issue.severity, issue.code, issue.expression, issue.details?.coding?.[1]?.code]),
      [['error', 'invariant', [expression], key]],
    )
    assert.equal(isValidResource(resource), false)
  })
}

test('what is only advised against is said at level warning and refuses nothing', () => {
  assert.deepEqual(validate(observation), [])
  assert.deepEqual(validate(observation, 'warning'), [
    {
      severity: 'warning',
      code: 'invariant',
      details: {
        coding: [
          { system: 'urn:xinglin:error', code: 'fhir.invariant' },
          { system: 'http://hl7.org/fhir/StructureDefinition', code: 'dom-6' },
        ],
      },
      diagnostics:
        'Observation breaks dom-6 of FHIR R4: A resource should have narrative for robust management',
      expression: ['Observation'],
    },
  ])
})

test('a contained resource may refer to its siblings and to its container', () => {
  const contained = [
    { resourceType: 'Patient', id: 'p', managingOrganization: { reference: '#o' } },
    { resourceType: 'Organization', id: 'o', name: 'x' },
    {
      resourceType: 'Provenance',
      id: 'v',
      target: [{ reference: '#' }],
      recorded: '2024-01-01T00:00:00Z',
      agent: [{ who: { reference: '#o' } }],
    },
  ]

  assert.deepEqual(validate({ ...observation, contained, subject: { reference: '#p' } }), [])
})

test('what is no resource at all is one issue', () => {
  for (const value of [
    null,
    undefined,
    1,
    'x',
    [],
    {},
    { resourceType: 'Nothing' },
    { resourceType: 'HumanName' },
  ]) {
    assert.equal(validate(value).length, 1)
    assert.equal(isValidResource(value), false)
  }
})

test('id and extensions of a primitive stand beside it, for lists position by position', () => {
  const extension = [{ url: 'http://example.org/x', valueBoolean: true }]
  const good = {
    resourceType: 'Patient',
    birthDate: '1990',
    _birthDate: { extension },
    _active: { extension },
    name: [{ given: ['Ada', null], _given: [null, { extension }] }],
  }
  const bad = { ...good, name: [{ given: ['Ada', null], _given: [null] }] }
  const hole = { ...good, name: [{ given: ['Ada', null] }] }

  assert.deepEqual(validate(good), [])
  assert.equal(isValidResource(good), true)
  assert.deepEqual(
    validate(bad).map(({ expression }) => expression?.[0]),
    ['Patient.name[0].given[1]', 'Patient.name[0].given'],
  )
  assert.deepEqual(
    validate(hole).map(({ expression }) => expression?.[0]),
    ['Patient.name[0].given[1]'],
  )
})

test('elements nested deeper than any clinical content are refused without touching the stack', () => {
  let item: object = { linkId: 'x', type: 'group' }
  for (let depth = 0; depth < 20_000; depth++) item = { linkId: 'x', type: 'group', item: [item] }

  const issues = validate({ resourceType: 'Questionnaire', status: 'draft', item: [item] })

  assert.deepEqual(
    issues.map(({ code }) => code),
    ['too-long'],
  )
})

test('a resource with countless mistakes is answered with the first hundred', () => {
  const name = Array.from({ length: 5000 }, () => ({ wrong: 1 }))

  assert.equal(validate({ resourceType: 'Patient', name }).length, 100)
})

test('the compiled functions agree with the interpreter on mutated resources', {
  skip: examplesMissing || syntheaMissing,
}, () => {
  const resources = [...r4Examples().map(({ resource }) => resource), ...syntheaResources(2)]
  let refused = 0
  for (const [seed, resource] of resources.entries()) {
    for (let round = 0; round < 4; round++) {
      const mutant = mutate(JSON.parse(JSON.stringify(resource)), seed * 7 + round)
      const isValid = interpretResource(mutant).length === 0
      if (!isValid) refused++
      const said = `${resource.resourceType} ${seed}/${round}`
      assert.equal(isValidResource(mutant), isValid, said)
      const hasNone = interpretResource(mutant, '', 'warning').length === 0
      assert.equal(isValidResource(mutant, 'warning'), hasNone, said)
    }
  }
  assert.ok(refused > resources.length)
})
