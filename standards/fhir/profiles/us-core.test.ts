/** US Core 6.1.0: its own examples conform to the profiles that they claim, and what breaks one is named with its place. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProfileSet } from '../profiles.ts'
import { readUsCore, sourcesOf, usCoreMissing } from '../testing/guides.ts'
import { mutate } from '../testing/mutate.ts'
import { isValidResource, validate } from '../validate.ts'

const { definitions, examples } = readUsCore()
const set = createProfileSet(sourcesOf(definitions))
const core = 'http://hl7.org/fhir/us/core/StructureDefinition/'
const skip = usCoreMissing

type Claiming = { readonly meta?: { readonly profile?: readonly string[] } }
const claims = examples.flatMap(({ file, resource }) =>
  ((resource as Claiming).meta?.profile ?? []).map((profile) => ({ file, resource, profile })),
)

/** Claims that cannot be judged, with the reason; the list only shrinks. */
const notKnown: Readonly<Record<string, string>> = {
  'Questionnaire-hunger-vital-sign-example.json': 'claims a profile of the guide hl7.fhir.uv.sdc',
  'Questionnaire-phq-9-example.json': 'claims a profile of the guide hl7.fhir.uv.sdc',
  'Questionnaire-prapare-example.json': 'claims a profile of the guide hl7.fhir.uv.sdc',
}

test('every example conforms to every profile that it claims', { skip }, async () => {
  const unknown: string[] = []
  const refused: string[] = []
  for (const { file, resource, profile } of claims) {
    if (!(await set.load(profile))) unknown.push(file)
    else
      refused.push(...set.judge(profile, resource).issues.map(({ diagnostics }) => `${file}: ${diagnostics}`))
    refused.push(...validate(resource).map(({ diagnostics }) => `${file}: ${diagnostics}`))
  }

  assert.deepEqual(unknown, Object.keys(notKnown))
  assert.deepEqual(refused, [])
  assert.ok(claims.length >= 170)
})

test('the compiled profiles agree with the interpreter on mutated examples', { skip }, async () => {
  let refused = 0
  let judged = 0
  for (const [seed, { file, resource, profile }] of claims.entries()) {
    if (!(await set.load(profile))) continue
    for (let round = 0; round < 60; round++) {
      const mutant = mutate(structuredClone(resource), seed * 61 + round, 'mild')
      if (!isValidResource(mutant)) continue
      const isRight = set.explain(profile, mutant).issues.length === 0
      assert.equal(set.conforms(profile, mutant), isRight, `${file} ${round} ${profile}`)
      judged++
      if (!isRight) refused++
    }
  }
  assert.ok(judged > 4_000 && refused > 150, `${judged} judged, ${refused} refused`)
})

const exampleOf = (file: string) =>
  structuredClone(examples.find((each) => each.file === file)?.resource) as object

type Row = readonly [
  said: string,
  profile: string,
  file: string,
  change: object,
  issues: readonly (readonly [code: string, expression: string, diagnostics: string])[],
]

const rows: readonly Row[] = [
  [
    'a patient without identifier',
    'us-core-patient',
    'Patient-example.json',
    { identifier: undefined },
    [['required', 'Patient.identifier', `Patient.identifier is missing; ${core}us-core-patient requires it`]],
  ],
  [
    'an extension whose own definition is not met',
    'us-core-patient',
    'Patient-infant-example.json',
    { extension: [{ url: `${core}us-core-birthsex`, valueString: 'F' }] },
    [
      [
        'structure',
        'Patient.extension[0].value',
        `Patient.extension[0].value is a string; ${core}us-core-birthsex allows code`,
      ],
    ],
  ],
  [
    'a second extension where one is allowed',
    'us-core-patient',
    'Patient-infant-example.json',
    {
      extension: [
        { url: `${core}us-core-birthsex`, valueCode: 'F' },
        { url: `${core}us-core-birthsex`, valueCode: 'F' },
      ],
    },
    [
      [
        'structure',
        'Patient.extension',
        `slice birthsex of Patient.extension stands 2 times; ${core}us-core-patient allows at most 1`,
      ],
    ],
  ],
  [
    'a name without family, given name or reason',
    'us-core-patient',
    'Patient-infant-example.json',
    { name: [{ text: 'x' }] },
    [
      [
        'invariant',
        'Patient.name[0]',
        `Patient.name[0] breaks us-core-6 of ${core}us-core-patient: (family.exists() or given.exists()) xor extension.where(url='http://hl7.org/fhir/StructureDefinition/data-absent-reason').exists()`,
      ],
    ],
  ],
  [
    'a blood pressure without its diastolic component',
    'us-core-blood-pressure',
    'Observation-blood-pressure.json',
    {
      component: [
        {
          code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
          valueQuantity: { value: 109, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
        },
      ],
    },
    [
      [
        'required',
        'Observation.component',
        `Observation.component stands once; ${core}us-core-blood-pressure asks for at least 2`,
      ],
      [
        'required',
        'Observation.component',
        `slice diastolic of Observation.component is missing; ${core}us-core-blood-pressure requires it`,
      ],
    ],
  ],
  [
    'a vital sign in a unit other than its own',
    'us-core-heart-rate',
    'Observation-heart-rate.json',
    { valueQuantity: { value: 44, unit: 'x', system: 'http://unitsofmeasure.org', code: '/s' } },
    [
      [
        'value',
        'Observation.value.code',
        `Observation.value.code must be "/min", as ${core}us-core-heart-rate fixes it`,
      ],
    ],
  ],
  [
    'a vital sign without the category of vital signs',
    'us-core-heart-rate',
    'Observation-heart-rate.json',
    { category: [{ text: 'x' }] },
    [
      [
        'required',
        'Observation.category',
        `slice VSCat of Observation.category is missing; ${core}us-core-heart-rate requires it`,
      ],
    ],
  ],
  [
    'a subject of a type that the profile leaves out',
    'us-core-observation-lab',
    'Observation-serum-sodium.json',
    { subject: { reference: 'Device/1' } },
    [
      [
        'structure',
        'Observation.subject',
        `Observation.subject may only refer to Patient, as ${core}us-core-observation-lab asks`,
      ],
    ],
  ],
  [
    'a contained medication without the code that its profile asks for',
    'us-core-medicationrequest',
    'MedicationRequest-medicationrequest-contained-oral-axid.json',
    { contained: [{ resourceType: 'Medication', id: 'med2', status: 'active' }] },
    [
      [
        'structure',
        'MedicationRequest.medication',
        `MedicationRequest.medication refers to a contained resource that does not conform to what ${core}us-core-medicationrequest asks of it`,
      ],
    ],
  ],
  [
    'a pregnancy status that is no code',
    'us-core-observation-pregnancystatus',
    'Observation-pregnancy-status.json',
    { valueCodeableConcept: undefined, valueString: 'yes' },
    [
      [
        'structure',
        'Observation.value',
        `Observation.value is a string; ${core}us-core-observation-pregnancystatus allows CodeableConcept`,
      ],
      [
        'required',
        'Observation.value',
        `slice valueCodeableConcept of Observation.value is missing; ${core}us-core-observation-pregnancystatus requires it`,
      ],
      [
        'structure',
        'Observation.value',
        `Observation.value belongs to no slice, and ${core}us-core-observation-pregnancystatus allows no others`,
      ],
    ],
  ],
  [
    'a code outside a required value set of the guide',
    'us-core-smokingstatus',
    'Observation-some-day-smoker.json',
    { status: 'preliminary' },
    [
      [
        'code-invalid',
        'Observation.status',
        `Observation.status has no code of the value set http://hl7.org/fhir/us/core/ValueSet/us-core-observation-smoking-status-status, which ${core}us-core-smokingstatus requires`,
      ],
    ],
  ],
  [
    'a national provider identifier whose check digit is wrong',
    'us-core-practitioner',
    'Practitioner-practitioner-1.json',
    { identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567890' }] },
    [
      [
        'invariant',
        'Practitioner.identifier[0]',
        `Practitioner.identifier[0] breaks us-core-17 of ${core}us-core-practitioner: (((select(value.substring(0,1).toInteger()).select(iif($this<5, $this*2, (($this*2)-9))))+(value.substring(1,1).toInteger())+(select(value.substring(2,1).toInteger()).select(iif($this<5, $this*2, (($this*2)-9))))+(value.substring(3,1).toInteger())+(select(value.substring(4,1).toInteger()).select(iif($this<5, $this*2, (($this*2)-9))))+(value.substring(5,1).toInteger())+(select(value.substring(6,1).toInteger()).select(iif($this<5, $this*2, (($this*2)-9))))+(value.substring(7,1).toInteger())+(select(value.substring(8,1).toInteger()).select(iif($this<5, $this*2, (($this*2)-9))))+(value.substring(9,1).toInteger()) + 24)mod 10=0)`,
      ],
    ],
  ],
]

for (const [said, profile, file, change, issues] of rows) {
  test(`${said} is named with its place`, { skip }, async () => {
    const resource = JSON.parse(JSON.stringify({ ...exampleOf(file), ...change }))
    await set.load(core + profile)

    const found = set.judge(core + profile, resource).issues

    assert.deepEqual(validate(resource), [])
    assert.deepEqual(
      found.map((issue) => [issue.code, issue.expression?.join(), issue.diagnostics]),
      issues,
    )
    assert.equal(set.conforms(core + profile, resource), false)
  })
}
