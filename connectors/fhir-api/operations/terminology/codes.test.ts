/** R4 terminology-service.html §4.7.3-4.7.8: what a code means, whether it is valid, what it is below, what it is elsewhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Parameters, ParametersParameter, TerminologyCapabilities } from '@xinglin/fhir'
import { validate } from '@xinglin/fhir/validate'
import { said, testDoor } from '../../testing/door.ts'

const door = await testDoor()
const gender = 'http://hl7.org/fhir/administrative-gender'
const status = 'http://terminology.hl7.org/CodeSystem/v3-ActStatus'
const local = 'http://hospital.test/CodeSystem/local'

/** Parts of an answer as `[name, value]`, nested ones as lists. */
const partsOf = (list: readonly ParametersParameter[] = []): readonly unknown[] =>
  list.map(({ name, part, ...value }) => [name, part ? partsOf(part) : Object.values(value)[0]])
const ask = async (path: string, body?: object) => {
  const answer = await door.ask(body ? 'POST' : 'GET', path, body ? { body } : {})
  assert.equal(answer.status, 200, answer.text)
  return partsOf((answer.body as Parameters).parameter)
}
const parameters = (...parameter: readonly object[]) => ({ resourceType: 'Parameters', parameter })
const put = async (resource: { resourceType: string; id: string }) => {
  const { status: answered, text } = await door.ask('PUT', `${resource.resourceType}/${resource.id}`, {
    body: resource,
  })
  assert.ok(answered < 300, text)
}

await put({
  resourceType: 'CodeSystem',
  id: 'local',
  url: local,
  version: '2',
  name: 'Local',
  status: 'active',
  content: 'complete',
  concept: [
    {
      code: 'bed',
      display: 'Bed',
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [{ code: 'cot', display: 'Cot' }],
    },
    { code: 'old', display: 'Old', property: [{ code: 'status', valueCode: 'retired' }] },
  ],
} as never)
await put({
  resourceType: 'CodeSystem',
  id: 'local-1',
  url: local,
  version: '1',
  status: 'active',
  content: 'complete',
  concept: [{ code: 'hammock', display: 'Hammock' }],
} as never)
await put({
  resourceType: 'CodeSystem',
  id: 'local-zh',
  url: `${local}-zh`,
  status: 'active',
  content: 'supplement',
  supplements: local,
  concept: [{ code: 'cot', designation: [{ language: 'zh-CN', value: '婴儿床' }] }],
} as never)
await put({
  resourceType: 'ValueSet',
  id: 'places',
  url: 'http://hospital.test/ValueSet/places',
  status: 'active',
  compose: { inactive: false, include: [{ system: local }] },
} as never)

await put({
  resourceType: 'ConceptMap',
  id: 'wards',
  url: 'http://hospital.test/ConceptMap/wards',
  status: 'active',
  group: [
    {
      source: local,
      target: 'urn:insurance',
      element: [
        {
          code: 'cot',
          target: [
            {
              code: '17',
              display: '婴儿床位费',
              equivalence: 'wider',
              product: [{ property: 'urn:unit', value: 'day' }],
            },
            { code: '18', equivalence: 'relatedto', dependsOn: [{ property: 'urn:night', value: 'true' }] },
          ],
        },
        { code: 'old', target: [{ equivalence: 'unmatched', comment: 'not paid' }] },
      ],
      unmapped: { mode: 'fixed', code: '99', display: '其他' },
    },
  ],
} as never)

test('§4.8.17 $lookup tells the names, the properties and the place of a code, by GET and by POST', async () => {
  assert.deepEqual(await ask(`CodeSystem/$lookup?system=${status}&code=completed`), [
    ['name', 'v3.ActStatus'],
    ['version', '2018-08-12'],
    ['display', 'completed'],
    [
      'property',
      [
        ['code', 'definition'],
        ['value', 'An Act that has terminated normally after all of its constituents have been performed.'],
      ],
    ],
    [
      'property',
      [
        ['code', 'parent'],
        ['value', 'normal'],
      ],
    ],
  ])
  const coding = { name: 'coding', valueCoding: { system: local, code: 'bed' } }
  assert.deepEqual(
    await ask('CodeSystem/$lookup', parameters(coding, { name: 'property', valueCode: 'child' })),
    [
      ['name', 'Local'],
      ['version', '2'],
      ['display', 'Bed'],
      [
        'property',
        [
          ['code', 'child'],
          ['value', 'cot'],
        ],
      ],
    ],
  )
})

test('§4.8.17 $lookup refuses a code that does not exist, and a system that is not known', async () => {
  const refused = async (query: string) =>
    said(await door.ask('GET', `CodeSystem/$lookup?${query}`)).slice(0, 3)

  assert.deepEqual(await refused(`system=${gender}&code=none`), [
    404,
    'not-found',
    'terminology.unknown-code',
  ])
  assert.deepEqual(await refused('system=http://loinc.org&code=718-7'), [
    422,
    'processing',
    'terminology.unknown-system',
  ])
  assert.deepEqual(await refused('code=male'), [400, 'invalid', 'fhir-api.operation-missing'])
  assert.deepEqual(await refused(`system=${gender}&code=male&colour=red`), [
    400,
    'invalid',
    'fhir-api.operation-parameter',
  ])
})

test('§4.8.7 a supplement names the codes of another system in Chinese, and they are found by it', async () => {
  assert.deepEqual((await ask(`CodeSystem/$lookup?system=${local}&code=cot&displayLanguage=zh-CN`))[2], [
    'display',
    '婴儿床',
  ])
  const { body } = await door.ask('GET', 'ValueSet/places/$expand?filter=yingerchuang&displayLanguage=zh')
  assert.deepEqual((body as { expansion: { contains: unknown } }).expansion.contains, [
    { system: local, version: '2', code: 'cot', display: '婴儿床' },
  ])
})

test('§4.8.8 a version is named behind the bar; without one the newest answers', async () => {
  assert.deepEqual(await ask(`CodeSystem/$validate-code?url=${local}|1&code=hammock`), [
    ['result', true],
    ['display', 'Hammock'],
  ])
  assert.deepEqual(await ask(`CodeSystem/$validate-code?url=${local}&version=1&code=hammock`), [
    ['result', true],
    ['display', 'Hammock'],
  ])
  assert.deepEqual(await ask(`CodeSystem/$validate-code?url=${local}&code=hammock`), [
    ['result', false],
    ['message', `the code hammock does not exist in ${local}`],
  ])
  const expand = async (more: string) =>
    (await door.ask('GET', `ValueSet/places/$expand?${more}`)).text.includes('hammock')
  assert.deepEqual(
    [
      await expand(''),
      await expand(`system-version=${local}|1`),
      await expand(`force-system-version=${local}|1`),
    ],
    [false, true, true],
  )
})

test('§4.9.5 an exclude without version takes codes away from whichever version is included', async () => {
  const compose = {
    include: [{ system: local, version: '1' }],
    exclude: [{ system: local, concept: [{ code: 'hammock' }] }],
  }
  const { body } = await door.ask('POST', 'ValueSet/$expand', {
    body: { resourceType: 'ValueSet', status: 'active', compose },
  })

  assert.equal((body as { expansion: { total: number } }).expansion.total, 0)
})

test('§4.8.19 CodeSystem/$validate-code tells of unknown codes, wrong displays and abstract codes', async () => {
  assert.deepEqual(await ask('CodeSystem/local/$validate-code?code=cot&display=COT'), [
    ['result', true],
    ['display', 'Cot'],
  ])
  assert.deepEqual(await ask('CodeSystem/local/$validate-code?code=cot&display=Crib'), [
    ['result', false],
    ['message', 'the display is none of the names of cot'],
    ['display', 'Cot'],
  ])
  assert.deepEqual(await ask('CodeSystem/local/$validate-code?code=bed&abstract=false'), [
    ['result', false],
    ['message', 'the code bed only groups others and cannot be chosen'],
    ['display', 'Bed'],
  ])
  assert.deepEqual((await ask('CodeSystem/local/$validate-code?code=old'))[1], [
    'message',
    'the code old is inactive',
  ])
})

test('§4.9.19 ValueSet/$validate-code: one coding of a concept that belongs to it is enough', async () => {
  const set = { name: 'url', valueUri: 'http://hl7.org/fhir/ValueSet/administrative-gender' }
  const concept = (...coding: readonly object[]) =>
    parameters(set, { name: 'codeableConcept', valueCodeableConcept: { coding } })

  assert.deepEqual(
    await ask(
      'ValueSet/$validate-code',
      concept({ system: 'urn:x', code: '1' }, { system: gender, code: 'male' }),
    ),
    [
      ['result', true],
      ['display', 'Male'],
    ],
  )
  assert.deepEqual(await ask('ValueSet/$validate-code', concept({ system: 'urn:x', code: '1' })), [
    ['result', false],
    [
      'message',
      'the code 1 of urn:x is not in the value set http://hl7.org/fhir/ValueSet/administrative-gender',
    ],
  ])
  assert.deepEqual(await ask('ValueSet/administrative-gender/$validate-code?code=female'), [
    ['result', true],
    ['display', 'Female'],
  ])
  assert.deepEqual(await ask('ValueSet/places/$validate-code?code=old'), [
    ['result', false],
    ['message', 'the code old is inactive, and the value set has no inactive codes'],
    ['display', 'Old'],
  ])
})

test('§4.8.18 $subsumes tells which of two codes is the broader', async () => {
  const outcome = async (a: string, b: string) =>
    (await ask(`CodeSystem/$subsumes?system=${status}&codeA=${a}&codeB=${b}`))[0]

  assert.deepEqual(await outcome('normal', 'completed'), ['outcome', 'subsumes'])
  assert.deepEqual(await outcome('completed', 'normal'), ['outcome', 'subsumed-by'])
  assert.deepEqual(await outcome('completed', 'completed'), ['outcome', 'equivalent'])
  assert.deepEqual(await outcome('completed', 'nullified'), ['outcome', 'not-subsumed'])
  assert.deepEqual(await ask('CodeSystem/local/$subsumes?codeA=bed&codeB=cot'), [['outcome', 'subsumes']])
})

const map = 'http://hospital.test/ConceptMap/wards'
const cot = [
  'match',
  [
    ['equivalence', 'wider'],
    ['concept', { system: 'urn:insurance', code: '17', display: '婴儿床位费' }],
    [
      'product',
      [
        ['element', 'urn:unit'],
        ['concept', { code: 'day' }],
      ],
    ],
    ['source', map],
  ],
]

test('§4.10.15 $translate gives the target with its products, by a map or by what fits the system', async () => {
  assert.deepEqual(await ask(`ConceptMap/$translate?url=${map}&code=cot&system=${local}`), [
    ['result', true],
    cot,
  ])
  assert.deepEqual(await ask(`ConceptMap/$translate?code=cot&system=${local}&targetsystem=urn:insurance`), [
    ['result', true],
    cot,
  ])
  assert.deepEqual(await ask(`ConceptMap/wards/$translate?code=cot&system=${local}`), [['result', true], cot])
})

test('§4.10.15 what a target depends on must be said, what is unmapped follows its rule', async () => {
  const night = {
    name: 'dependency',
    part: [
      { name: 'element', valueUri: 'urn:night' },
      { name: 'concept', valueCodeableConcept: { coding: [{ code: 'true' }] } },
    ],
  }
  const coding = { name: 'coding', valueCoding: { system: local, code: 'cot' } }

  assert.equal((await ask('ConceptMap/wards/$translate', parameters(coding, night))).length, 3)
  assert.deepEqual(await ask(`ConceptMap/wards/$translate?code=hammock&system=${local}`), [
    ['result', true],
    [
      'match',
      [
        ['equivalence', 'inexact'],
        ['concept', { system: 'urn:insurance', code: '99', display: '其他' }],
        ['source', map],
      ],
    ],
  ])
  assert.deepEqual(await ask(`ConceptMap/wards/$translate?code=old&system=${local}`), [
    ['result', false],
    ['message', 'no concept map translates this code'],
    [
      'match',
      [
        ['equivalence', 'unmatched'],
        ['source', map],
      ],
    ],
  ])
})

test('§4.10.15 reverse goes from target to source, with the equivalence turned round', async () => {
  assert.deepEqual(await ask('ConceptMap/$translate?code=17&system=urn:insurance&reverse=true'), [
    ['result', true],
    [
      'match',
      [
        ['equivalence', 'narrower'],
        ['concept', { system: local, code: 'cot' }],
        ['source', map],
      ],
    ],
  ])
})

test('§4.10.15 the maps of R4 answer without being stored', async () => {
  const [result, match] = await ask(
    `ConceptMap/$translate?code=male&system=${gender}&targetsystem=http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender`,
  )

  assert.deepEqual(
    [result, (match as readonly (readonly unknown[])[])[1]?.[1]],
    [
      ['result', true],
      ['concept', { system: 'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender', code: 'M' }],
    ],
  )
})

test('§4.7.7 $closure tells how new concepts stand to those given before, and can be asked again since a version', async () => {
  const call = async (...more: readonly object[]) => {
    const { status: answered, body } = await door.ask('POST', '$closure', {
      body: parameters({ name: 'name', valueString: 'ward' }, ...more),
    })
    const { version, group } = body as { version: string; group?: readonly object[] }
    return [answered, version, group]
  }
  const concept = (code: string) => ({ name: 'concept', valueCoding: { system: status, code } })
  const group = (code: string, ...broader: readonly string[]) => [
    {
      source: status,
      target: status,
      element: [{ code, target: broader.map((each) => ({ code: each, equivalence: 'subsumes' })) }],
    },
  ]

  assert.deepEqual(
    said(
      await door.ask('POST', '$closure', {
        body: parameters({ name: 'name', valueString: 'none' }, concept('normal')),
      }),
    ).slice(0, 3),
    [404, 'not-found', 'terminology.closure-unknown'],
  )
  assert.deepEqual(await call(), [200, '0', undefined])
  assert.deepEqual(await call(concept('completed')), [200, '1', undefined])
  assert.deepEqual(await call(concept('normal')), [200, '2', group('completed', 'normal')])
  assert.deepEqual(await call(concept('normal')), [200, '2', undefined])
  assert.deepEqual(await call({ name: 'version', valueString: '1' }), [
    200,
    '2',
    group('completed', 'normal'),
  ])
  assert.deepEqual(await call({ name: 'version', valueString: '2' }), [200, '2', undefined])
})

test('§4.9.18 Accept-Language names the language where no parameter does', async () => {
  const headers = { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5' }
  const { body } = await door.ask('GET', `CodeSystem/$lookup?system=${local}&code=cot`, { headers })

  assert.deepEqual(partsOf((body as Parameters).parameter)[2], ['display', '婴儿床'])
})

test('§4.7.2 metadata?mode=terminology tells what the operations can do, in a valid resource', async () => {
  const { status: answered, body } = await door.ask('GET', 'metadata?mode=terminology')

  const { resourceType, expansion } = body as TerminologyCapabilities
  assert.deepEqual([answered, resourceType, expansion?.paging], [200, 'TerminologyCapabilities', true])
  assert.deepEqual(validate(body), [])
})

test('texts that no database takes are refused, not failed', async () => {
  const refused = async (path: string) => (await door.ask('GET', path)).status

  assert.equal(await refused(`CodeSystem/$lookup?system=${local}&code=%00`), 404)
  assert.equal(await refused('ValueSet/places/$expand?filter=%00'), 200)
  assert.equal(await refused('ValueSet/$expand?url=%00'), 404)
})

test('who may not search terminology is refused', async () => {
  const other = await testDoor({ scopes: ['system/Patient.rs'] })

  assert.equal((await other.ask('GET', `CodeSystem/$lookup?system=${gender}&code=male`)).status, 403)
  assert.equal(
    (await other.askAnonymously('GET', `CodeSystem/$lookup?system=${gender}&code=male`)).status,
    401,
  )
})
