/** Every question to the terminology leaves an audit entry like a search: who asked which operation of what. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDoor } from '../../testing/door.ts'

const { ask, kernel } = await testDoor()
const gender = 'http://hl7.org/fhir/administrative-gender'
const genders = 'http://hl7.org/fhir/ValueSet/administrative-gender'
const questions = [
  [`CodeSystem/$lookup?system=${gender}&code=male`, 'CodeSystem', '$lookup'],
  [`CodeSystem/$subsumes?system=${gender}&codeA=male&codeB=female`, 'CodeSystem', '$subsumes'],
  [`CodeSystem/$validate-code?url=${gender}&code=male`, 'CodeSystem', '$validate-code'],
  [`ValueSet/$validate-code?url=${genders}&system=${gender}&code=male`, 'ValueSet', '$validate-code'],
  [`ValueSet/$expand?url=${genders}`, 'ValueSet', '$expand'],
] as const

test('each terminology operation is told in the audit trail', async () => {
  for (const [path] of questions) assert.equal((await ask('GET', path)).status, 200, path)
  const { entries } = await kernel.identity.auditTrail.list(kernel.actor, { action: 'search', limit: 50 })

  const told = entries
    .filter(({ detail }) => detail?.startsWith('$'))
    .map(({ outcome, resourceType, detail }) => [outcome, resourceType, detail])
  assert.deepEqual(
    told.toReversed(),
    questions.map(([, type, operation]) => ['allowed', type, operation]),
  )
})
