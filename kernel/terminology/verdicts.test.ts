/** The port for bindings: verdicts on codes, remembered until a definition changes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from '@xinglin/fhir'
import { testKernel, testTenant } from '@xinglin/testkit'

const kernel = await testKernel()
const { terminology, records } = kernel
const author = { tenant: testTenant, actor: 'user/registrar' }
const put = (...resources: readonly Resource[]) =>
  records.commit(author, (unit) => unit.write(resources.map((resource) => ({ kind: 'update', resource }))))
const system = 'http://hospital.test/CodeSystem/ward-types'
const valueSet = 'http://hospital.test/ValueSet/ward-types'
const codeSystem = (...codes: readonly string[]): Resource => ({
  resourceType: 'CodeSystem',
  id: 'ward-types',
  url: system,
  status: 'active',
  content: 'complete',
  concept: codes.map((code) => ({ code })),
})
const judge = async (code: string, more: object = {}) =>
  (await terminology.validateCode(testTenant, { valueSet, system, code, ...more }))?.isMember

test('a code of a binding is judged by system, code and display', async () => {
  const gender = 'http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1'
  const of = { valueSet: gender, system: 'http://hl7.org/fhir/administrative-gender' }

  assert.deepEqual(await terminology.validateCode(testTenant, { ...of, code: 'male', display: 'male' }), {
    isMember: true,
    system: of.system,
    code: 'male',
    display: 'Male',
  })
  assert.equal(
    (await terminology.validateCode(testTenant, { valueSet: gender, code: 'male' }))?.isMember,
    true,
  )
  assert.equal((await terminology.validateCode(testTenant, { ...of, code: 'm' }))?.isMember, false)
  assert.equal(
    (await terminology.validateCode(testTenant, { ...of, code: 'male', display: 'Mann' }))?.isMember,
    false,
  )
})

test('a value set or system that is not known here gives no verdict', async () => {
  assert.equal(await judge('surgical', { valueSet: 'http://nowhere.test/vs' }), undefined)
  const loinc = {
    valueSet: 'http://hl7.org/fhir/ValueSet/report-codes',
    system: 'http://loinc.org',
    code: '11502-2',
  }
  assert.equal(await terminology.validateCode(testTenant, loinc), undefined)
})

test('a verdict is remembered, and forgotten when a code system or value set changes', async () => {
  await put(codeSystem('surgical'), {
    resourceType: 'ValueSet',
    id: 'ward-types',
    url: valueSet,
    status: 'active',
    compose: { include: [{ system }] },
  })
  assert.deepEqual([await judge('surgical'), await judge('burns')], [true, false])

  await put(codeSystem('surgical', 'burns'))

  // The follower of the log learns of it some 30 ms after the commit.
  while ((await judge('burns')) !== true) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(await judge('surgical'), true)
})
