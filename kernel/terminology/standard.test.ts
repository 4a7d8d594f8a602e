/** R4's own value sets and code systems, each asked once: what cannot be expanded needs a code system that others publish. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError } from '@xinglin/fhir'
import { standardValueSets } from '@xinglin/fhir/terminology'
import { testKernel, testTenant } from '@xinglin/testkit'

const { terminology } = await testKernel()

async function outcomeOf(url: string): Promise<string> {
  try {
    const { concepts } = await terminology.expand(testTenant, { url }, { count: 5 })
    return concepts.length > 0 ? 'expanded' : 'empty'
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    return error.outcome.issue[0]?.details?.coding?.[0]?.code ?? 'failed'
  }
}

test('of the 1,317 value sets of R4 all are expanded but those of systems that others publish', async () => {
  const outcomes = new Map<string, string[]>()
  for (const url of Object.keys(standardValueSets)) {
    const outcome = await outcomeOf(url)
    outcomes.set(outcome, [
      ...(outcomes.get(outcome) ?? []),
      url.replace('http://hl7.org/fhir/ValueSet/', ''),
    ])
  }

  const { expanded, 'terminology.unknown-system': published, ...others } = Object.fromEntries(outcomes)
  assert.deepEqual([expanded?.length, published?.length], [1218, 96])
  assert.deepEqual(others, {
    // Its filter is known to the invented laboratory alone that publishes the system.
    empty: ['example-filter'],
    // They include value sets that others publish.
    'terminology.unknown-value-set': ['media-modality', 'use-context'],
  })
})
