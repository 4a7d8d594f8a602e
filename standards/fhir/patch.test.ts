/**
 * R4 fhirpatch.html §3.1.5: each operation of a FHIRPath Patch, what its path may be, and what it refuses.
 * Longer than other files because it is a table: one row a patch.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Parameters, ParametersParameter } from 'fhir/r4'
import type { Resource } from './model.ts'
import { OutcomeError } from './outcome.ts'
import { patchResource } from './patch.ts'

type Value = Omit<ParametersParameter, 'name'>
const operation = (type: string, path: string, more: readonly ParametersParameter[] = []): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...more],
    },
  ],
})
const add = (path: string, name: string, value: Value) =>
  operation('add', path, [
    { name: 'name', valueString: name },
    { name: 'value', ...value },
  ])
const insert = (path: string, index: number, value: Value) =>
  operation('insert', path, [
    { name: 'index', valueInteger: index },
    { name: 'value', ...value },
  ])
const replace = (path: string, value: Value) => operation('replace', path, [{ name: 'value', ...value }])
const remove = (path: string) => operation('delete', path)
const move = (path: string, source: number, destination: number) =>
  operation('move', path, [
    { name: 'source', valueInteger: source },
    { name: 'destination', valueInteger: destination },
  ])

const patient = (words: object) => ({ resourceType: 'Patient', ...words }) as Resource
const observation = (words: object) => ({ resourceType: 'Observation', ...words }) as Resource
const ids = (...values: readonly string[]) => ({
  identifier: values.map((value) => ({ system: 'urn:s', value })),
})
const birth = { extension: [{ url: 'urn:born-at', valueTime: '07:30:00' }] }

type Case = readonly [sentence: string, before: Resource, patch: Parameters, after: Resource]

const cases: readonly Case[] = [
  [
    'a primitive is added',
    patient({}),
    add('Patient', 'birthDate', { valueDate: '1930-01-01' }),
    patient({ birthDate: '1930-01-01' }),
  ],
  [
    'a code may be sent as a string',
    patient({}),
    add('Patient', 'gender', { valueString: 'female' }),
    patient({ gender: 'female' }),
  ],
  [
    'an item is added at the end of its list',
    patient(ids('a')),
    add('Patient', 'identifier', { valueIdentifier: { value: 'b' } }),
    patient({ identifier: [{ system: 'urn:s', value: 'a' }, { value: 'b' }] }),
  ],
  [
    'an element inside another is added',
    patient({ maritalStatus: { coding: [{ code: 'M' }] } }),
    add('Patient.maritalStatus', 'text', { valueString: 'married' }),
    patient({ maritalStatus: { coding: [{ code: 'M' }], text: 'married' } }),
  ],
  [
    'what has no data type of its own is added by its parts',
    patient({}),
    add('Patient', 'contact', {
      part: [
        { name: 'name', valueHumanName: { text: 'a name' } },
        { name: 'gender', valueCode: 'male' },
      ],
    }),
    patient({ contact: [{ name: { text: 'a name' }, gender: 'male' }] }),
  ],
  [
    'an extension is added by its parts',
    patient({}),
    add('Patient', 'extension', {
      part: [
        { name: 'url', valueUri: 'urn:e' },
        { name: 'value', valueString: 'x' },
      ],
    }),
    patient({ extension: [{ url: 'urn:e', valueString: 'x' }] }),
  ],
  [
    'an extension is added to a primitive',
    patient({ birthDate: '1930' }),
    add('Patient.birthDate', 'extension', {
      part: [
        { name: 'url', valueUri: 'urn:born-at' },
        { name: 'value', valueTime: '07:30:00' },
      ],
    }),
    patient({ birthDate: '1930', _birthDate: birth }),
  ],
  [
    'a choice takes the property of the type given',
    observation({}),
    add('Observation', 'value', { valueQuantity: { value: 5 } }),
    observation({ valueQuantity: { value: 5 } }),
  ],
  [
    'a choice may be named with its type',
    observation({}),
    add('Observation', 'valueQuantity', { valueQuantity: { value: 5 } }),
    observation({ valueQuantity: { value: 5 } }),
  ],
  [
    'a resource is contained',
    patient({}),
    add('Patient', 'contained', { resource: { resourceType: 'Organization', id: 'o' } }),
    patient({ contained: [{ resourceType: 'Organization', id: 'o' }] }),
  ],
  [
    'an item is inserted before the first',
    patient(ids('a')),
    insert('Patient.identifier', 0, { valueIdentifier: { system: 'urn:s', value: 'b' } }),
    patient(ids('b', 'a')),
  ],
  [
    'an item is inserted in the middle',
    patient(ids('a', 'b')),
    insert('Patient.identifier', 1, { valueIdentifier: { system: 'urn:s', value: 'c' } }),
    patient(ids('a', 'c', 'b')),
  ],
  [
    'an item is inserted after the last',
    patient(ids('a', 'b')),
    insert('Patient.identifier', 2, { valueIdentifier: { system: 'urn:s', value: 'c' } }),
    patient(ids('a', 'b', 'c')),
  ],
  [
    'a primitive is replaced, and its extensions with it',
    patient({ birthDate: '1930', _birthDate: birth }),
    replace('Patient.birthDate', { valueDate: '1931' }),
    patient({ birthDate: '1931' }),
  ],
  [
    'a value deep inside is replaced',
    patient({ contact: [{ name: { text: 'a' }, gender: 'male' }] }),
    replace('Patient.contact[0].gender', { valueCode: 'female' }),
    patient({ contact: [{ name: { text: 'a' }, gender: 'female' }] }),
  ],
  [
    'a choice may change its type',
    observation({ valueString: 'high' }),
    replace('Observation.value', { valueInteger: 7 }),
    observation({ valueInteger: 7 }),
  ],
  [
    'one of several is found by what it says',
    patient(ids('a', 'b')),
    replace("Patient.identifier.where(value = 'b').value", { valueString: 'c' }),
    patient({
      identifier: [
        { system: 'urn:s', value: 'a' },
        { system: 'urn:s', value: 'c' },
      ],
    }),
  ],
  [
    'conditions are joined',
    patient({
      telecom: [
        { system: 'phone', use: 'home', value: '1' },
        { system: 'phone', use: 'work', value: '2' },
        { system: 'email', use: 'work', value: '3' },
      ],
    }),
    remove("Patient.telecom.where(system = 'phone' and use = 'work')"),
    patient({
      telecom: [
        { system: 'phone', use: 'home', value: '1' },
        { system: 'email', use: 'work', value: '3' },
      ],
    }),
  ],
  [
    'an extension is found by its url',
    patient({
      extension: [
        { url: 'urn:a', valueString: 'x' },
        { url: 'urn:b', valueString: 'y' },
      ],
    }),
    replace("Patient.extension('urn:b').value", { valueString: 'z' }),
    patient({
      extension: [
        { url: 'urn:a', valueString: 'x' },
        { url: 'urn:b', valueString: 'z' },
      ],
    }),
  ],
  [
    'a primitive is deleted',
    patient({ active: true, gender: 'male' }),
    remove('Patient.gender'),
    patient({ active: true }),
  ],
  [
    'an item of a list is deleted',
    patient(ids('a', 'b', 'c')),
    remove('Patient.identifier[1]'),
    patient(ids('a', 'c')),
  ],
  [
    'the last item takes its list along',
    patient({ active: true, ...ids('a') }),
    remove('Patient.identifier.first()'),
    patient({ active: true }),
  ],
  [
    'what is not there is deleted already',
    patient({ active: true }),
    remove('Patient.birthDate'),
    patient({ active: true }),
  ],
  [
    'an item moves towards the end',
    patient(ids('a', 'b', 'c', 'd')),
    move('Patient.identifier', 0, 2),
    patient(ids('b', 'c', 'a', 'd')),
  ],
  [
    'an item moves towards the front',
    patient(ids('a', 'b', 'c', 'd')),
    move('Patient.identifier', 3, 1),
    patient(ids('a', 'd', 'b', 'c')),
  ],
  [
    'values and extensions of a list of primitives stay side by side',
    patient({ name: [{ given: ['a', 'b'], _given: [null, { id: 'x' }] }] }),
    move('Patient.name[0].given', 1, 0),
    patient({ name: [{ given: ['b', 'a'], _given: [{ id: 'x' }, null] }] }),
  ],
  [
    'an item of a list of primitives goes with its extension',
    patient({ name: [{ given: ['a', 'b'], _given: [null, { id: 'x' }] }] }),
    remove('Patient.name[0].given[1]'),
    patient({ name: [{ given: ['a'] }] }),
  ],
  [
    'a path may begin below the resource',
    patient({ active: true }),
    replace('active', { valueBoolean: false }),
    patient({ active: false }),
  ],
  [
    'a type narrows a choice',
    observation({ valueQuantity: { value: 5 } }),
    replace('Observation.value.ofType(Quantity).value', { valueDecimal: 6 }),
    observation({ valueQuantity: { value: 6 } }),
  ],
]

for (const [sentence, before, patch, after] of cases) {
  test(sentence, () => {
    const untouched = structuredClone(before)

    const patched = patchResource(before, patch)

    assert.deepEqual([patched, before], [after, untouched])
  })
}

type Refusal = readonly [sentence: string, before: Resource, patch: unknown, ...said: readonly string[]]
const first = 'Parameters.parameter[0]'
const cannot = 'fhir.patch-failed'
const bad = 'fhir.bad-patch'

const refusals: readonly Refusal[] = [
  [
    'an element that stands already is not added',
    patient({ gender: 'male' }),
    add('Patient', 'gender', { valueCode: 'female' }),
    cannot,
    'add cannot be done: gender is there already; replace it',
    first,
  ],
  [
    'a choice that stands as another type is not added',
    observation({ valueString: 'x' }),
    add('Observation', 'value', { valueInteger: 5 }),
    cannot,
    'add cannot be done: valueString is there already; replace it',
    first,
  ],
  [
    'nothing is added to what is not there',
    patient({}),
    add('Patient.maritalStatus', 'text', { valueString: 'x' }),
    cannot,
    'add cannot be done: the path finds nothing',
    first,
  ],
  [
    'nothing is added to several',
    patient({ name: [{ text: 'a' }, { text: 'b' }] }),
    add('Patient.name', 'use', { valueCode: 'old' }),
    cannot,
    'add cannot be done: the path finds 2 elements, not one',
    first,
  ],
  [
    'a name that the type does not have is refused',
    patient({}),
    add('Patient', 'colour', { valueCode: 'red' }),
    cannot,
    'add cannot be done: Patient has no element colour',
    first,
  ],
  [
    'a slip in a path is no empty answer',
    patient({ active: true }),
    remove('Patient.aktive'),
    cannot,
    'delete cannot be done: Patient has no element aktive',
    first,
  ],
  [
    'a path of another type is refused',
    patient({ active: true }),
    remove('Person.active'),
    cannot,
    'delete cannot be done: Patient has no element Person',
    first,
  ],
  [
    'a value of another type is refused',
    patient({}),
    add('Patient', 'maritalStatus', { valueString: 'married' }),
    cannot,
    'add cannot be done: Patient.maritalStatus is CodeableConcept, not valueString',
    first,
  ],
  [
    'an index beyond the end is refused',
    patient(ids('a')),
    insert('Patient.identifier', 2, { valueIdentifier: { value: 'b' } }),
    cannot,
    'insert cannot be done: 2 is no place in a list of 1',
    first,
  ],
  [
    'an insertion needs a list',
    patient({ active: true }),
    insert('Patient.active', 0, { valueBoolean: true }),
    cannot,
    'insert cannot be done: the path finds other than one whole list',
    first,
  ],
  [
    'an insertion needs the whole list',
    patient(ids('a', 'b')),
    insert('Patient.identifier[1]', 0, { valueIdentifier: { value: 'c' } }),
    cannot,
    'insert cannot be done: the path finds other than one whole list',
    first,
  ],
  [
    'several are not deleted at once',
    patient(ids('a', 'b')),
    remove('Patient.identifier'),
    cannot,
    'delete cannot be done: the path finds 2 elements, not one',
    first,
  ],
  [
    'the resource itself is not deleted',
    patient({}),
    remove('Patient'),
    cannot,
    'delete cannot be done: the resource itself cannot be deleted by a patch',
    first,
  ],
  [
    'what is not there is not replaced',
    patient({}),
    replace('Patient.gender', { valueCode: 'male' }),
    cannot,
    'replace cannot be done: the path finds nothing',
    first,
  ],
  [
    'a place beyond the list is no destination',
    patient(ids('a', 'b')),
    move('Patient.identifier', 0, 2),
    cannot,
    'move cannot be done: 2 is no place in a list of 2',
    first,
  ],
  [
    'a path that is no FHIRPath is refused',
    patient({}),
    remove('Patient..name'),
    cannot,
    'delete cannot be done: the path is not FHIRPath as it is read here',
    first,
  ],
  [
    'a function that is not known is refused',
    patient({ name: [{ family: 'a' }] }),
    remove("Patient.name.where(family.matches('a+'))"),
    cannot,
    'delete cannot be done: matches() is not known here',
    first,
  ],
  [
    'an operation of another kind is refused',
    patient({}),
    operation('grow', 'Patient'),
    bad,
    'type must be add, insert, delete, replace or move, as valueCode',
    first,
  ],
  [
    'a part too many is refused',
    patient({}),
    operation('delete', 'Patient.name', [{ name: 'value', valueString: 'x' }]),
    bad,
    'delete has the parts type, path, and no other',
    first,
  ],
  [
    'an addition without a value is refused',
    patient({}),
    operation('add', 'Patient', [{ name: 'name', valueString: 'active' }]),
    bad,
    'the operation needs a value: value[x], resource or part',
    first,
  ],
  [
    'a parameter of another name is refused',
    patient({}),
    { resourceType: 'Parameters', parameter: [{ name: 'op' }] },
    bad,
    'each parameter of a patch is named operation',
    `${first}.name`,
  ],
  [
    'a resource that is no patch is refused',
    patient({}),
    patient({}),
    bad,
    'a FHIRPath Patch is a Parameters resource',
    'Parameters',
  ],
]

for (const [sentence, before, patch, ...expected] of refusals) {
  test(sentence, () => {
    assert.deepEqual(
      saidOf(() => patchResource(before, patch)),
      expected,
    )
  })
}

test('all operations are done in order, or none', () => {
  const both = (...patches: readonly Parameters[]): Parameters => ({
    resourceType: 'Parameters',
    parameter: patches.flatMap(({ parameter = [] }) => parameter),
  })
  const before = patient(ids('a'))

  const patched = patchResource(
    before,
    both(remove('Patient.identifier[0]'), add('Patient', 'identifier', { valueIdentifier: { value: 'b' } })),
  )
  const refused = saidOf(() =>
    patchResource(
      before,
      both(remove('Patient.identifier[0]'), replace('Patient.gender', { valueCode: 'male' })),
    ),
  )

  assert.deepEqual(
    [patched, refused[2], before],
    [patient({ identifier: [{ value: 'b' }] }), 'Parameters.parameter[1]', patient(ids('a'))],
  )
})

function saidOf(work: () => unknown): readonly (string | undefined)[] {
  try {
    work()
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    const [issue] = error.outcome.issue
    return [issue?.details?.coding?.[0]?.code, issue?.diagnostics, issue?.expression?.[0]]
  }
  return []
}
