/** The generated tables are exactly what the generator writes from the definitions today. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { tables } from './tables.ts'

for (const [name, text] of Object.entries(tables())) {
  test(`generated/${name} is fresh`, () => {
    const kept = readFileSync(new URL(`../generated/${name}`, import.meta.url), 'utf8')

    assert.ok(kept === text, `run: node standards/fhir/generate/tables.ts`)
  })
}
