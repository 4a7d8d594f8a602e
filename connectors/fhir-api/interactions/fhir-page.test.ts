/** docs/fhir.md says what the door does today. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fhirPage, pageUrl } from './fhir-page.ts'

test('the page of the FHIR door is the one that its tables make', async () => {
  const hint = 'write it again: node launch.mjs connectors/fhir-api/interactions/fhir-page.ts'
  assert.equal(await readFile(pageUrl, 'utf8'), fhirPage(), hint)
})
