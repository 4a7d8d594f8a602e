/** R4 fhirpatch.html: what `diffResources` says, and that it is enough to make the later version of the earlier. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ParametersParameter } from 'fhir/r4'
import { diffResources } from './diff.ts'
import type { Resource } from './model.ts'
import { patchResource } from './patch.ts'
import { examplesMissing, r4Examples } from './testing/examples.ts'

const patient = (words: object) => ({ resourceType: 'Patient', ...words }) as Resource

/** `replace Patient.gender female` for one operation; values as JSON. */
function lines(before: Resource, after: Resource): readonly string[] {
  return (diffResources(before, after).parameter ?? []).map(({ part = [] }) =>
    part
      .map((each) => {
        const { name: _, part: parts, ...rest } = each as ParametersParameter & Record<string, unknown>
        const [value] = Object.values(parts ? { parts } : rest)
        return typeof value === 'object' ? JSON.stringify(value) : String(value)
      })
      .join(' '),
  )
}

test('equal versions differ in nothing, whatever the store wrote into them', () => {
  const at = (versionId: string) =>
    patient({ id: 'a', meta: { versionId, lastUpdated: `2026-03-0${versionId}T08:00:00Z` }, active: true })

  assert.deepEqual(diffResources(at('1'), at('2')), { resourceType: 'Parameters' })
})

test('values are added, replaced and deleted at their path', () => {
  const before = patient({ gender: 'female', birthDate: '1984', maritalStatus: { text: 'single' } })
  const after = patient({
    gender: 'male',
    maritalStatus: { text: 'married' },
    managingOrganization: { reference: 'Organization/1' },
  })

  assert.deepEqual(lines(before, after), [
    'replace Patient.gender male',
    'replace Patient.maritalStatus.text married',
    'add Patient managingOrganization {"reference":"Organization/1"}',
    'delete Patient.birthDate',
  ])
})

test('an operation is typed as FHIRPath Patch asks', () => {
  const { parameter } = diffResources(
    patient({ birthDate: '1984' }),
    patient({ birthDate: '1985', _birthDate: { extension: [{ url: 'urn:e', valueBoolean: true }] } }),
  )

  assert.deepEqual(parameter, [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: 'Patient.birthDate' },
        {
          name: 'value',
          valueDate: '1985',
          _valueDate: { extension: [{ url: 'urn:e', valueBoolean: true }] },
        },
      ],
    },
  ])
})

test('in lists one item that came or went shows as one operation', () => {
  const named = (...families: readonly string[]) => patient({ name: families.map((family) => ({ family })) })

  assert.deepEqual(lines(named('a', 'b', 'c'), named('a', 'c')), ['delete Patient.name[1]'])
  assert.deepEqual(lines(named('a', 'c'), named('a', 'b', 'c')), ['insert Patient.name 1 {"family":"b"}'])
  assert.deepEqual(lines(named('a', 'b'), named('a', 'd')), ['replace Patient.name[1].family d'])
  assert.deepEqual(lines(named('a', 'b'), patient({})), ['delete Patient.name[1]', 'delete Patient.name[0]'])
})

test('a choice that changes its type is replaced, and what has no value[x] stands as parts', () => {
  const observation = (words: object) =>
    ({ resourceType: 'Observation', status: 'final', ...words }) as Resource

  assert.deepEqual(lines(observation({ valueString: 'high' }), observation({ valueInteger: 7 })), [
    'replace Observation.value 7',
  ])
  assert.deepEqual(lines(observation({}), observation({ component: [{ valueString: 'x' }] })), [
    'add Observation component [{"name":"value","valueString":"x"}]',
  ])
})

test('applied to any example of R4, the difference to any other of its type makes the other', {
  skip: examplesMissing,
}, () => {
  const byType = Map.groupBy(r4Examples(), ({ resource }) => resource.resourceType)
  let compared = 0
  for (const list of byType.values()) {
    for (const [index, example] of list.entries()) {
      const resource = example.resource as Resource
      const other = list[(index + 1) % list.length]?.resource as Resource | undefined
      if (!other) continue
      const patched = patchResource(resource, diffResources(resource, other))
      assert.deepEqual(bare(patched), bare(other))
      compared++
    }
  }
  assert.ok(compared > 600)
})

/** Without what the difference leaves out. */
function bare(resource: Resource): object {
  const { id: _, meta, ...rest } = resource
  const { versionId: __, lastUpdated: ___, ...kept } = meta ?? {}
  return { ...rest, meta: kept }
}
