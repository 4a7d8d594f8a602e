/**
 * FHIR R4 §5.1.0.14 slicing and §5.1.0.8 fixed and pattern values, one profile a rule: every discriminator, every rule for
 * what belongs to no slice, slices of slices, profiles on types and on what is referred to. Both ways of judging must agree.
 * Longer than other files because it is a table: one row a rule.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProfileSet } from '../profiles.ts'
import { type Defined, sourcesOf } from '../testing/guides.ts'
import { validate } from '../validate.ts'

type Element = { readonly id: string; readonly [name: string]: unknown }

const base = 'http://example.org/'

/** A StructureDefinition; the path of an element is its id without slices. */
function profile(name: string, type: string, elements: readonly Element[]): Defined {
  const element = [{ id: type, path: type }, ...elements].map((each) => ({
    path: each.id.replaceAll(/:[^.]+/g, ''),
    ...each,
  }))
  const known = { resourceType: 'StructureDefinition', url: base + name, type, derivation: 'constraint' }
  return { ...known, snapshot: { element } } as Defined
}

const sliced = (type: string, path: string, more: object = {}) => ({
  slicing: { discriminator: [{ type, path }], rules: 'open', ...more },
})
const named = (id: string, sliceName: string, more: object = {}): Element => ({
  id: `${id}:${sliceName}`,
  sliceName,
  min: 0,
  max: '*',
  ...more,
})
const reference = (...targets: readonly string[]) => ({
  type: [{ code: 'Reference', targetProfile: targets }],
})

const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } }
const patient = { resourceType: 'Patient' }
const coding = (code: string, system = 'http://example.org/codes') => ({ system, code })
const concept = (...codes: readonly string[]) => ({ coding: codes.map((code) => coding(code)) })

type Row = {
  readonly said: string
  readonly definition: Defined
  readonly good: readonly object[]
  readonly bad: readonly (readonly [resource: object, ...diagnostics: readonly string[]])[]
}

const others: readonly Defined[] = [
  profile('coloured', 'Extension', [
    { id: 'Extension.url', min: 1, max: '1', fixedUri: `${base}coloured` },
    { id: 'Extension.value[x]', min: 1, max: '1', type: [{ code: 'code' }], patternCode: 'red' },
  ]),
  profile('adult', 'Patient', [{ id: 'Patient.birthDate', min: 1, max: '1' }]),
  profile('chinese', 'Address', [
    { id: 'Address.country', min: 1, max: '1', fixedString: 'CN', type: [{ code: 'string' }] },
  ]),
]

const rows: readonly Row[] = [
  {
    said: 'slices by a fixed value, with a limit for each slice and for all',
    definition: profile('by-value', 'Patient', [
      { id: 'Patient.telecom', min: 1, max: '3', ...sliced('value', 'system') },
      named('Patient.telecom', 'phone', { min: 1, max: '1' }),
      { id: 'Patient.telecom:phone.system', min: 1, max: '1', fixedCode: 'phone', type: [{ code: 'code' }] },
      { id: 'Patient.telecom:phone.use', min: 1, max: '1', type: [{ code: 'code' }] },
    ]),
    good: [
      { ...patient, telecom: [{ system: 'phone', use: 'home', value: '1' }] },
      {
        ...patient,
        telecom: [
          { system: 'fax', value: '1' },
          { system: 'phone', use: 'home', value: '1' },
        ],
      },
    ],
    bad: [
      [
        patient,
        'Patient.telecom is missing; P requires it',
        'slice phone of Patient.telecom is missing; P requires it',
      ],
      [
        { ...patient, telecom: [{ system: 'phone', value: '1' }] },
        'Patient.telecom[0].use is missing; P requires it',
      ],
      [
        {
          ...patient,
          telecom: [
            { system: 'phone', use: 'home', value: '1' },
            { system: 'phone', use: 'work', value: '1' },
          ],
        },
        'slice phone of Patient.telecom stands 2 times; P allows at most 1',
      ],
    ],
  },
  {
    said: 'slices by a pattern, closed',
    definition: profile('by-pattern', 'Observation', [
      { id: 'Observation.category', min: 0, max: '*', ...sliced('pattern', '$this', { rules: 'closed' }) },
      named('Observation.category', 'lab', { patternCodeableConcept: concept('lab') }),
      named('Observation.category', 'vital', { patternCodeableConcept: concept('vital') }),
    ]),
    good: [observation, { ...observation, category: [concept('lab', 'x'), concept('vital')] }],
    bad: [
      [
        { ...observation, category: [concept('lab'), concept('other')] },
        'Observation.category[1] belongs to no slice, and P allows no others',
      ],
    ],
  },
  {
    said: 'slices by whether an element exists',
    definition: profile('by-existence', 'Patient', [
      { id: 'Patient.name', min: 0, max: '*', ...sliced('exists', 'period') },
      named('Patient.name', 'former', { max: '1' }),
      { id: 'Patient.name:former.period', min: 1, max: '1', type: [{ code: 'Period' }] },
      named('Patient.name', 'present', { min: 1, max: '1' }),
      { id: 'Patient.name:present.period', min: 0, max: '0', type: [{ code: 'Period' }] },
      { id: 'Patient.name:present.family', min: 1, max: '1', type: [{ code: 'string' }] },
    ]),
    good: [{ ...patient, name: [{ family: 'a' }, { text: 'b', period: { end: '2020' } }] }],
    bad: [
      [{ ...patient, name: [{ text: 'a' }] }, 'Patient.name[0].family is missing; P requires it'],
      [
        { ...patient, name: [{ family: 'a', period: { end: '2020' } }] },
        'slice present of Patient.name is missing; P requires it',
      ],
    ],
  },
  {
    said: 'slices by type of a choice',
    definition: profile('by-type', 'Observation', [
      { id: 'Observation.value[x]', min: 0, max: '1', ...sliced('type', '$this') },
      named('Observation.value[x]', 'valueQuantity', { max: '1', type: [{ code: 'Quantity' }] }),
      { id: 'Observation.value[x]:valueQuantity.code', min: 1, max: '1', type: [{ code: 'code' }] },
    ]),
    good: [observation, { ...observation, valueString: 'x' }],
    bad: [
      [{ ...observation, valueQuantity: { value: 1 } }, 'Observation.value.code is missing; P requires it'],
    ],
  },
  {
    said: 'slices by the type of what is referred to',
    definition: profile('by-target', 'Observation', [
      {
        id: 'Observation.performer',
        min: 0,
        max: '*',
        ...sliced('type', '$this.resolve()', { rules: 'closed' }),
      },
      named('Observation.performer', 'person', {
        min: 1,
        ...reference('http://hl7.org/fhir/StructureDefinition/Practitioner'),
      }),
    ]),
    good: [{ ...observation, performer: [{ reference: 'Practitioner/1' }] }],
    bad: [
      [
        { ...observation, performer: [{ reference: 'Organization/1' }] },
        'slice person of Observation.performer is missing; P requires it',
        'Observation.performer[0] belongs to no slice, and P allows no others',
      ],
    ],
  },
  {
    said: 'slices by the profile of an element',
    definition: profile('by-profile', 'Patient', [
      { id: 'Patient.address', min: 0, max: '*', ...sliced('profile', '$this') },
      named('Patient.address', 'home', {
        min: 1,
        max: '1',
        type: [{ code: 'Address', profile: [`${base}chinese`] }],
      }),
    ]),
    good: [{ ...patient, address: [{ country: 'DE' }, { country: 'CN' }] }],
    bad: [
      [
        { ...patient, address: [{ country: 'DE' }] },
        'slice home of Patient.address is missing; P requires it',
      ],
    ],
  },
  {
    said: 'slices in a given order',
    definition: profile('ordered', 'Patient', [
      { id: 'Patient.telecom', min: 0, max: '*', ...sliced('value', 'system', { ordered: true }) },
      named('Patient.telecom', 'phone'),
      { id: 'Patient.telecom:phone.system', min: 1, max: '1', fixedCode: 'phone', type: [{ code: 'code' }] },
      named('Patient.telecom', 'email'),
      { id: 'Patient.telecom:email.system', min: 1, max: '1', fixedCode: 'email', type: [{ code: 'code' }] },
    ]),
    good: [
      {
        ...patient,
        telecom: [
          { system: 'phone', value: '1' },
          { system: 'email', value: '1' },
        ],
      },
    ],
    bad: [
      [
        {
          ...patient,
          telecom: [
            { system: 'email', value: '1' },
            { system: 'phone', value: '1' },
          ],
        },
        'the slices of Patient.telecom are not in the order that P asks for',
      ],
    ],
  },
  {
    said: 'what belongs to no slice at the end',
    definition: profile('open-at-end', 'Patient', [
      { id: 'Patient.telecom', min: 0, max: '*', ...sliced('value', 'system', { rules: 'openAtEnd' }) },
      named('Patient.telecom', 'phone'),
      { id: 'Patient.telecom:phone.system', min: 1, max: '1', fixedCode: 'phone', type: [{ code: 'code' }] },
    ]),
    good: [
      {
        ...patient,
        telecom: [
          { system: 'phone', value: '1' },
          { system: 'fax', value: '1' },
        ],
      },
    ],
    bad: [
      [
        {
          ...patient,
          telecom: [
            { system: 'fax', value: '1' },
            { system: 'phone', value: '1' },
          ],
        },
        'the slices of Patient.telecom are not in the order that P asks for',
      ],
    ],
  },
  {
    said: 'slices of a slice',
    definition: profile('re-sliced', 'Patient', [
      { id: 'Patient.telecom', min: 0, max: '*', ...sliced('value', 'system') },
      named('Patient.telecom', 'phone', sliced('value', 'use')),
      { id: 'Patient.telecom:phone.system', min: 1, max: '1', fixedCode: 'phone', type: [{ code: 'code' }] },
      { ...named('Patient.telecom', 'phone/work', { min: 1, max: '1' }) },
      { id: 'Patient.telecom:phone/work.use', min: 1, max: '1', fixedCode: 'work', type: [{ code: 'code' }] },
    ]),
    good: [
      {
        ...patient,
        telecom: [
          { system: 'phone', use: 'work', value: '1' },
          { system: 'phone', value: '2' },
        ],
      },
    ],
    bad: [
      [
        {
          ...patient,
          telecom: [
            { system: 'phone', use: 'home', value: '1' },
            { system: 'fax', use: 'work', value: '1' },
          ],
        },
        'slice phone/work of Patient.telecom is missing; P requires it',
      ],
    ],
  },
  {
    said: 'an extension by its own definition, also within a primitive',
    definition: profile('extended', 'Patient', [
      { id: 'Patient.extension', min: 0, max: '*', ...sliced('value', 'url') },
      named('Patient.extension', 'colour', {
        min: 1,
        max: '1',
        type: [{ code: 'Extension', profile: [`${base}coloured`] }],
      }),
      { id: 'Patient.birthDate', min: 0, max: '1', type: [{ code: 'date' }] },
      { id: 'Patient.birthDate.extension', min: 0, max: '0', type: [{ code: 'Extension' }] },
    ]),
    good: [{ ...patient, birthDate: '1990', extension: [{ url: `${base}coloured`, valueCode: 'red' }] }],
    bad: [
      [
        { ...patient, extension: [{ url: `${base}coloured`, valueCode: 'blue' }] },
        'Patient.extension[0].value must have "red", as http://example.org/coloured fixes it',
      ],
      [
        {
          ...patient,
          birthDate: '1990',
          _birthDate: { extension: [{ url: `${base}x`, valueBoolean: true }] },
          extension: [{ url: `${base}coloured`, valueCode: 'red' }],
        },
        'Patient.birthDate.extension is not allowed by P',
      ],
    ],
  },
  {
    said: 'a fixed complex value, which allows nothing more, and a choice by its other name',
    definition: profile('fixed', 'Observation', [
      {
        id: 'Observation.code',
        min: 1,
        max: '1',
        fixedCodeableConcept: concept('a'),
        type: [{ code: 'CodeableConcept' }],
      },
      { id: 'Observation.valueQuantity', min: 1, max: '1', type: [{ code: 'Quantity' }] },
    ]),
    good: [{ ...observation, code: concept('a'), valueQuantity: { value: 1 } }],
    bad: [
      [
        { ...observation, code: { ...concept('a'), text: 'a' }, valueQuantity: { value: 1 } },
        'Observation.code must be {"coding":[{"system":"http://example.org/codes","code":"a"}]}, as P fixes it',
      ],
      [
        { ...observation, code: concept('a'), valueString: 'x' },
        'Observation.value is a string; P allows Quantity',
      ],
    ],
  },
  {
    said: 'the profile of a contained resource that is referred to, and the type of any other',
    definition: profile('targets', 'Observation', [
      { id: 'Observation.subject', min: 1, max: '1', ...reference(`${base}adult`) },
    ]),
    good: [
      { ...observation, subject: { reference: 'Patient/1' } },
      { ...observation, subject: { reference: 'http://other.example/fhir/Patient/1' } },
      {
        ...observation,
        subject: { reference: '#p' },
        contained: [{ resourceType: 'Patient', id: 'p', birthDate: '1990' }],
      },
    ],
    bad: [
      [
        { ...observation, subject: { reference: 'Group/1' } },
        'Observation.subject may only refer to Patient, as P asks',
      ],
      [
        { ...observation, subject: { reference: '#p' }, contained: [{ resourceType: 'Patient', id: 'p' }] },
        'Observation.subject refers to a contained resource that does not conform to what P asks of it',
      ],
    ],
  },
  {
    said: 'constraints, those that the compiler reads and those that it does not',
    definition: profile('constrained', 'Patient', [
      {
        id: 'Patient.name',
        min: 0,
        max: '*',
        type: [{ code: 'HumanName' }],
        constraint: [
          {
            key: 'x-1',
            severity: 'error',
            human: 'x',
            expression: 'family.exists() implies family.length() > 1',
          },
          { key: 'x-2', severity: 'error', human: 'x', expression: "given.join(' ').length() < 5" },
          { key: 'x-3', severity: 'warning', human: 'x', expression: 'text.exists()' },
        ],
      },
    ]),
    good: [{ ...patient, name: [{ family: 'ab', given: ['a', 'b'] }] }],
    bad: [
      [
        { ...patient, name: [{ family: 'a', given: ['abc', 'def'] }] },
        'Patient.name[0] breaks x-1 of P: family.exists() implies family.length() > 1',
        "Patient.name[0] breaks x-2 of P: given.join(' ').length() < 5",
      ],
    ],
  },
]

for (const { said, definition, good, bad } of rows) {
  test(`a profile asks for ${said}`, async () => {
    const set = createProfileSet(sourcesOf([...others, definition]))
    const url = String(definition.url)
    assert.equal(await set.load(url), true)
    const found = (resource: object) =>
      set.explain(url, resource).issues.map(({ diagnostics }) => diagnostics?.replaceAll(url, 'P'))

    for (const resource of good) {
      assert.deepEqual(validate(resource), [])
      assert.deepEqual(found(resource), [])
      assert.equal(set.conforms(url, resource), true)
    }
    for (const [resource, ...diagnostics] of bad) {
      assert.deepEqual(validate(resource), [])
      assert.deepEqual(found(resource), diagnostics)
      assert.equal(set.conforms(url, resource), false)
    }
  })
}

test('what is not known is told at level warning and refuses nothing', async () => {
  const definition = profile('unknowing', 'Patient', [
    { id: 'Patient.name', min: 0, max: '*', type: [{ code: 'HumanName', profile: [`${base}nobody`] }] },
    { id: 'Patient.telecom', min: 0, max: '*', ...sliced('value', 'unheard.of') },
    named('Patient.telecom', 'phone', { min: 1 }),
    {
      id: 'Patient.maritalStatus',
      min: 0,
      max: '1',
      type: [{ code: 'CodeableConcept' }],
      binding: { strength: 'required', valueSet: `${base}sets/unlisted` },
    },
  ])
  const set = createProfileSet(sourcesOf([definition]))
  const url = String(definition.url)
  await set.load(url)
  const resource = {
    ...patient,
    name: [{ text: 'x' }],
    telecom: [{ value: '1' }],
    maritalStatus: concept('a'),
  }

  const { issues, questions } = set.judge(url, resource, { level: 'warning' })

  assert.deepEqual(
    issues.map(({ severity, code, expression }) => [severity, code, expression?.join()]),
    [
      ['information', 'not-supported', 'Patient.name[0]'],
      ['information', 'not-supported', 'Patient.telecom'],
    ],
  )
  assert.deepEqual(questions, [
    { valueSet: `${base}sets/unlisted`, codings: [coding('a')], at: 'Patient.maritalStatus', profile: url },
  ])
  assert.deepEqual(set.judge(url, resource), { issues: [], questions: [] })
  assert.equal(await set.load(`${base}nobody`), false)
})

test('a profile without snapshot is judged by its differential and by what it is made of', async () => {
  const made = (name: string, from: string, element: readonly Element[]): Defined =>
    ({
      resourceType: 'StructureDefinition',
      url: base + name,
      type: 'Patient',
      derivation: 'constraint',
      baseDefinition: from,
      differential: { element },
    }) as Defined
  const first = made('first', 'http://hl7.org/fhir/StructureDefinition/Patient', [
    { id: 'Patient.contact.name', path: 'Patient.contact.name', min: 1 },
    { id: 'Patient.telecom', path: 'Patient.telecom', ...sliced('value', 'system') },
    { id: 'Patient.telecom:phone', path: 'Patient.telecom', sliceName: 'phone', min: 1 },
    { id: 'Patient.telecom:phone.system', path: 'Patient.telecom.system', fixedCode: 'phone' },
  ])
  const second = made('second', `${base}first`, [{ id: 'Patient.gender', path: 'Patient.gender', min: 1 }])
  const set = createProfileSet(sourcesOf([first, second]))
  const url = `${base}second`
  await set.load(url)
  const right = { ...patient, gender: 'female', telecom: [{ system: 'phone', value: '1' }] }
  const wrong = { ...patient, contact: [{ gender: 'female' }] }

  assert.deepEqual([set.explain(url, right).issues, set.conforms(url, right)], [[], true])
  assert.deepEqual(
    set.judge(url, wrong).issues.map(({ diagnostics }) => diagnostics),
    [
      `Patient.contact[0].name is missing; ${base}first requires it`,
      `slice phone of Patient.telecom is missing; ${base}first requires it`,
      `Patient.gender is missing; ${url} requires it`,
    ],
  )
  assert.equal(set.conforms(url, wrong), false)
})

test('a vital sign that lasted for a while is right, though vs-1 of R4 forgets the Period', async () => {
  const constraint = [
    { key: 'vs-1', severity: 'error', expression: '($this as dateTime).toString().length() >= 8' },
  ]
  const type = [{ code: 'dateTime' }, { code: 'Period' }]
  const definition = profile('vital', 'Observation', [
    { id: 'Observation.effective[x]', min: 1, max: '1', type, constraint },
  ])
  const set = createProfileSet(sourcesOf([definition]))
  const url = String(definition.url)
  await set.load(url)
  const found = (resource: object) => [set.conforms(url, resource), set.explain(url, resource).issues.length]

  assert.deepEqual(found({ ...observation, effectivePeriod: { start: '2020' } }), [true, 0])
  assert.deepEqual(found({ ...observation, effectiveDateTime: '2020-01-02' }), [true, 0])
  assert.deepEqual(found({ ...observation, effectiveDateTime: '2020' }), [false, 1])
})
